package main

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc/rpctest"
)

// ran is what one command did.
type ran struct {
	code     int
	out, err string
}

// runIn runs krok in a folder, in a language, with nobody at the terminal.
func runIn(t *testing.T, folder, lang string, args ...string) ran {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), path, args...)
	command.Dir = folder
	command.Env = []string{"LANG=" + lang, "PATH=" + os.Getenv("PATH"), "HOME=" + folder}
	var out, errors bytes.Buffer
	command.Stdout, command.Stderr = &out, &errors
	return ran{code: exitCode(t, command.Run()), out: out.String(), err: errors.String()}
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	require.NoError(t, err)
	return 0
}

// shortCommands are all that do one thing and end, with what each needs besides Odoo.
var shortCommands = [][]string{
	{"install", "--yes", "--rotate-key"}, {"uninstall", "--yes"}, {"module", "-o", "made.zip"},
	{"chat"}, {"test", "hello.chat"}, {"check"}, {"check", "--json"}, {"export", "-o", "made.yaml"}, {"import", "bot.yaml", "--yes"},
}

// folderOf is an owner's folder: a bot file and a transcript.
func folderOf(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "bot.yaml"), []byte(strings.ReplaceAll(smallBot, "CODE", "shop")), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "hello.chat"), []byte("> /start\n< …\n"), 0o600))
	return folder
}

