package rpctest

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
)

// Prank is one way for a call to go wrong. answer carries the call out and gives the answer that would have been sent.
type Prank func(s *Server, w http.ResponseWriter, r *http.Request, answer func() *httptest.ResponseRecorder)

// Page answers with a page of HTML instead of carrying the call out: 502 as a proxy does, 200 as a hotel's network does.
func Page(status int) Prank {
	return func(_ *Server, w http.ResponseWriter, _ *http.Request, _ func() *httptest.ResponseRecorder) {
		page(w, status, fmt.Sprintf("%d %s", status, http.StatusText(status)))
	}
}

// TooMany answers 429 and asks to wait that many seconds.
func TooMany(seconds int) Prank {
	return func(_ *Server, w http.ResponseWriter, _ *http.Request, _ func() *httptest.ResponseRecorder) {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		page(w, http.StatusTooManyRequests, "Too Many Requests")
	}
}

// Redirect sends on to another address.
func Redirect(to string) Prank {
	return func(_ *Server, w http.ResponseWriter, r *http.Request, _ func() *httptest.ResponseRecorder) {
		http.Redirect(w, r, to+r.URL.Path, http.StatusMovedPermanently)
	}
}

// Hang carries the call out and never answers.
func Hang() Prank {
	return func(s *Server, _ http.ResponseWriter, r *http.Request, answer func() *httptest.ResponseRecorder) {
		answer()
		select {
		case <-s.closing:
		case <-r.Context().Done():
		}
	}
}

// Stall carries the call out and stops in the middle of the answer.
func Stall() Prank {
	return func(s *Server, w http.ResponseWriter, r *http.Request, answer func() *httptest.ResponseRecorder) {
		half(w, answer())
		select {
		case <-s.closing:
		case <-r.Context().Done():
		}
	}
}

// HalfAnswer carries the call out and breaks off in the middle of the answer.
func HalfAnswer() Prank {
	return func(_ *Server, w http.ResponseWriter, _ *http.Request, answer func() *httptest.ResponseRecorder) {
		half(w, answer())
		panic(http.ErrAbortHandler)
	}
}

// ShortAnswer carries the call out and ends the answer properly, but too early: what a proxy makes of one.
func ShortAnswer() Prank {
	return func(_ *Server, w http.ResponseWriter, _ *http.Request, answer func() *httptest.ResponseRecorder) {
		recorded := answer()
		copyHeader(w, recorded)
		w.WriteHeader(recorded.Code)
		_, _ = w.Write(recorded.Body.Bytes()[:recorded.Body.Len()/2]) // the client may have gone
	}
}

// Drop carries the call out and closes the connection without an answer.
func Drop() Prank {
	return func(_ *Server, _ http.ResponseWriter, _ *http.Request, answer func() *httptest.ResponseRecorder) {
		answer()
		panic(http.ErrAbortHandler)
	}
}

// FaultAfterCommit carries the call out and answers with an exception nevertheless.
func FaultAfterCommit(fault Fault) Prank {
	return func(s *Server, w http.ResponseWriter, r *http.Request, answer func() *httptest.ResponseRecorder) {
		answer()
		replyTo(r)(w, nil, fault)
	}
}

// Failing answers with an exception; nothing is carried out.
func Failing(fault Fault) Prank {
	return func(_ *Server, w http.ResponseWriter, r *http.Request, _ func() *httptest.ResponseRecorder) {
		replyTo(r)(w, nil, fault)
	}
}

// Garbled answers in the right format with what no method gives.
func Garbled() Prank {
	return func(_ *Server, w http.ResponseWriter, _ *http.Request, answer func() *httptest.ResponseRecorder) {
		recorded := answer()
		copyHeader(w, recorded)
		_, _ = w.Write([]byte("}{<value></methodResponse>")) // the client may have gone
	}
}

// Compressed carries the call out and answers with gzip where the client takes it, as proxies do.
func Compressed() Prank {
	return func(_ *Server, w http.ResponseWriter, r *http.Request, answer func() *httptest.ResponseRecorder) {
		recorded := answer()
		copyHeader(w, recorded)
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			_, _ = w.Write(recorded.Body.Bytes()) // the client may have gone
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = packed.Write(recorded.Body.Bytes()) // the client may have gone
		_ = packed.Close()
	}
}

func half(w http.ResponseWriter, recorded *httptest.ResponseRecorder) {
	copyHeader(w, recorded)
	w.Header().Set("Content-Length", strconv.Itoa(recorded.Body.Len()))
	w.WriteHeader(recorded.Code)
	_, _ = w.Write(recorded.Body.Bytes()[:recorded.Body.Len()/2]) // the client may have gone
	_ = http.NewResponseController(w).Flush()
}

func copyHeader(w http.ResponseWriter, recorded *httptest.ResponseRecorder) {
	for name, values := range recorded.Header() {
		w.Header()[name] = values
	}
}
