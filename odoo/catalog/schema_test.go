package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc/rpctest"
)

func TestSchemaFollowsPathsThroughRelations(t *testing.T) {
	t.Parallel()
	odoo := rpctest.New(t)
	odoo.Table("res.partner", map[string]string{"name": "char", "country_id": "many2one:res.country", "user_ids": "one2many:secret"})
	odoo.Table("res.country", map[string]string{"name": "char", "code": "char"})
	schema := NewSchema(odoo.Client(t))
	for path, want := range map[string][2]bool{
		"name": {true, true}, "country_id.code": {true, true}, "country_id": {true, true},
		"nmae": {false, true}, "country_id.nmae": {false, true}, "name.code": {false, true}, "country_id.a.b.c.d": {false, true},
		"user_ids.name": {false, false},
	} {
		has, known := schema.HasField("res.partner", path)
		require.Equal(t, want, [2]bool{has, known}, path)
	}
	before := len(odoo.Requests())
	schema.HasField("res.partner", "name")
	require.Len(t, odoo.Requests(), before, "a model is asked for once")
}

func TestSchemaKnowsNothingWhileOdooIsAway(t *testing.T) {
	t.Parallel()
	odoo := rpctest.New(t)
	odoo.Table("res.partner", map[string]string{"name": "char"})
	client := odoo.Client(t)
	odoo.Next(rpctest.Page(502), rpctest.Page(502), rpctest.Page(502))
	_, known := NewSchema(client).HasField("res.partner", "nmae")
	require.False(t, known)
}