func namesIn(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// requireOneLine holds what every failure promises: one line on stderr with the words, in the language, and nothing else.
func requireOneLine(t *testing.T, got ran, lang string, words []string) {
	t.Helper()
	require.Empty(t, got.out)
	require.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
	require.True(t, strings.HasPrefix(got.err, "krok: ") && strings.HasSuffix(got.err, "\n"), got.err)
	for _, word := range words {
		require.Contains(t, got.err, word)
	}
	ukrainian := strings.ContainsFunc(got.err, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
	require.Equal(t, strings.HasPrefix(lang, "uk"), ukrainian, got.err)
	require.NotContains(t, got.err, "{")
	require.NotContains(t, got.err, "dial tcp")
}

// mishap is one thing that an owner may have got wrong: settings, and the words that say what it is and what to mend.
type mishap struct {
	name   string
	flags  []string
	en, uk []string
}

// page is a server that answers everything with a page for people: a proxy, a hotel's network.
func page(t *testing.T, status int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("<!doctype html><title>Welcome</title><p>Log in to our network"))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// nobody is an address at which nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

func settingsOf(odoo *rpctest.Server, changes ...string) []string {
	return append([]string{"--odoo-url", odoo.URL, "--odoo-db", odoo.DB, "--odoo-login", odoo.Login, "--odoo-key", odoo.Key}, changes...)
}

func mishaps(t *testing.T, odoo *rpctest.Server) []mishap {
	guarded := rpctest.New(t, rpctest.TwoFactor())
	several := rpctest.New(t, rpctest.Databases("shop", "warehouse"))
	silent := rpctest.New(t, rpctest.Databases())
	moved := httptest.NewServer(http.RedirectHandler("https://odoo.example.com/web", http.StatusMovedPermanently))
	t.Cleanup(moved.Close)
	return []mishap{
		{"AddressWithoutScheme", settingsOf(odoo, "--odoo-url", "odoo.example.com"), []string{"odoo_url", "odoo.example.com", "https://"}, []string{"odoo_url", "не вебадреса"}},
		{"AddressWithALogin", settingsOf(odoo, "--odoo-url", "http://ann:hush@127.0.0.1"), []string{"is no address of Odoo", "KROK_ODOO_URL"}, []string{"не адреса Odoo", "KROK_ODOO_URL"}},
		{"NobodyThere", settingsOf(odoo, "--odoo-url", "http://"+nobody(t)), []string{"Nobody answers", "KROK_ODOO_URL"}, []string{"ніхто не відповідає", "KROK_ODOO_URL"}},
		{"NoSuchHost", settingsOf(odoo, "--odoo-url", "http://odoo.invalid"), []string{"There is no server at http://odoo.invalid", "KROK_ODOO_URL"}, []string{"Сервера за адресою http://odoo.invalid немає"}},
		{"NoTLSThere", settingsOf(odoo, "--odoo-url", strings.Replace(odoo.URL, "http://", "https://", 1)), []string{"is not secure", "http:// in KROK_ODOO_URL"}, []string{"не захищене", "KROK_ODOO_URL"}},
		{"SentOn", settingsOf(odoo, "--odoo-url", moved.URL), []string{"sends on to https://odoo.example.com", "KROK_ODOO_URL"}, []string{"переспрямовує на https://odoo.example.com"}},
		{"AProxysPage", settingsOf(odoo, "--odoo-url", page(t, http.StatusOK)), []string{"something else answers", "KROK_ODOO_URL"}, []string{"відповідає щось інше", "KROK_ODOO_URL"}},
		{"AProxysRefusal", settingsOf(odoo, "--odoo-url", page(t, http.StatusForbidden)), []string{"refuses krok (HTTP status 403)", "proxy or firewall"}, []string{"не пропускає krok", "проксі"}},
		{"OdooBehindItsProxyIsDown", settingsOf(odoo, "--odoo-url", page(t, http.StatusBadGateway)), []string{"down or restarting (HTTP status 502)", "Try again"}, []string{"перезапускається", "Спробуйте"}},
		{"TooOldAnOdoo", settingsOf(rpctest.New(t, rpctest.Version(13))), []string{"Odoo 13.0", "14 or newer"}, []string{"Odoo 13.0", "14 або"}},
		{"WrongDatabase", settingsOf(odoo, "--odoo-db", "storehouse"), []string{`no database "storehouse"`, "KROK_ODOO_DB"}, []string{"немає бази даних «storehouse»", "KROK_ODOO_DB"}},
		{"NoneOfSeveralDatabases", settingsOf(several, "--odoo-db", ""), []string{"several databases: shop, warehouse", "KROK_ODOO_DB"}, []string{"кілька баз даних: shop, warehouse", "KROK_ODOO_DB"}},
		{"DatabasesAreNotListed", settingsOf(silent, "--odoo-db", ""), []string{"does not tell the names", "KROK_ODOO_DB"}, []string{"не повідомляє назв", "KROK_ODOO_DB"}},
		{"WrongKey", settingsOf(odoo, "--odoo-key", "fedcba9876543210fedcba9876543210fedcba98"), []string{`refuses the login "bot@shop.example"`, "KROK_ODOO_KEY"}, []string{"не впускає «bot@shop.example»", "KROK_ODOO_KEY"}},
		{"WrongPassword", settingsOf(odoo, "--odoo-key", "incorrect horse"), []string{`refuses the login "bot@shop.example"`, "KROK_ODOO_KEY"}, []string{"не впускає «bot@shop.example»", "KROK_ODOO_KEY"}},
		{"WrongLogin", settingsOf(odoo, "--odoo-login", "nobody", "--odoo-key", odoo.Password), []string{`refuses the login "nobody"`, "KROK_ODOO_LOGIN"}, []string{"не впускає «nobody»", "KROK_ODOO_LOGIN"}},
		{"KeyOfSomebodyElse", settingsOf(odoo, "--odoo-login", "nobody"), []string{`that of the user "bot@shop.example", not of "nobody"`}, []string{"«bot@shop.example», а не «nobody»"}},
		{"TwoFactorLogin", settingsOf(guarded, "--odoo-key", guarded.Password), []string{"two-factor login is on", "New API Key", "KROK_ODOO_KEY"}, []string{"двофакторний вхід", "Новий ключ API", "KROK_ODOO_KEY"}},
		{"UnknownProtocol", settingsOf(odoo, "--odoo-protocol", "soap"), []string{"odoo_protocol is “soap”", "json2"}, []string{"«soap»", "json2"}},
		{"NoSettingsFile", settingsOf(odoo, "--config", "none.yaml"), []string{"no settings file none.yaml", "--config"}, []string{"Файла налаштувань none.yaml немає", "--config"}},
		{"NoKey", settingsOf(odoo, "--odoo-key", ""), []string{"odoo_key is missing", "KROK_ODOO_KEY", "--odoo-key"}, []string{"odoo_key", "KROK_ODOO_KEY"}},
	}
}

func TestWhatAnOwnerGotWrongIsSaidInOneLineAndChangesNothing(t *testing.T) {
	t.Parallel()
	odoo := rpctest.New(t)
	for number, m := range mishaps(t, odoo) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			folder := folderOf(t)
			for i, command := range shortCommands {
				lang, words := "C", m.en
				if (number+i)%2 == 0 { // each language has half of them
					lang, words = "uk_UA.UTF-8", m.uk
				}
				got := runIn(t, folder, lang, append(command, m.flags...)...)
				require.Equal(t, exitFailed, got.code, "%v: %s", command, got.err)
				requireOneLine(t, got, lang, words)
				require.NotContains(t, got.err, "hush")
			}
			require.Equal(t, []string{"bot.yaml", "hello.chat"}, namesIn(t, folder))
		})
	}
	t.Cleanup(func() {
		for _, request := range odoo.Requests() {
			require.Contains(t, []string{"context_get", "read", "search_read"}, request.Method, "%s.%s", request.Model, request.Method)
		}
	})
}

