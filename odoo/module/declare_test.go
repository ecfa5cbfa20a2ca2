package module

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// eachField runs a check on all fields that the module declares.
func eachField(t *testing.T, check func(t *testing.T, m Model, f Field)) {
	t.Helper()
	for _, m := range Models() {
		for _, f := range m.Fields {
			check(t, m, f)
		}
	}
}

func TestPartsGoWithTheirWholeAndOtherRelationsMayBeEmpty(t *testing.T) {
	t.Parallel()
	eachField(t, func(t *testing.T, m Model, f Field) {
		switch {
		case f.Type != "many2one":
		case f.Required:
			require.Equal(t, "cascade", f.OnDelete, "%s.%s", m.Name, f.Name)
		default:
			require.Contains(t, []string{"set null", "cascade"}, f.OnDelete, "%s.%s", m.Name, f.Name)
		}
	})
}

func TestRelationsLeadToModelsAndFieldsThatAreThere(t *testing.T) {
	t.Parallel()
	eachField(t, func(t *testing.T, m Model, f Field) {
		if f.Type == "one2many" {
			require.True(t, declared(f.Relation, f.RelationField), "%s.%s", m.Name, f.Name)
		}
		if f.Type == "many2one" || f.Type == "many2many" {
			own := slices.ContainsFunc(Models(), func(other Model) bool { return other.Name == f.Relation })
			require.True(t, own || slices.Contains([]string{"res.partner", "res.company", "res.partner.category", "ir.model.fields", "ir.attachment", "res.users", "crm.team", "crm.tag", "ir.model", "ir.actions.server"}, f.Relation), f.Relation)
		}
	})
}

func TestParentIsARequiredRelation(t *testing.T) {
	t.Parallel()
	for _, m := range Models() {
		if m.Parent == "" {
			continue
		}
		i := slices.IndexFunc(m.Fields, func(f Field) bool { return f.Name == m.Parent })
		require.GreaterOrEqual(t, i, 0, m.Name)
		require.True(t, m.Fields[i].Required, m.Name)
	}
}

func TestNamesAreThoseThatOdooTakes(t *testing.T) {
	t.Parallel()
	model := regexp.MustCompile(`^x_krok_[a-z_]+$`)
	field := regexp.MustCompile(`^x_[a-z_]{1,61}$`)
	eachField(t, func(t *testing.T, m Model, f Field) {
		require.Regexp(t, field, f.Name)
		require.True(t, m.Extends || model.MatchString(m.Name), m.Name)
	})
}

func TestActiveBeginsTrue(t *testing.T) {
	t.Parallel()
	eachField(t, func(t *testing.T, _ Model, f Field) {
		if f.Name == "x_active" {
			require.Equal(t, "true", f.Default)
		}
	})
	body, err := Addons()[0].defaults(19)
	require.NoError(t, err)
	require.Contains(t, string(body), `<field name="field_id" ref="field_x_krok_bot__x_active"/>`)
}

func TestRichTextsAreLeftAsTheyAreAndWholeInEachLanguage(t *testing.T) {
	t.Parallel()
	eachSeries(t, func(t *testing.T, major int) {
		rows := fieldRows(major, Models())
		column := func(name string) int { return slices.Index(rows[0], name) }
		for _, row := range rows[1:] {
			if row[0] != fieldXMLID("x_krok_step", "x_text") {
				continue
			}
			if major < 17 {
				require.Equal(t, "text", row[column("ttype")])
				require.Negative(t, column("sanitize"))
				return
			}
			require.Equal(t, "html", row[column("ttype")])
			require.Equal(t, "False", row[column("sanitize")])
			require.Equal(t, map[int]string{17: "True", 18: "True", 19: "standard"}[major], row[column("translate")])
			return
		}
		t.Fatal("the text of a step is not among the fields")
	})
}

func TestOnlyPeopleOfTheTwoGroupsSeeConversationsAndOnlyAdministratorsTokens(t *testing.T) {
	t.Parallel()
	for _, r := range rights() {
		switch r.model {
		case "x_krok_bot":
			require.Equal(t, administrator, r.group)
		case "x_krok_chat":
			require.Contains(t, []string{administrator, operator}, r.group)
		}
		if r.group == service {
			require.Equal(t, may("x_krok_procedure", service, "r"), r)
		}
	}
}

func TestEveryModelHasRights(t *testing.T) {
	t.Parallel()
	for _, m := range Models() {
		if !m.Extends {
			require.True(t, slices.ContainsFunc(rights(), func(r right) bool { return r.model == m.Name && r.group == administrator }), m.Name)
		}
	}
}
