package records_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/rpc"
)

// follow has contacts follow a record.
func (w world) follow(t *testing.T, model string, record int64, partners ...int64) {
	t.Helper()
	for _, partner := range partners {
		w.make(t, "mail.followers", map[string]any{"res_model": model, "res_id": record, "partner_id": partner})
	}
}

// followers are the contacts that follow a record, in the order of their ids.
func (w world) followers(t *testing.T, model string, record int64) string {
	t.Helper()
	return w.one(t, "SELECT string_agg(partner_id::text, ' ' ORDER BY partner_id) FROM mail_followers WHERE res_model = '%s' AND res_id = %d", model, record)
}

// channel makes a channel of Discuss with members, and gives its id and the table of members.
func (w world) channel(t *testing.T, name string, partners ...int64) (id int64, table string) {
	t.Helper()
	members := []any{}
	for _, partner := range partners {
		members = append(members, []any{0, 0, map[string]any{"partner_id": partner}})
	}
	if w.Version == 14 {
		values := map[string]any{"name": name, "channel_type": "channel", "public": "private", "channel_last_seen_partner_ids": members}
		return w.make(t, "mail.channel", values), "mail_channel_partner"
	}
	return w.make(t, "discuss.channel", map[string]any{"name": name, "channel_type": "group", "channel_member_ids": members}), "discuss_channel_member"
}

func (w world) members(t *testing.T, channel int64, table string, partner int64) string {
	t.Helper()
	return w.one(t, "SELECT count(*) FROM %s WHERE channel_id = %d AND partner_id = %d", table, channel, partner)
}

func (w world) testNothingLost(t *testing.T) {
	digits, client := w.newNumber(), w.client(t)
	contact := w.contact(t, map[string]any{"phone": "+" + digits})
	other, boss := w.contact(t, map[string]any{"name": "Інша"}), w.Ref(t, "base.partner_admin")

	both := w.make(t, "crm.lead", map[string]any{"name": "Обидві", "partner_id": client.partner})
	w.SQL(t, fmt.Sprintf("DELETE FROM mail_followers WHERE res_model = 'crm.lead' AND res_id = %d", both))
	w.follow(t, "crm.lead", both, client.partner, contact)
	alone := []int64{}
	for i := range 3 {
		lead := w.make(t, "crm.lead", map[string]any{"name": fmt.Sprint("Запит ", i), "partner_id": client.partner})
		w.SQL(t, fmt.Sprintf("DELETE FROM mail_followers WHERE res_model = 'crm.lead' AND res_id = %d", lead))
		w.follow(t, "crm.lead", lead, client.partner)
		alone = append(alone, lead)
	}
	w.SQL(t, fmt.Sprintf("DELETE FROM mail_followers WHERE res_model = 'res.partner' AND res_id IN (%d, %d)", client.partner, contact))
	w.follow(t, "res.partner", client.partner, boss, other)
	w.follow(t, "res.partner", contact, boss)
	shared, members := w.channel(t, "Разом", client.partner, contact)
	single, _ := w.channel(t, "Сама", client.partner)
	order := w.make(t, "sale.order", map[string]any{"partner_id": client.partner})
	survey := w.make(t, "survey.survey", map[string]any{"title": "Опитування"})
	answer := w.make(t, "survey.user_input", map[string]any{"survey_id": survey, "partner_id": client.partner})
	activity := w.make(t, "mail.activity", map[string]any{"res_model_id": w.Ref(t, "base.model_res_partner"), "res_id": client.partner, "summary": "Подзвонити",
		"activity_type_id": w.Ref(t, "mail.mail_activity_data_call")})
	for i := range 123 {
		partner := client.partner
		if i < 3 {
			partner = contact
		}
		w.SQL(t, fmt.Sprintf(`INSERT INTO mail_message (model, res_id, body, message_type, author_id, date) VALUES ('res.partner', %d, 'line %d', 'comment', %[1]d, now())`,
			partner, i))
	}
	chats := w.one(t, "SELECT count(*) FROM x_krok_chat")
	_, err := client.talk.Commit(t.Context(), opens("second/"+client.user, w.bots[1], client.user))
	require.NoError(t, err)

	leads := w.one(t, "SELECT count(*) FROM crm_lead")
	before := w.counts(t)
	w.merges(t, client, digits, contact)

	require.Equal(t, leads, w.one(t, "SELECT count(*) FROM crm_lead"))
	require.Equal(t, "4", w.one(t, "SELECT count(*) FROM crm_lead WHERE partner_id = %d", contact))
	require.Equal(t, fmt.Sprint(contact), w.followers(t, "crm.lead", both), "one follower")
	for _, lead := range alone {
		require.Equal(t, fmt.Sprint(contact), w.followers(t, "crm.lead", lead), "one twin takes nobody else along")
	}
	require.Equal(t, fmt.Sprintf("%d %d", boss, other), w.followers(t, "res.partner", contact), "followers of both contacts, each once")
	require.Equal(t, before.followers-2, w.counts(t).followers)
	require.Equal(t, "1", w.members(t, shared, members, contact), "one member")
	require.Equal(t, "1", w.members(t, single, members, contact))
	require.Equal(t, "123", w.one(t, "SELECT count(*) FROM mail_message WHERE model = 'res.partner' AND res_id = %d AND author_id = %[1]d AND body LIKE '%%line %%'", contact))
	for table, id := range map[string]int64{"sale_order": order, "survey_user_input": answer} {
		require.Equal(t, fmt.Sprint(contact), w.one(t, "SELECT partner_id FROM %s WHERE id = %d", table, id))
	}
	require.Equal(t, fmt.Sprint(contact), w.one(t, "SELECT res_id FROM mail_activity WHERE id = %d", activity))
	require.Equal(t, "2", w.one(t, "SELECT count(*) FROM x_krok_chat WHERE x_partner_id = %d", contact))
	require.Equal(t, fmt.Sprint(whole(t, chats)+1), w.one(t, "SELECT count(*) FROM x_krok_chat"))
}

