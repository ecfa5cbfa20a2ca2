package module

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Addon is one module of krok in Odoo: krok itself, or a bridge to an app of Odoo's. A bridge has what would make no sense without its app:
// fields that lead to the app's records, choices, and changes of krok's forms. It is installed where the app is there, and Odoo takes
// it away together with the app.
type Addon struct {
	Name string // technical; the namespace of its external ids
	App  string // Odoo's app that a bridge is for, by its technical name; "" for krok itself
	// Title and Summary are what people read under Apps.
	Title, Summary string

	views []string // files of views/ in the order of their loading: actions before the views whose buttons open them, menus last
}

// core is the name of krok itself among its addons.
const core = "krok"

// Addons lists krok and its bridges, in the order in which they are installed.
func Addons() []Addon {
	return []Addon{
		{
			Name: core, Title: "Krok", Summary: "Telegram chatbots built of steps",
			views: []string{
				"groups.xml", "actions.xml", "alias.xml", "answer.xml", "media.xml", "button.xml", "step.xml", "notification.xml", "watch.xml", "problem.xml",
				"bot.xml", "message.xml", "chat.xml", "server.xml", "partner.xml", "menus.xml",
			},
		},
		{Name: "krok_crm", App: "crm", Title: "Krok: CRM", Summary: "Telegram chatbots that create leads and opportunities", views: []string{"crm/step.xml"}},
	}
}

// AddonNamed finds an addon.
func AddonNamed(name string) (Addon, error) {
	for _, a := range Addons() {
		if a.Name == name {
			return a, nil
		}
	}
	return Addon{}, fmt.Errorf("krok has no addon %q", name)
}

// addonNames are the names of all addons.
func addonNames() []string {
	var names []string
	for _, a := range Addons() {
		names = append(names, a.Name)
	}
	return names
}

// bridge tells whether the addon ties krok to an app.
func (a Addon) bridge() bool { return a.App != "" }

// depends are the modules that have to be installed before.
func (a Addon) depends() []string {
	if a.bridge() {
		return []string{core, a.App}
	}
	return []string{"base", "mail", "contacts", "base_automation", "base_import_module"}
}

// brings tells whether the addon has a model, a field or a choice that is declared for an addon; "" is krok itself.
func (a Addon) brings(addon string) bool { return addon == a.Name || addon == "" && !a.bridge() }

// models are those that the addon makes or adds fields to, with its own fields alone.
func (a Addon) models() []Model {
	var list []Model
	for _, m := range Models() {
		m.Extends = m.Extends || !a.brings(m.Addon)
		m.Fields = slices.DeleteFunc(slices.Clone(m.Fields), func(f Field) bool { return !a.brings(f.Addon) })
		if len(m.Fields) > 0 {
			list = append(list, m)
		}
	}
	return list
}

// namespace is where what is declared for an addon has its external ids; "" is krok itself.
func namespace(addon string) string {
	if addon == "" {
		return core
	}
	return addon
}

// Key names the contents of all addons for a series: it changes with any of them.
func Key(major int) (string, error) {
	sum := sha256.New()
	for _, a := range Addons() {
		zip, err := a.Zip(major)
		if err != nil {
			return "", err
		}
		sum.Write(zip)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}
