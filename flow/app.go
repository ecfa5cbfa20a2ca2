package flow

import "github.com/krokbot/krok/flow/texts"

// appTable has a row for each of Odoo's apps that krok has a bridge to, where both are installed: id, name (technical), and what is to be
// known of the app's settings. A bot that comes from a file alone has no such table.
const appTable = "app"

// App finds one of Odoo's apps; nil where it or krok's bridge to it is not there. known is false for a bot that does not come from an Odoo.
func (d Definition) App(name string) (app Row, known bool) {
	rows, known := d.Tables[appTable]
	for _, row := range rows {
		if row.Str("name") == name {
			return row, true
		}
	}
	return nil, known
}

// appsOfTypes are the apps that types of steps need.
var appsOfTypes = map[string]string{"lead": appOfLeads}

// TypeWanted is the type that a step is to have. One whose app Odoo did not have when the bot was imported is a text there, with its type
// beside it; a step that has been given another type since is of that one.
func (r Row) TypeWanted() string {
	if absent := r.Str("type_absent"); absent != "" && r.Str("type") == "text" {
		return absent
	}
	return r.Str("type")
}

// absentType reports a step that is not yet of the type that it is to have.
func (p *problems) absentType(definition Definition, wanted string) {
	name, known := appsOfTypes[wanted]
	app, _ := definition.App(name)
	switch {
	case !known:
		p.fail("type", "unknown_type", texts.Args{"value": wanted}, nil)
	case app == nil:
		p.fail("type", wanted+"_no_app", nil, nil)
	default:
		p.fail("type", wanted+"_app_there", nil, nil)
	}
}