// Tables of any addon: a plain index, one over an expression, one with a condition, one over the contact alone whose rows have parts, and
// a condition on the contact.
func (w world) testTwins(t *testing.T) {
	w.SQL(t, `CREATE TABLE t_plain (id serial PRIMARY KEY, partner_id int REFERENCES res_partner ON DELETE CASCADE, thing int, UNIQUE (partner_id, thing));
		CREATE TABLE t_part (id serial PRIMARY KEY, partner_id int REFERENCES res_partner ON DELETE CASCADE, thing int, active bool);
		CREATE UNIQUE INDEX t_part_unique ON t_part (partner_id, thing) WHERE active;
		CREATE TABLE t_expr (id serial PRIMARY KEY, partner_id int REFERENCES res_partner ON DELETE CASCADE, name text);
		CREATE UNIQUE INDEX t_expr_unique ON t_expr (coalesce(partner_id, 0), lower(name || '%'));
		CREATE TABLE t_one (id serial PRIMARY KEY, partner_id int UNIQUE REFERENCES res_partner ON DELETE CASCADE);
		CREATE TABLE t_many (one_id int REFERENCES t_one ON DELETE CASCADE, label text, UNIQUE (one_id, label));
		CREATE TABLE t_rel (partner_id int REFERENCES res_partner ON DELETE CASCADE, tag_id int, PRIMARY KEY (partner_id, tag_id));
		CREATE TABLE t_check (id serial PRIMARY KEY, partner_id int REFERENCES res_partner ON DELETE CASCADE, other_id int)`)
	t.Cleanup(func() { w.SQL(t, "DROP TABLE t_many, t_plain, t_part, t_expr, t_one, t_rel, t_check") })
	digits, client := w.newNumber(), w.client(t)
	contact := w.contact(t, map[string]any{"phone": "+" + digits})
	w.SQL(t, fmt.Sprintf(`INSERT INTO t_plain (partner_id, thing) VALUES (%[1]d, 1), (%[1]d, 2), (%[1]d, NULL), (%[2]d, 1), (%[2]d, NULL);
		INSERT INTO t_part (partner_id, thing, active) VALUES (%[1]d, 1, true), (%[1]d, 2, true), (%[1]d, 3, false), (%[2]d, 1, true), (%[2]d, 2, false), (%[2]d, 3, true);
		INSERT INTO t_expr (partner_id, name) VALUES (%[1]d, 'A'), (%[1]d, 'B'), (%[2]d, 'a'), (%[2]d, 'c');
		INSERT INTO t_one (partner_id) VALUES (%[1]d), (%[2]d);
		INSERT INTO t_many SELECT id, 'same' FROM t_one; INSERT INTO t_many SELECT id, 'own' FROM t_one WHERE partner_id = %[1]d;
		INSERT INTO t_rel VALUES (%[1]d, 1), (%[1]d, 2), (%[2]d, 2), (%[2]d, 3);
		INSERT INTO t_check (partner_id, other_id) VALUES (%[1]d, %[2]d)`, client.partner, contact))
	w.merges(t, client, digits, contact)
	for query, want := range map[string]string{
		"SELECT string_agg(coalesce(thing::text, '-'), ' ' ORDER BY thing) FROM t_plain WHERE partner_id = %d":                             "1 2 - -",
		"SELECT string_agg(thing || CASE WHEN active THEN '+' ELSE '-' END, ' ' ORDER BY thing, active) FROM t_part WHERE partner_id = %d": "1+ 2- 2+ 3- 3+",
		"SELECT string_agg(name, ' ' ORDER BY lower(name)) FROM t_expr WHERE partner_id = %d":                                              "a B c",
		"SELECT string_agg(label, ' ' ORDER BY label) FROM t_many JOIN t_one ON t_one.id = one_id WHERE partner_id = %d":                   "own same",
		"SELECT string_agg(tag_id::text, ' ' ORDER BY tag_id) FROM t_rel WHERE partner_id = %d":                                            "1 2 3",
		"SELECT count(*)::text FROM t_check WHERE partner_id = %d":                                                                         "1",
	} {
		require.Equal(t, want, w.one(t, query, contact), query)
	}

	w.SQL(t, "DELETE FROM t_check; ALTER TABLE t_check ADD CHECK (partner_id <> other_id)")
	digits, client = w.newNumber(), w.client(t)
	contact = w.contact(t, map[string]any{"phone": "+" + digits})
	w.SQL(t, fmt.Sprintf("INSERT INTO t_check (partner_id, other_id) VALUES (%d, %d)", client.partner, contact))
	w.apart(t, client, digits, "refused", contact)
	require.Equal(t, "1", w.one(t, "SELECT count(*) FROM t_check WHERE partner_id = %d", client.partner), "Odoo's own merge would drop it")
}