func TestFilesThatAreNotAsTheyShouldBe(t *testing.T) {
	t.Parallel()
	odoo := rpctest.New(t)
	folder := folderOf(t)
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	write("broken.yaml", "odoo_key: \"hush\nodoo_db: shop\n")
	write("list.yaml", "odoo_db: [shop, hush]\n")
	write("unknown.yaml", "odoo_ulr: hush\n")
	write("tokens.yaml", "tokens: hush\n")
	write("bad.yaml", "bot:\n  code: shop\n  name: Shop\n  colour: green\n")
	write("bad.chat", "hello\n")
	before := namesIn(t, folder)
	for _, c := range []struct {
		command []string
		en, uk  []string
	}{
		{[]string{"import", "none.yaml"}, []string{"no file none.yaml"}, []string{"Файла none.yaml немає"}},
		{[]string{"import", "."}, []string{"file . cannot be read"}, []string{"Файл . неможливо прочитати"}},
		{[]string{"import", "bad.yaml"}, []string{"bad.yaml:4:3", "colour"}, []string{"bad.yaml:4:3", "colour"}},
		{[]string{"test", "none.chat"}, []string{"no file none.chat"}, []string{"Файла none.chat немає"}},
		{[]string{"test", "bad.chat"}, []string{"bad.chat:1:1", "hello"}, []string{"bad.chat:1:1", "hello"}},
		{[]string{"module", "--series", "19", "-o", "none/krok.zip"}, []string{"none/krok.zip", "Make the folder"}, []string{"none/krok.zip", "Створіть теку"}},
		{[]string{"check", "--config", "broken.yaml"}, []string{"broken.yaml is not valid YAML, see line 1, column 11"}, []string{"broken.yaml – неправильний YAML", "рядок 1"}},
		{[]string{"check", "--config", "list.yaml"}, []string{"odoo_db in the settings file list.yaml"}, []string{"odoo_db у файлі налаштувань list.yaml"}},
		{[]string{"check", "--config", "unknown.yaml"}, []string{"unknown setting odoo_ulr", "krok help settings"}, []string{"невідоме налаштування odoo_ulr"}},
		{[]string{"check", "--config", "tokens.yaml"}, []string{"tokens in the settings file tokens.yaml"}, []string{"tokens у файлі налаштувань tokens.yaml"}},
		{[]string{"check", "--config", "."}, []string{"The settings file . cannot be read"}, []string{"Файл налаштувань . неможливо прочитати"}},
	} {
		for lang, words := range map[string][]string{"C": c.en, "uk_UA.UTF-8": c.uk} {
			got := runIn(t, folder, lang, append(c.command, settingsOf(odoo)...)...)
			require.Equal(t, exitFailed, got.code, "%v: %s", c.command, got.err)
			requireOneLine(t, got, lang, words)
			require.NotContains(t, got.err, "hush")
		}
	}
	require.Equal(t, before, namesIn(t, folder))
	require.Empty(t, odoo.Requests())
}

func TestAnOdooWithoutTheModuleIsSaidToNeedIt(t *testing.T) {
	t.Parallel()
	odoo := rpctest.New(t)
	folder := folderOf(t)
	for _, command := range [][]string{{"chat"}, {"test", "hello.chat"}, {"check"}, {"export"}, {"import", "bot.yaml", "--yes"}} {
		for lang, words := range map[string][]string{"C": {"not installed in the database \"shop\"", "Run krok install"}, "uk_UA.UTF-8": {"«shop»", "krok install"}} {
			got := runIn(t, folder, lang, append(command, settingsOf(odoo)...)...)
			require.Equal(t, exitFailed, got.code, "%v: %s", command, got.err)
			requireOneLine(t, got, lang, words)
		}
	}
}
