package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/texts"
)

func flagsWith(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("krok", pflag.ContinueOnError)
	AddFlags(flags, "en")
	require.NoError(t, flags.Parse(args))
	return flags
}

func fileWith(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "krok.yaml")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestFlagsBeatTheEnvironmentAndTheEnvironmentBeatsTheFile(t *testing.T) {
	t.Parallel()
	path := fileWith(t, "odoo_url: https://file.example.com/\nodoo_db: file\nodoo_login: file\nodoo_pace: 1s\n")
	got, err := Load(flagsWith(t, "--odoo-login", "flag", "--config", path), []string{"KROK_ODOO_DB=env", "KROK_ODOO_LOGIN=env", "HOME=/"})
	require.NoError(t, err)
	require.Equal(t, "https://file.example.com", got.OdooURL)
	require.Equal(t, "env", got.OdooDB)
	require.Equal(t, "flag", got.OdooLogin)
	require.Equal(t, time.Second, got.OdooPace)
	require.Equal(t, "auto", got.OdooProtocol)
}

func TestTokensComeByBotCodeAndSecretsFromFiles(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(secret, []byte("s3cret\n"), 0o600))
	path := fileWith(t, "tokens:\n  shop: from-file\n  Bar: other\n")
	got, err := Load(flagsWith(t, "--config", path), []string{"KROK_TOKEN_SHOP=from-env", "KROK_ODOO_KEY_FILE=" + secret})
	require.NoError(t, err)
	require.Equal(t, "from-env", got.Token("shop"))
	require.Equal(t, "other", got.Token("bar"))
	require.Equal(t, "s3cret", got.OdooKey)
	require.Empty(t, got.Token("../x"))
}

func TestEveryWrongSettingIsNamed(t *testing.T) {
	t.Parallel()
	_, err := Load(flagsWith(t, "--odoo-url", "odoo.example.com", "--odoo-pace", "fast"), []string{"KROK_ODOO_PROTOCOL=soap", "KROK_LOG_LEVEL=loud", "KROK_LISTEN=8080"})
	for _, part := range []string{"odoo_url is “odoo.example.com”", "odoo_pace is “fast”", "odoo_protocol is “soap”", "log_level is “loud”", "listen is “8080”"} {
		require.ErrorContains(t, err, part)
	}
}

func TestAnUnknownSettingInTheFileIsRefused(t *testing.T) {
	t.Parallel()
	_, err := Load(flagsWith(t, "--config", fileWith(t, "odoo_ulr: x\n")), nil)
	require.ErrorContains(t, err, "odoo_ulr")
}

func TestAMissingFileMattersOnlyWhereItWasNamed(t *testing.T) {
	t.Parallel()
	_, err := Load(flagsWith(t), nil)
	require.NoError(t, err)
	_, err = Load(flagsWith(t, "--config", filepath.Join(t.TempDir(), "none.yaml")), nil)
	require.ErrorContains(t, err, "none.yaml")
}

func TestWhatOdooNeedsIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	err := Config{}.NeedOdoo()
	for _, part := range []string{"KROK_ODOO_URL", "KROK_ODOO_LOGIN", "KROK_ODOO_KEY", "--odoo-url"} {
		require.ErrorContains(t, err, part)
	}
	require.NoError(t, Config{OdooURL: "x", OdooLogin: "y", OdooKey: "z"}.NeedOdoo())
}

func TestSaveKeepsOtherSettingsAndHidesTheFile(t *testing.T) {
	t.Parallel()
	path := fileWith(t, "listen: :8080\nodoo_key: old\n")
	require.NoError(t, Save(path, map[string]string{"odoo_key": "new"}))
	got, err := Load(flagsWith(t, "--config", path), nil)
	require.NoError(t, err)
	require.Equal(t, "new", got.OdooKey)
	require.Equal(t, ":8080", got.Listen)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestSaveMakesTheFileWhereThereIsNone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "krok.yaml")
	require.NoError(t, Save(path, map[string]string{"odoo_key": "new"}))
	got, err := Load(flagsWith(t, "--config", path), nil)
	require.NoError(t, err)
	require.Equal(t, "new", got.OdooKey)
}

func TestEverySettingHasItsHelp(t *testing.T) {
	t.Parallel()
	for _, setting := range Settings() {
		require.True(t, texts.Has("config."+setting.Name), setting.Name)
	}
}