// A test's contact that an admin has merged into another by hand is no test's any more.
func (w world) testDropMerged(t *testing.T) {
	client, contact := w.clientNamed(t, "test:"+w.newUser()), w.contact(t, nil)
	wizard := w.make(t, "base.partner.merge.automatic.wizard", map[string]any{
		"partner_ids": []any{rpc.Set(client.partner, contact)}, "dst_partner_id": contact, "state": "selection",
	})
	_, err := w.admin.Call(t.Context(), "base.partner.merge.automatic.wizard", "action_merge", []int64{wizard}, nil)
	require.NoError(t, err)
	drop := func(user string) {
		chat := w.one(t, "SELECT id FROM x_krok_chat WHERE x_telegram_id = '%s'", user)
		_, err := client.talk.Commit(t.Context(), flow.Commit{Key: user + "/drop", Operations: []flow.Operation{
			{Kind: "drop_test_chat", Args: map[string]any{"chat": whole(t, chat)}},
		}})
		require.NoError(t, err)
		require.Equal(t, "0", w.one(t, "SELECT count(*) FROM x_krok_chat WHERE x_telegram_id = '%s'", user))
	}
	drop(client.user)
	require.Equal(t, "1", w.one(t, "SELECT count(*) FROM res_partner WHERE id = %d", contact))
	client = w.clientNamed(t, "test:"+w.newUser())
	drop(client.user)
	require.Equal(t, "0", w.one(t, "SELECT count(*) FROM res_partner WHERE id = %d", client.partner))
}
