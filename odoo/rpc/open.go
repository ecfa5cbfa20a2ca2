package rpc

import (
	"context"
	"slices"
	"strings"
)

// Open finds out which Odoo answers, chooses the protocol, and logs in. All its errors are of type [*Error].
func Open(ctx context.Context, cfg Config) (*Client, error) {
	if cfg.Protocol == "" {
		cfg.Protocol = Auto
	}
	w, err := newWire(cfg)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(Protocols(), cfg.Protocol) {
		e := w.fail(KindProtocol, outcome{notDone: true}, nil)
		e.args["protocol"] = cfg.Protocol
		return nil, e
	}
	version, err := w.findVersion(ctx)
	if err != nil {
		return nil, err
	}
	if !version.AtLeast(Oldest) || (cfg.Protocol == JSON2 && !version.AtLeast(19)) {
		return nil, w.tooOld(version)
	}
	w.major = version.Major
	if w.DB == "" {
		if w.DB, err = w.findDatabase(ctx); err != nil {
			return nil, err
		}
	}
	return w.login(ctx, version)
}

// login logs in over the first protocol that will do.
func (w *wire) login(ctx context.Context, version Version) (*Client, error) {
	var first error
	for _, transport := range w.candidates(version) {
		uid, err := transport.Login(ctx)
		if err == nil {
			return &Client{transport: transport, wire: w, version: version, uid: uid}, nil
		}
		if !IsKind(err, KindLogin, KindNotOdoo, KindBlocked, KindDatabase) {
			return nil, err
		}
		// A password, which JSON-2 refuses, or a protocol that is switched off here: the next may know better, and what
		// counts is what is said about the login.
		if first == nil || IsKind(err, KindLogin, KindTwoFactor) {
			first = err
		}
		if IsKind(err, KindLogin) && transport.Protocol() != JSON2 {
			break
		}
	}
	return nil, first
}

// candidates are the protocols to try, in order.
func (w *wire) candidates(version Version) []Transport {
	switch w.Protocol {
	case JSON2, JSONRPC, XMLRPC:
		return []Transport{w.transport(w.Protocol)}
	}
	list := []Transport{newJSONRPC(w), newXMLRPC(w)}
	if version.AtLeast(19) {
		list = slices.Insert(list, 0, Transport(newJSON2(w)))
	}
	return list
}

func (w *wire) transport(protocol Protocol) Transport {
	switch protocol {
	case JSON2:
		return newJSON2(w)
	case XMLRPC:
		return newXMLRPC(w)
	default:
		return newJSONRPC(w)
	}
}

// findVersion asks the protocol that was set; else the web client's own address, which all versions have and which does not fill the log
// of Odoo 19 with warnings, then what is left.
func (w *wire) findVersion(ctx context.Context) (Version, error) {
	if w.Protocol != Auto {
		version, err := w.transport(w.Protocol).Version(ctx)
		if !IsKind(err, KindNotOdoo, KindBlocked) {
			return version, err
		}
	}
	version, first := w.webVersion(ctx)
	if first == nil || !IsKind(first, KindNotOdoo, KindBlocked) {
		return version, first
	}
	for _, protocol := range []Protocol{JSON2, JSONRPC, XMLRPC} {
		if version, err := w.transport(protocol).Version(ctx); err == nil {
			return version, nil
		}
	}
	return version, first
}

func (w *wire) webVersion(ctx context.Context) (Version, error) {
	value, err := w.jsonCall(ctx, Call{}, "/web/webclient/version_info", map[string]any{})
	if err != nil {
		return Version{}, err
	}
	version, err := versionOf(value)
	if err != nil {
		return Version{}, w.fail(KindNotOdoo, outcome{notDone: true}, err)
	}
	return version, nil
}

func (w *wire) tooOld(version Version) error {
	kind := KindVersion
	if version.AtLeast(Oldest) {
		kind = KindNoJSON2
	}
	e := w.fail(kind, outcome{notDone: true}, nil)
	e.args["version"] = version.Text
	return e
}

// joinSome joins the first of many names.
func joinSome(names []string) string {
	const some = 8
	if len(names) > some {
		return strings.Join(names[:some], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