func TestAPublicAddressThatTelegramCannotReachIsNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		env  []string
		says []string
	}{
		{[]string{"KROK_PUBLIC_URL=https://bots.example.com"}, []string{"KROK_LISTEN"}},
		{[]string{"KROK_PUBLIC_URL=http://bots.example.com:80", "KROK_LISTEN=:8080"}, []string{"https://"}},
		{[]string{"KROK_PUBLIC_URL=https://bots.example.com:8080", "KROK_LISTEN=:8080"}, []string{"8443"}},
		{[]string{"KROK_PUBLIC_URL=https://me@bots.example.com/?a=1", "KROK_LISTEN=:8080"}, []string{"https://example.com/bots"}},
		{[]string{"KROK_PUBLIC_URL=http://bots.example.com:8080"}, []string{"KROK_LISTEN", "https://", "8443"}},
		{[]string{"KROK_PUBLIC_URL=bots.example.com", "KROK_LISTEN=:8080"}, []string{"no web address"}},
		{[]string{"KROK_LISTEN=:70000"}, []string{"listen is “:70000”"}},
	} {
		_, err := Load(flagsWith(t), test.env)
		require.Error(t, err, "%v", test.env)
		for _, part := range test.says {
			require.ErrorContains(t, err, part, "%v", test.env)
		}
	}
}

func TestAPublicAddressIsTakenWithItsPathAndAnOwnServerNeedsNoHTTPS(t *testing.T) {
	t.Parallel()
	got, err := Load(flagsWith(t), []string{"KROK_PUBLIC_URL=https://example.com:8443/bots/", "KROK_LISTEN=[::1]:0"})
	require.NoError(t, err)
	require.Equal(t, "https://example.com:8443/bots", got.PublicURL)
	_, err = Load(flagsWith(t), []string{"KROK_PUBLIC_URL=http://10.0.0.1:8080", "KROK_LISTEN=:8080", "KROK_TELEGRAM_API_URL=http://10.0.0.2:8081"})
	require.NoError(t, err)
}

func TestPacesAreNumbersOfMessagesASecond(t *testing.T) {
	t.Parallel()
	got, err := Load(flagsWith(t, "--telegram-per-second", "-1", "--config", fileWith(t, "telegram_chat_per_second: 0.5\n")), nil)
	require.NoError(t, err)
	require.InDelta(t, -1, got.TelegramPerSecond, 0)
	require.InDelta(t, 0.5, got.TelegramChatPerSecond, 0)
	got, err = Load(flagsWith(t), nil)
	require.NoError(t, err)
	require.Zero(t, got.TelegramPerSecond)
	require.Zero(t, got.TelegramChatPerSecond)
	for _, wrong := range []string{"fast", "-2", "NaN", "Inf", "2000000"} {
		_, err := Load(flagsWith(t, "--telegram-per-second", wrong), nil)
		require.ErrorContains(t, err, "telegram_per_second is “"+wrong+"”")
	}
}

func TestAFileThatIsNoYAMLIsSaidByItsPlaceAndNeverShown(t *testing.T) {
	t.Parallel()
	for content, place := range map[string]string{
		"odoo_db: shop\nodoo_key: \"hush\n":    "line 2, column 11",
		"odoo_key hush\nodoo_url: x\n":         "line 1, column 1",
		"- hush\n":                             "line 1, column 1",
		"odoo_db: a\nodoo_db: hush\n":          "line 2, column 1",
		"odoo_db: {a: hush}\n":                 "odoo_db",
		"odoo_key: [hush]\n":                   "odoo_key",
		"tokens: hush\n":                       "tokens",
		"tokens: {shop: [hush]}\n":             "tokens.shop",
		"tokens:\n  shop: {other: \"hush\"}\n": "tokens.shop",
	} {
		_, err := Load(flagsWith(t, "--config", fileWith(t, content)), nil)
		require.ErrorContains(t, err, place)
		for _, lang := range texts.Languages() {
			said := texts.Explain(lang, err)
			require.NotContains(t, said, "hush")
			require.NotContains(t, said, "\n")
		}
	}
}

func TestWhatIsSavedIsReadBackLetterByLetter(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"0123", "1e3", "true", "null", "a: b # c", "\"'", "- x", "парубок", " edge ", "0x1F"} {
		path := filepath.Join(t.TempDir(), "krok.yaml")
		require.NoError(t, Save(path, map[string]string{"odoo_key": key}))
		got, err := Load(flagsWith(t, "--config", path), nil)
		require.NoError(t, err)
		require.Equal(t, key, got.OdooKey)
	}
}
