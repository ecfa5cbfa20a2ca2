package module

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow/texts"
)

//go:embed procedures/*.py
var procedureSources embed.FS

// procedure is a server action of the module: Python that Odoo runs in one transaction.
type procedure struct {
	name   string // of its file and of its row in x_krok_procedure
	model  string
	groups []string // who may run it; on 19 anybody could run one without
}

// procedures lists them. Those for the service user are called by krok over RPC, the others by people through menus and buttons, and
// by the installer.
func procedures() []procedure {
	return []procedure{
		{"version", "x_krok_bot", []string{service, administrator}},
		{"catalog", "x_krok_bot", []string{service, administrator}},
		{"media", "x_krok_media", []string{service, administrator}},
		{"database", "x_krok_bot", []string{service, administrator}},
		{"partner", "x_krok_bot", []string{service}},
		{"values", "x_krok_bot", []string{service}},
		{"records", "x_krok_notification", []string{service}},
		{"image", "x_krok_notification", []string{service}},
		{"watch", "x_krok_watch", []string{service, administrator}},
		{"commit", "x_krok_commit", []string{service}},
		{"journal", "x_krok_message", []string{service}},
		{"status", "x_krok_status", []string{service}},
		{"indexes", "x_krok_bot", []string{settings}},
		{"preview", "x_krok_notification", []string{administrator}},
		{"manual", "x_krok_bot", []string{administrator, operator}},
		{"open_step", "x_krok_step", []string{administrator}},
		{"open_file", "x_krok_message", []string{administrator, operator}},
	}
}

// rule is a rule of base.automation: Python that runs with each record that is saved, in the same transaction.
type rule struct {
	name    string
	model   string
	trigger string   // "on_create", "on_write"
	fields  []string // of an on_write: only when one of these has changed
	source  string   // its file, where several rules have one
}

func rules() []rule {
	return []rule{
		{name: "bot_code", model: "x_krok_bot", trigger: "on_create"},
		{name: "bot_code_emptied", model: "x_krok_bot", trigger: "on_write", fields: []string{"x_code"}, source: "bot_code"},
		{name: "step_new", model: "x_krok_step", trigger: "on_create"},
		{name: "step_code", model: "x_krok_step", trigger: "on_create"},
		{name: "step_code_emptied", model: "x_krok_step", trigger: "on_write", fields: []string{"x_code"}, source: "step_code"},
		{name: "step_type", model: "x_krok_step", trigger: "on_write", fields: []string{"x_type"}},
		{name: "answer_new", model: "x_krok_answer", trigger: "on_create"},
		{name: "media_new", model: "x_krok_media", trigger: "on_create"},
		{name: "button_new", model: "x_krok_button", trigger: "on_create"},
		{name: "message_gone", model: "x_krok_message", trigger: "on_unlink"},
		{name: "notification_code", model: "x_krok_notification", trigger: "on_create"},
		{name: "notification_code_emptied", model: "x_krok_notification", trigger: "on_write", fields: []string{"x_code"}, source: "notification_code"},
		{name: "line_new", model: "x_krok_notification_line", trigger: "on_create"},
		{name: "record_button_new", model: "x_krok_notification_button", trigger: "on_create", source: "line_new"},
		{name: "watch_new", model: "x_krok_watch", trigger: "on_create", source: "watch_changed"},
		{name: "watch_changed", model: "x_krok_watch", trigger: "on_write"},
		{name: "watch_gone", model: "x_krok_watch", trigger: "on_unlink"},
		{name: "field_gone", model: "ir.model.fields", trigger: "on_unlink"},
		{name: "model_gone", model: "ir.model", trigger: "on_unlink"},
		{name: "bot_gone", model: "x_krok_bot", trigger: "on_unlink"},
	}
}

