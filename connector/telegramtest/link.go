package telegramtest

import (
	"net/url"
	"strings"
)

// checkURL is Telegram's idea of a link: http, https, tg or ton; a host with a dot in it; http:// where no scheme is given.
func checkURL(text string) (string, error) {
	wrong := sentence("URL '%s' is invalid: Wrong HTTP URL", text)
	given := text
	if !strings.Contains(text, "://") {
		given = "http://" + text
	}
	u, err := url.Parse(given)
	if err != nil || strings.ContainsAny(text, " \t\n") {
		return "", wrong
	}
	switch strings.ToLower(u.Scheme) {
	case "tg", "ton", "tonsite":
		return given, nil
	case "http", "https":
	default:
		return "", sentence("URL '%s' is invalid: Unsupported URL protocol", text)
	}
	host := u.Hostname()
	if dot := strings.LastIndexByte(host, '.'); u.User != nil || strings.Contains(host, ":") || dot <= 0 || dot == len(host)-1 {
		return "", wrong
	}
	if u.Path != "" {
		return given, nil
	}
	u.Path = "/"
	return u.String(), nil
}
