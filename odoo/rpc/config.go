package rpc

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Config says which Odoo, as whom, and how patiently.
type Config struct {
	URL      string   // address of Odoo, as in the browser: "https://shop.example"; what comes after /web or /odoo is cut off
	DB       string   // name of the database; empty: the only one, where Odoo lists them
	Login    string   // of the user; JSON-2 needs none, but checks that the key is that user's
	Key      string   // API key or password
	Protocol Protocol // empty is Auto

	// Pace is the shortest time between two calls; with it, calls also wait for each other. 0: a second on Odoo Online (its fair
	// use), no pace elsewhere. Negative: none anywhere.
	Pace time.Duration

	ConnectTimeout time.Duration // to be connected, TLS included; 0 is 10 s
	HeaderTimeout  time.Duration // until an answer begins; 0 is 125 s, a little more than Odoo gives itself. See WithPatience
	BodyTimeout    time.Duration // of silence within an answer; 0 is 30 s
	MaxBody        int64         // bytes of the largest answer that is read; 0 is 64 MiB

	Log *slog.Logger // a debug line a call, without arguments; nil: none
}

const (
	defaultConnect = 10 * time.Second
	defaultHeader  = 125 * time.Second
	defaultBody    = 30 * time.Second
	defaultMaxBody = 64 << 20
	onlinePace     = time.Second
)

// wire makes the HTTP requests of one Client.
type wire struct {
	Config
	base   string // scheme, host and path in front of Odoo's own, without a slash at the end
	client *http.Client
	pacer  *pacer
	major  int                    // of Odoo's version, once it is known
	cookie atomic.Pointer[string] // a session without a login; see session.go
}

func newWire(cfg Config) (*wire, error) {
	cfg.Key = strings.TrimRight(cfg.Key, "\r\n") // one from a file ends so, and no header may hold it
	w := &wire{Config: cfg}
	address, err := cleanAddress(cfg.URL)
	if err != nil {
		return nil, w.fail(KindAddress, outcome{notDone: true}, err)
	}
	w.base = strings.TrimSuffix(address.String(), "/")
	w.URL = w.base
	setDefault(&w.ConnectTimeout, defaultConnect)
	setDefault(&w.HeaderTimeout, defaultHeader)
	setDefault(&w.BodyTimeout, defaultBody)
	if w.MaxBody <= 0 {
		w.MaxBody = defaultMaxBody
	}
	if w.Pace == 0 && strings.HasSuffix(address.Hostname(), ".odoo.com") {
		w.Pace = onlinePace
	}
	w.pacer = newPacer(w.Pace)
	w.client = newHTTPClient(w.ConnectTimeout)
	return w, nil
}

func setDefault(d *time.Duration, fallback time.Duration) {
	if *d <= 0 {
		*d = fallback
	}
}

// cleanAddress takes an address as people copy it from the browser.
func cleanAddress(text string) (*url.URL, error) {
	address, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return nil, errBadAddress // the parser's own error would repeat a password in the address
	}
	if (address.Scheme != "http" && address.Scheme != "https") || address.Host == "" || address.User != nil {
		return nil, errBadAddress
	}
	clean := &url.URL{Scheme: address.Scheme, Host: address.Host, Path: strings.TrimSuffix(address.Path, "/")}
	for _, own := range []string{"/web", "/odoo", "/jsonrpc", "/xmlrpc", "/json"} {
		if at := strings.Index(clean.Path+"/", own+"/"); at >= 0 {
			clean.Path = clean.Path[:at]
		}
	}
	return clean, nil
}
