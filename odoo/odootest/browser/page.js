// Helpers inside the page, for the web clients of Odoo 14 (legacy) and 19 (owl). A field is "name", or "list/name" for the
// line of a one2many list that is being edited. What cannot be found (yet) is null.
const krok = {
  visible: (el) => !!el && el.getClientRects().length > 0 && getComputedStyle(el).visibility !== "hidden",

  all: (css, within = document) => [...within.querySelectorAll(css)].filter(krok.visible),

  text: (el) => el.innerText.replace(/\s+/g, " ").trim(),

  // A dialog hides what is below it.
  root: () => krok.all(".modal").at(-1) || document.body,

  field(path) {
    const [name, list] = path.split("/").reverse();
    let scope = krok.root();
    if (list) {
      scope = krok.field(list)?.querySelector(".o_selected_row");
      if (!scope) return null;
    }
    return krok.all(`.o_field_widget[name="${name}"]`, scope)[0] || null;
  },

  // The part of a field that takes the input.
  control(path, css) {
    const field = krok.field(path);
    if (!field) return null;
    return field.matches(css) ? field : krok.all(css, field)[0] || null;
  },

  value(path) {
    const field = krok.field(path);
    if (!field) return null;
    const input = krok.control(path, "input:not([type=file]), textarea, select");
    if (!input || input.closest(".o_field_x2many")) return krok.text(field);
    if (input.type === "checkbox") return String(input.checked);
    if (input.type === "radio") return field.querySelector("input:checked")?.parentElement.innerText.trim() ?? "";
    if (input.tagName === "SELECT") return input.selectedOptions[0]?.text.trim() ?? "";
    return input.value;
  },

  // The element whose words are these, or else begin with them.
  labelled(css, label, within = document) {
    const found = krok.all(css, within);
    return found.find((el) => krok.text(el) === label) || found.find((el) => krok.text(el).startsWith(label)) || null;
  },

  exact: (css, label, within = document) => krok.all(css, within).find((el) => krok.text(el) === label) || null,

  // The middle of an element, once a click there would meet it and nothing that lies over it.
  point(el) {
    if (!el) return null;
    el.scrollIntoView({ block: "center", behavior: "instant" });
    const box = el.getClientRects()[0];
    if (!box) return null;
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const hit = document.elementFromPoint(at.x, at.y);
    return hit && (el.contains(hit) || hit.contains(el)) ? at : null;
  },

  // Nothing is loading and nothing covers the page.
  settled: () =>
    document.readyState === "complete" && !window.krokBusy &&
    !krok.all(".o_loading, .o_loading_indicator, .o_blockUI, .blockUI").length,

  // What Odoo complains of: dialogs of errors, and notifications that are no mere news.
  problem: () =>
    [
      ...krok.all(".o_notification").filter((el) => el.matches(".bg-danger, .bg-warning") || el.querySelector(".bg-danger, .bg-warning")),
      ...krok.all(".o_error_dialog, .modal:has(.o_dialog_warning, .o_dialog_error, .o_error_detail)"),
    ].map(krok.text).join("\n"),

  // How much higher the window must be for everything to be seen at once.
  hidden: () =>
    Math.max(0, ...[document.scrollingElement, ...document.querySelectorAll(".o_content, .o_form_view, .o_action, .modal, .modal-body, main")]
      .map((el) => el.scrollHeight - el.clientHeight)),
};
