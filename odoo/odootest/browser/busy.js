// Counts the requests that are under way, before any script of the page runs. The bus waits for news all the time: not counted.
(() => {
  window.krokBusy = 0;
  const counts = (url) => !/longpolling|websocket|\/bus\//.test(String(url));
  const open = XMLHttpRequest.prototype.open;
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.krokCounts = counts(url);
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...args) {
    if (this.krokCounts) {
      window.krokBusy++;
      this.addEventListener("loadend", () => window.krokBusy--, { once: true });
    }
    return send.apply(this, args);
  };
  const fetch = window.fetch;
  window.fetch = function (resource, ...rest) {
    if (!counts(resource?.url ?? resource)) return fetch.call(this, resource, ...rest);
    window.krokBusy++;
    return fetch.call(this, resource, ...rest).finally(() => window.krokBusy--);
  };
})();

// A page with something unsaved is left without a question, which nobody would answer.
window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation());
