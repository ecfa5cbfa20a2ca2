package answer

import (
	"strings"
	"testing"
)

func TestAddressesOfMail(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"uk", "en"} {
		accept(t, Email, kyiv(t, lang), []accepted{
			{"hanna@example.com", "hanna@example.com", "hanna@example.com"},
			{"  hanna@example.com\n", "hanna@example.com", "hanna@example.com"},
			{"hanna@example.com.", "hanna@example.com", "hanna@example.com"},
			{"<hanna@example.com>", "hanna@example.com", "hanna@example.com"},
			{"mailto:hanna@example.com", "hanna@example.com", "hanna@example.com"},
			{"<MAILTO: hanna@example.com>", "hanna@example.com", "hanna@example.com"},
			{"Hanna.Koval@Example.COM", "Hanna.Koval@example.com", "Hanna.Koval@example.com"},
			{"h+news@mail.example.co.uk", "h+news@mail.example.co.uk", "h+news@mail.example.co.uk"},
			{"o'neil_1@ex-ample.org", "o'neil_1@ex-ample.org", "o'neil_1@ex-ample.org"},
			{"1@1.ua", "1@1.ua", "1@1.ua"},
			{"info@приклад.укр", "info@приклад.укр", "info@приклад.укр"},
			{"info@Пошта.УКР", "info@пошта.укр", "info@пошта.укр"},
			{"info@xn--80aikifvh.xn--j1amh", "info@xn--80aikifvh.xn--j1amh", "info@xn--80aikifvh.xn--j1amh"},
			{"info@bücher.example", "info@bücher.example", "info@bücher.example"},
			{"info@例え.example", "info@例え.example", "info@例え.example"},
			{"\u200ehanna@example.com\u200e", "hanna@example.com", "hanna@example.com"},
		})
	}
}

func TestWhatIsNoAddressOfMailIsRefused(t *testing.T) {
	t.Parallel()
	says := map[string]string{
		"uk": "Це не схоже на адресу електронної пошти. Напишіть її, будь ласка, так: name@example.com",
		"en": "That does not look like an e-mail address. Please write it like this: name@example.com",
	}
	for lang, says := range says {
		for _, wrong := range []string{
			"ганна собака приклад", "ann at example dot com", "hanna", "hanna@", "@example.com", "hanna@example", "hanna@@example.com", "hanna@exa@mple.com",
			"Ганна <hanna@example.com>", "hanna@example.com, petro@example.com", "hanna@example.com petro@example.com", "hanna @example.com", "hanna@ example.com",
			"hanna@example,com", "hanna@example..com", "hanna@.example.com", ".hanna@example.com", "hanna.@example.com", "han..na@example.com", "hanna@-example.com", "hanna@example-.com",
			"hanna@192.168.1.1", "hanna@[192.168.1.1]", "hanna@example.c", "hanna@example.123", `"han na"@example.com`, "hanna@exam_ple.com", "ганна@example.com",
			"hanna@gmail.соm", "hаnna@gmail.com", // with Cyrillic letters that look Latin
			"hanna@example.com\npetro@example.com", "https://example.com/?a=b@c.com", "hanna@example.com/x", "<hanna@example.com",
			strings.Repeat("a", 65) + "@example.com", "a@" + strings.Repeat("b", 64) + ".com", "a@" + strings.Repeat("b.", 126) + "com",
		} {
			refusals(t, Email, kyiv(t, lang), []refused{{wrong, says}})
		}
	}
}
