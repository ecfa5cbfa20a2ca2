package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/mymmrac/telego"
)

const (
	// maxUpdate bounds what a webhook reads. A whole batch of updates is cut at about 4 MB by Telegram, and this is one.
	maxUpdate = 4 << 20
	// putTime bounds how long Telegram waits until an update is safe. It would give up by itself after a minute.
	putTime = 10 * time.Second
	// comeAgain is what Telegram is asked to wait, in seconds, while updates cannot be made safe. It obeys.
	comeAgain = "3"
)

// Secret is what Telegram sends with every update to a bot's webhook, so that nobody else can. Every process with the token knows it, and
// the token cannot be worked out from it.
func Secret(token string) string {
	sum := hmac.New(sha256.New, []byte(token))
	sum.Write([]byte("krok webhook"))
	return hex.EncodeToString(sum.Sum(nil))
}

// ServeHTTP takes an update that Telegram posts to the bot's webhook. It says yes only when the update is safe in the inbox, also for
// one that came before. Until then, and while it cannot be made safe, Telegram keeps it and comes again.
func (c *Connector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.config.Webhook == "" {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "updates are posted", http.StatusMethodNotAllowed)
		return
	}
	if subtle.ConstantTimeCompare([]byte(r.Header.Get(telego.WebhookSecretTokenHeader)), []byte(Secret(c.config.Token))) != 1 {
		http.Error(w, "the secret is not that of this bot", http.StatusForbidden)
		return
	}
	if !c.enter() {
		Refuse(w)
		return
	}
	defer c.done.Done()
	if err := c.take(w, r); errors.Is(err, errHalf) {
		http.Error(w, "the update did not come whole", http.StatusBadRequest)
	} else if err != nil {
		c.log.Warn("an update could not be made safe, telegram will bring it again", "err", err)
		Refuse(w)
	}
}

// Refuse asks Telegram to bring an update again in a moment.
func Refuse(w http.ResponseWriter) {
	w.Header().Set("Retry-After", comeAgain)
	http.Error(w, "not now", http.StatusServiceUnavailable)
}

// errHalf tells that a request broke off.
var errHalf = errors.New("the request broke off")

// take makes the update of a request safe. One that cannot be read is logged and left out: refused, it would come again for a day and
// hold back its chat for so long.
func (c *Connector) take(w http.ResponseWriter, r *http.Request) error {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		c.log.Error("an update that is larger than any can be was left out", "limit", maxUpdate)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errHalf, err)
	}
	var update telego.Update
	if err := json.Unmarshal(readableUpdate(raw, c.log), &update); err != nil {
		c.log.Error("what telegram posted was left out: it is no update", "bytes", len(raw), "err", err)
		return nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), putTime)
	defer cancel()
	return c.put(ctx, []telego.Update{update})
}

// enter begins something that Stop waits for; false: the connector has been stopped.
func (c *Connector) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return false
	}
	c.done.Add(1)
	return true
}
