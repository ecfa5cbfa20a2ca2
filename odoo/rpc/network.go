package rpc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// networkError names what kept an answer from coming. cause is why the context ended, nil where it did not; sent tells whether a
// connection was there, so that the request may have reached Odoo.
func (w *wire) networkError(err, cause error, sent bool) *Error {
	var unsent = outcome{notDone: !sent, retry: true}
	switch {
	case errors.Is(cause, errNoAnswer), errors.Is(cause, errSilentBody), errors.Is(cause, context.DeadlineExceeded):
		return w.fail(KindTimeout, unsent, cause)
	case cause != nil:
		return w.fail(KindCanceled, outcome{notDone: !sent}, cause)
	case isTLS(err):
		return w.fail(KindTLS, outcome{notDone: true}, err)
	case isDNS(err):
		return w.fail(KindDNS, outcome{notDone: true, retry: true}, err)
	case !sent:
		return w.fail(KindUnreachable, unsent, err)
	default:
		return w.fail(KindCut, unsent, err)
	}
}

func isDNS(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns)
}

func isTLS(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		header       tls.RecordHeaderError
		alert        tls.AlertError
		authority    x509.UnknownAuthorityError
		host         x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	return errors.As(err, &verification) || errors.As(err, &header) || errors.As(err, &alert) ||
		errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) ||
		errors.Is(err, http.ErrSchemeMismatch)
}

// refusal names an answer that is not in the protocol's format, or whose status alone says what is wrong; nil where neither is so.
func (w *wire) refusal(a *answer, mime string) *Error {
	var e *Error
	switch {
	case a.status == http.StatusTooManyRequests:
		e = w.fail(KindTooMany, outcome{notDone: true, retry: true}, nil)
	case a.status == http.StatusRequestEntityTooLarge:
		e = w.fail(KindSentTooLarge, outcome{notDone: true}, nil)
	case a.status >= 502 && a.status <= 504:
		e = w.fail(KindGateway, outcome{retry: true}, nil)
	case a.status >= 300 && a.status < 400:
		e = w.redirected(a)
	case !a.html() && (a.is(mime) || a.status == http.StatusOK):
		return nil
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden, a.status == http.StatusMethodNotAllowed,
		a.status == http.StatusProxyAuthRequired:
		e = w.fail(KindBlocked, outcome{notDone: true}, nil)
	case a.status == http.StatusNotFound:
		e = w.fail(KindNotOdoo, outcome{notDone: true}, nil)
	case a.status >= 500:
		e = w.fail(KindServer, outcome{retry: true}, nil)
	default:
		e = w.fail(KindNotOdoo, outcome{}, nil)
	}
	e.Status, e.html = a.status, a.html()
	e.RetryAfter = retryAfter(a.header.Get("Retry-After"), time.Now())
	return e
}

// redirected names the other address, without what could be secret in it.
func (w *wire) redirected(a *answer) *Error {
	target, err := url.Parse(a.header.Get("Location"))
	if err != nil || target.Host == "" || target.Scheme+"://"+target.Host == w.origin() {
		return w.fail(KindNotOdoo, outcome{notDone: true}, nil)
	}
	e := w.fail(KindRedirect, outcome{notDone: true}, nil)
	e.args["target"] = target.Scheme + "://" + target.Host
	return e
}

func (w *wire) origin() string {
	base, err := url.Parse(w.base)
	if err != nil {
		return w.base
	}
	return base.Scheme + "://" + base.Host
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil && date.After(now) {
		return date.Sub(now)
	}
	return 0
}

// unreadable is of an answer that should have been readable: broken off, or garbled.
func (w *wire) unreadable(cause error, brokenOff bool) *Error {
	if brokenOff {
		return w.fail(KindCut, outcome{retry: true}, cause)
	}
	return w.fail(KindUnreadable, outcome{}, cause)
}