func procedureRecords(major int) ([]byte, error) {
	r := newRecords()
	for _, p := range procedures() {
		code, err := python(p.name)
		if err != nil {
			return nil, err
		}
		r.add("procedure_"+p.name, "ir.actions.server",
			text("name", "Krok: "+p.name), ref("model_id", refOf(p.model)), text("state", "code"), groupsValue(major, p.groups...), text("code", code))
	}
	for _, p := range procedures() {
		if slices.Contains(p.groups, service) {
			r.add("row_"+p.name, "x_krok_procedure",
				text("x_name", p.name), eval("x_action", "ref('krok.procedure_"+p.name+"')"), text("x_version", Version))
		}
	}
	return r.bytes(), nil
}

// ruleRecords gives the rules in the form of a series: up to 16 a rule has its code itself, from 17 on in an action of its own.
func ruleRecords(major int) ([]byte, error) {
	r := newRecords()
	for _, rule := range rules() {
		source := rule.source
		if source == "" {
			source = rule.name
		}
		code, err := python("rule_" + source)
		if err != nil {
			return nil, err
		}
		model := ref("model_id", refOf(rule.model))
		groups := groupsValue(major, administrator, service, settings)
		values := []value{text("name", "Krok: "+rule.name), model, text("trigger", rule.trigger)}
		if len(rule.fields) > 0 {
			values = append(values, eval("trigger_field_ids", fieldRefs(rule)))
		}
		if major <= 16 {
			values = append(values, text("state", "code"), groups, text("code", code))
		}
		r.add("rule_"+rule.name, "base.automation", values...)
		if major >= 17 {
			r.add("rule_"+rule.name+"_action", "ir.actions.server",
				text("name", "Krok: "+rule.name), model, text("usage", "base_automation"), ref("base_automation_id", "rule_"+rule.name),
				text("state", "code"), groups, text("code", code))
		}
	}
	return r.bytes(), nil
}

func fieldRefs(r rule) string {
	refs := make([]string, len(r.fields))
	for i, field := range r.fields {
		refs[i] = "ref('krok." + fieldXMLID(r.model, field) + "')"
	}
	return "[(6, 0, [" + strings.Join(refs, ", ") + "])]"
}

var includes = regexp.MustCompile(`(?m)^# include (\w+)\n`)

// python is a file of procedures/, with the files that it includes: server code can import nothing.
func python(name string) (string, error) {
	source, err := procedureSources.ReadFile("procedures/" + name + ".py")
	if err != nil {
		return "", err
	}
	var failure error
	code := includes.ReplaceAllStringFunc(string(source), func(line string) string {
		included := includes.FindStringSubmatch(line)[1]
		switch included {
		case "tables":
			return definitionTables()
		case "askable":
			return askableLists()
		case "preview_words":
			return previewWords()
		}
		part, err := python(included)
		if err != nil {
			failure = err
		}
		return part + "\n"
	})
	return strings.TrimSpace(code) + "\n", failure
}

// definitionTables is the Python line that names the tables of a definition with their models, made from the declaration.
func definitionTables() string {
	var pairs []string
	for _, m := range Models() {
		if m.Definition {
			pairs = append(pairs, fmt.Sprintf("('%s', '%s')", m.Table(), m.Name))
		}
	}
	return "TABLES = [" + strings.Join(pairs, ", ") + "]\n"
}

// previewWords are what a preview says besides values, in the languages of krok, as lines of Python.
func previewWords() string {
	var b strings.Builder
	b.WriteString("WORDS = {\n")
	for _, lang := range texts.Languages() {
		fmt.Fprintf(&b, "    '%s': {", lang)
		for _, word := range []string{"empty", "bad_domain", "failed"} {
			fmt.Fprintf(&b, "'%s': %q, ", word, texts.Get(lang, "notification.preview_"+word, nil))
		}
		fmt.Fprintf(&b, "'truth': [%q, %q]},\n", texts.Get(lang, "common.no", nil), texts.Get(lang, "common.yes", nil))
	}
	b.WriteString("}\n")
	return b.String()
}
