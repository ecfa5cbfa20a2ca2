package richtext

import (
	"net/url"
	"regexp"
	"strings"
)

// maxAddress is the longest address that is worth sending, in bytes.
const maxAddress = 2048

// openable returns an address in the form in which Telegram opens it, or "" when it does not open such addresses. One without a
// scheme that looks like a site gets one.
func openable(address string) string {
	address = strings.TrimSpace(address)
	if strings.ContainsAny(address, " \n\t\"<>\\^`{|}") {
		address = spaced.Replace(address)
	}
	parsed, err := url.Parse(address)
	if err != nil || len(address) > maxAddress {
		return ""
	}
	switch scheme := strings.ToLower(parsed.Scheme); {
	case scheme == "http" || scheme == "https":
		if parsed.Host == "" {
			return ""
		}
		return address
	case scheme == "tg" || scheme == "ton" || scheme == "tonsite":
		return address
	case parsed.Scheme == "" && strings.HasPrefix(address, "//"):
		return openable("https:" + address)
	case looksLikeSite.MatchString(address):
		return "https://" + address
	}
	return ""
}

// spaced encodes what an address may not hold.
var spaced = strings.NewReplacer(" ", "%20", "\n", "", "\t", "", `"`, "%22", "<", "%3C", ">", "%3E", `\`, "%5C", "^", "%5E", "`", "%60",
	"{", "%7B", "|", "%7C", "}", "%7D")

var looksLikeSite = regexp.MustCompile(`^(?i)([\p{L}\d]([\p{L}\d-]*[\p{L}\d])?\.)+\p{L}{2,}(:\d+)?([/?#].*)?$`)

// person returns the address of a mailto: or tel: link. Telegram makes no links of these; it finds them in the text by itself.
func person(address string) string {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(address), ":")
	if scheme = strings.ToLower(scheme); !ok || scheme != "mailto" && scheme != "tel" {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "?")
	if decoded, err := url.PathUnescape(rest); err == nil {
		rest = decoded
	}
	return strings.TrimSpace(rest)
}

// linkAddress reads an href: placeholders that an editor has encoded are placeholders again.
func linkAddress(href string) string {
	href = encodedField.ReplaceAllStringFunc(clean(strings.TrimSpace(href)), func(encoded string) string {
		decoded, err := url.PathUnescape(encoded)
		if err != nil {
			return encoded
		}
		return decoded
	})
	if strings.Contains(href, "{{") {
		return href // it is an address only when filled in
	}
	return openable(href)
}

var encodedField = regexp.MustCompile(`(?i)(%7B|\{){2}[^{}]*?(%7D|\}){2}`)
