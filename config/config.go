// Package config holds the settings of the process: from flags, the environment and a file, in that order, checked as a whole.
// Nothing else reads the environment.
package config

import (
	"cmp"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"github.com/krokbot/krok/flow/texts"
)

// Config is what krok runs with.
type Config struct {
	OdooURL      string
	OdooDB       string // may be empty where the server has one database
	OdooLogin    string
	OdooKey      string        // an API key or a password
	OdooProtocol string        // auto, json2, jsonrpc, xmlrpc
	OdooPace     time.Duration // least time between two calls to Odoo
	RedisURL     string        // empty: an embedded one
	TelegramAPI  string        // empty: Telegram's own
	// TelegramPerSecond is how many messages a bot sends a second, TelegramChatPerSecond how many to one chat; 0: as Telegram
	// allows, -1: as many as there are.
	TelegramPerSecond, TelegramChatPerSecond float64
	Listen                                   string // address of health, metrics and webhook; empty: none
	PublicURL                                string // where Telegram reaches krok, without a slash at its end; empty: updates are polled
	LogLevel                                 slog.Level
	// Tokens are Telegram tokens by bot code, for those that do not stand in Odoo.
	Tokens map[string]string
}

// Setting is one setting as an owner writes it: "odoo_url" in the file, KROK_ODOO_URL in the environment, --odoo-url as a flag.
type Setting struct {
	Name    string
	Default string
	Secret  bool // may also be given as the path of a file: KROK_ODOO_KEY_FILE
}

// Settings lists all settings but the tokens, which are KROK_TOKEN_<BOT CODE> or "tokens" in the file.
func Settings() []Setting {
	return []Setting{
		{Name: "odoo_url"}, {Name: "odoo_db"}, {Name: "odoo_login"}, {Name: "odoo_key", Secret: true},
		{Name: "odoo_protocol", Default: "auto"}, {Name: "odoo_pace", Default: "0s"},
		{Name: "redis_url", Secret: true}, {Name: "telegram_api_url"},
		{Name: "telegram_per_second", Default: "0"}, {Name: "telegram_chat_per_second", Default: "0"},
		{Name: "listen"}, {Name: "public_url"}, {Name: "log_level", Default: "info"},
	}
}

// Env is the setting's name in the environment.
func (s Setting) Env() string { return "KROK_" + strings.ToUpper(s.Name) }

// Flag is the setting's name on the command line, without the dashes.
func (s Setting) Flag() string { return strings.ReplaceAll(s.Name, "_", "-") }

// AddFlags adds a flag for every setting, with its help in a language.
func AddFlags(flags *pflag.FlagSet, lang string) {
	for _, setting := range Settings() {
		flags.String(setting.Flag(), "", texts.Get(lang, "config."+setting.Name, nil)+" ["+setting.Env()+"]")
	}
	flags.String("config", "", texts.Get(lang, "config.file", nil)+" [KROK_CONFIG]")
}

// DefaultFile is read where no other file is named and it exists.
const DefaultFile = "krok.yaml"

// Load reads the settings. The environment is given as os.Environ gives it. Its error names every setting that is wrong, and how
// to mend it.
func Load(flags *pflag.FlagSet, environ []string) (Config, error) {
	env := environment(environ)
	k := koanf.New(".")
	defaults := map[string]any{}
	for _, setting := range Settings() {
		defaults[setting.Name] = setting.Default
	}
	_ = k.Load(confmap.Provider(defaults, ""), nil) // a map cannot fail
	if err := loadFile(k, flags, env); err != nil {
		return Config{}, err
	}
	given, err := fromEnvironment(env)
	if err != nil {
		return Config{}, err
	}
	_ = k.Load(confmap.Provider(given, "."), nil)
	if flags != nil {
		_ = k.Load(posflag.ProviderWithFlag(flags, ".", nil, func(flag *pflag.Flag) (string, any) {
			name := strings.ReplaceAll(flag.Name, "-", "_")
			if !flag.Changed || !isSetting(name) {
				return "", nil
			}
			return name, flag.Value.String()
		}), nil)
	}
	return read(k)
}

func isSetting(name string) bool {
	return slices.ContainsFunc(Settings(), func(s Setting) bool { return s.Name == name })
}

func environment(environ []string) map[string]string {
	env := map[string]string{}
	for _, line := range environ {
		if name, value, ok := strings.Cut(line, "="); ok && strings.HasPrefix(name, "KROK_") {
			env[name] = value
		}
	}
	return env
}

// File is the settings file that is in force, and whether it was named; it need not exist.
func File(flags *pflag.FlagSet, environ []string) (path string, named bool) {
	return file(flags, environment(environ))
}

func file(flags *pflag.FlagSet, env map[string]string) (path string, named bool) {
	if flags != nil {
		if flag := flags.Lookup("config"); flag != nil && flag.Changed {
			return flag.Value.String(), true
		}
	}
	return cmp.Or(env["KROK_CONFIG"], DefaultFile), env["KROK_CONFIG"] != ""
}

func loadFile(k *koanf.Koanf, flags *pflag.FlagSet, env map[string]string) error {
	path, named := file(flags, env)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && !named {
		return nil
	}
	if err != nil {
		return unreadable(path, err)
	}
	if err := k.Load(rawbytes.Provider(data), parser{}); err != nil {
		return badFile(path, err)
	}
	return checkFile(path, k)
}

