package catalog

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/odoo/module"
)

// notInFiles are the fields of definitions that a bot file leaves out: secrets and what belongs to one database, and what the file says by
// where a row stands.
var notInFiles = []string{
	"bot.token", "step.type_absent", "bot.active", "bot.company_id", "bot.channel_tag_id",
	"step.sequence", "answer.sequence", "media.sequence", "notification_line.sequence", "notification_button.sequence", "button.sequence", "button.row", "button.place", "alias.automatic", "media.filename",
}

// A new field of a bot begins in odoo/module. Here it is told where flow/botfile/fields.yaml has to follow.
func TestFieldsOfTheFileAreThoseOfTheModule(t *testing.T) {
	t.Parallel()
	inFile := map[string]map[string]botfile.Field{}
	for _, table := range botfile.Tables() {
		inFile[table.Name] = map[string]botfile.Field{}
		for _, field := range table.Fields {
			inFile[table.Name][field.Name] = field
		}
	}
	for _, model := range module.Models() {
		if !model.Definition {
			continue
		}
		for _, field := range model.Fields {
			name := strings.TrimPrefix(field.Name, "x_")
			if field.Derived() || field.Type == "one2many" || field.Type == "binary" || field.Name == model.Parent ||
				slices.Contains(notInFiles, model.Table()+"."+name) {
				continue
			}
			have, exists := inFile[model.Table()][name]
			require.True(t, exists, "fields.yaml lacks %s.%s", model.Table(), name)
			require.Equal(t, wantedKind(model, field), have.Kind, "%s.%s", model.Table(), name)
			require.Equal(t, field.Translate, have.Translated, "%s.%s: translated", model.Table(), name)
			for _, choice := range field.Selection {
				require.Contains(t, have.Choices, choice.Value, "%s.%s", model.Table(), name)
			}
			require.Len(t, have.Choices, len(field.Selection), "%s.%s", model.Table(), name)
			delete(inFile[model.Table()], name)
		}
		require.Empty(t, inFile[model.Table()], "fields.yaml has fields of %s that the module does not have", model.Table())
	}
}

func wantedKind(model module.Model, field module.Field) botfile.Kind {
	switch field.Type {
	case "text":
		return botfile.Long
	case "html":
		return botfile.Rich
	case "boolean":
		return botfile.Bool
	case "integer":
		return botfile.Int
	case "float":
		return botfile.Float
	case "selection":
		return botfile.Choice
	case "many2one":
		if field.Relation == "ir.model.fields" {
			return fieldKind(model, field)
		}
		return map[string]botfile.Kind{"x_krok_step": botfile.Step, "x_krok_answer": botfile.Answer, "res.users": botfile.User, "crm.team": botfile.Team,
			"x_krok_notification": botfile.Notification, "ir.model": botfile.Model, "ir.actions.server": botfile.Action}[field.Relation]
	case "many2many":
		return map[string]botfile.Kind{"res.partner.category": botfile.Tags, "crm.tag": botfile.LeadTags}[field.Relation]
	}
	return botfile.Text
}

// fieldKind is the kind of a field that names a field: of contacts, or of the records that its row is about.
func fieldKind(model module.Model, field module.Field) botfile.Kind {
	switch {
	case model.Table() == "step":
		return botfile.Contact
	case field.Name == "x_subfield_id":
		return botfile.Subfield
	case model.Table() == "notification_line":
		return botfile.Path
	}
	return botfile.OfRecord
}