// fromEnvironment finds settings and tokens; a secret may be named by the file that holds it.
func fromEnvironment(env map[string]string) (map[string]any, error) {
	given := map[string]any{}
	for _, setting := range Settings() {
		value, err := secretOf(env, setting.Env(), setting.Secret)
		if err != nil {
			return nil, err
		}
		if value != "" {
			given[setting.Name] = value
		}
	}
	for name := range env {
		code, isToken := strings.CutPrefix(strings.TrimSuffix(name, "_FILE"), "KROK_TOKEN_")
		if !isToken || code == "" {
			continue
		}
		value, err := secretOf(env, "KROK_TOKEN_"+code, true)
		if err != nil {
			return nil, err
		}
		given["tokens."+strings.ToLower(code)] = value
	}
	return given, nil
}

func secretOf(env map[string]string, name string, secret bool) (string, error) {
	path := env[name+"_FILE"]
	if env[name] != "" || !secret || path == "" {
		return env[name], nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", texts.NewError("config.no_secret_file", texts.Args{"name": name + "_FILE", "file": path, "cause": withoutPath(err)}, err)
	}
	return strings.TrimSpace(string(data)), nil
}

// read checks the values and says of every wrong one what is wrong.
func read(k *koanf.Koanf) (Config, error) {
	c := Config{
		OdooURL: strings.TrimRight(k.String("odoo_url"), "/"), OdooDB: k.String("odoo_db"), OdooLogin: k.String("odoo_login"),
		OdooKey: k.String("odoo_key"), OdooProtocol: k.String("odoo_protocol"), RedisURL: k.String("redis_url"),
		TelegramAPI: strings.TrimRight(k.String("telegram_api_url"), "/"), Listen: k.String("listen"), PublicURL: strings.TrimRight(k.String("public_url"), "/"),
		Tokens: map[string]string{},
	}
	for code, token := range k.StringMap("tokens") {
		c.Tokens[strings.ToLower(code)] = token
	}
	var wrong []error
	refuse := func(name, key string, value any) {
		wrong = append(wrong, texts.NewError("config."+key, texts.Args{"name": name, "value": value}, nil))
	}
	for name, value := range map[string]string{"odoo_url": c.OdooURL, "telegram_api_url": c.TelegramAPI, "public_url": c.PublicURL} {
		if !webAddress(value) {
			refuse(name, "bad_url", value)
		}
	}
	if !slices.Contains([]string{"auto", "json2", "jsonrpc", "xmlrpc"}, c.OdooProtocol) {
		refuse("odoo_protocol", "bad_protocol", c.OdooProtocol)
	}
	var err error
	if c.OdooPace, err = time.ParseDuration(k.String("odoo_pace")); err != nil || c.OdooPace < 0 {
		refuse("odoo_pace", "bad_duration", k.String("odoo_pace"))
	}
	for name, into := range map[string]*float64{
		"telegram_per_second": &c.TelegramPerSecond, "telegram_chat_per_second": &c.TelegramChatPerSecond,
	} {
		value, err := strconv.ParseFloat(cmp.Or(k.String(name), "0"), 64)
		if *into = value; err != nil || value != -1 && !(value >= 0 && value <= fastest) {
			refuse(name, "bad_rate", k.String(name))
		}
	}
	if err := c.LogLevel.UnmarshalText([]byte(k.String("log_level"))); err != nil {
		refuse("log_level", "bad_level", k.String("log_level"))
	}
	if c.Listen != "" && !listenAddress(c.Listen) {
		refuse("listen", "bad_listen", c.Listen)
	}
	if c.PublicURL != "" && webAddress(c.PublicURL) {
		for _, key := range c.noWebhook() {
			refuse("public_url", key, c.PublicURL)
		}
	}
	slices.SortFunc(wrong, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return c, errors.Join(wrong...)
}

// fastest is the highest rate that can be set: more than any Bot API server takes.
const fastest = 1e6

func webAddress(text string) bool {
	if text == "" {
		return true
	}
	parsed, err := url.Parse(text)
	return err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https") && parsed.Host != ""
}

func listenAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// noWebhook lists what keeps Telegram from bringing updates to the public address. A Bot API server of one's own is not so strict.
func (c Config) noWebhook() (keys []string) {
	address, err := url.Parse(c.PublicURL)
	if err != nil {
		return []string{"bad_url"}
	}
	own := c.TelegramAPI != ""
	if address.Scheme != "https" && !own {
		keys = append(keys, "public_not_https")
	}
	if !own && !slices.Contains([]string{"", "443", "80", "88", "8443"}, address.Port()) {
		keys = append(keys, "public_bad_port")
	}
	if address.RawQuery != "" || address.Fragment != "" || address.User != nil {
		keys = append(keys, "public_too_much")
	}
	if c.Listen == "" {
		keys = append(keys, "public_needs_listen")
	}
	return keys
}

// NeedOdoo says what is missing for a call to Odoo.
func (c Config) NeedOdoo() error {
	var missing []error
	for name, value := range map[string]string{"odoo_url": c.OdooURL, "odoo_login": c.OdooLogin, "odoo_key": c.OdooKey} {
		if value == "" {
			setting := Setting{Name: name}
			missing = append(missing, texts.NewError("config.missing", texts.Args{"name": name, "env": setting.Env(), "flag": "--" + setting.Flag()}, nil))
		}
	}
	slices.SortFunc(missing, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(missing...)
}

var botCode = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// Token is the token given for a bot in the settings; empty: none is, and the one in Odoo counts.
func (c Config) Token(code string) string {
	if !botCode.MatchString(code) {
		return ""
	}
	return c.Tokens[strings.ToLower(code)]
}
