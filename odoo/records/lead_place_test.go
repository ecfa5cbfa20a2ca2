package records_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc"
)

// salesperson makes a user who sells, with an e-mail.
func (w world) salesperson(t *testing.T, name string) int64 {
	t.Helper()
	w.users.Add(1)
	groups := map[bool]string{true: "group_ids", false: "groups_id"}[w.Version == 19]
	login := fmt.Sprintf("seller%d@x.example", w.users.Load())
	return w.make(t, "res.users", map[string]any{"name": name, "login": login, "email": login, groups: []any{rpc.Set(w.Ref(t, "sales_team.group_sale_salesman"))}},
		rpc.Context(map[string]any{"no_reset_password": true}))
}

func (w world) partnerOf(t *testing.T, user int64) string {
	t.Helper()
	return w.one(t, "SELECT partner_id FROM res_users WHERE id = %d", user)
}

// told are the contacts that were told of a lead.
func (w world) told(t *testing.T, lead int64) []string {
	t.Helper()
	table := map[bool]string{true: "mail_message_res_partner_needaction_rel", false: "mail_notification"}[w.Version == 14]
	return column(w.SQL(t, fmt.Sprintf(`SELECT n.res_partner_id FROM %s n JOIN mail_message m ON m.id = n.mail_message_id
		WHERE m.model = 'crm.lead' AND m.res_id = %d`, table, lead)))
}

// sender is whom the message of the assignment is from.
func (w world) sender(t *testing.T, lead int64) string {
	t.Helper()
	return w.one(t, "SELECT email_from FROM mail_message WHERE model = 'crm.lead' AND res_id = %d AND message_type = 'user_notification'", lead)
}

func column(rows [][]string) []string {
	var values []string
	for _, row := range rows {
		values = append(values, row[0])
	}
	return values
}

func (w world) testLeadOfNobody(t *testing.T) {
	c := w.client(t)
	w.lead(t, c, nil) // the source is there
	for _, kind := range []string{"lead", "opportunity"} {
		before := w.counts(t)
		lead := w.lead(t, c, map[string]any{"type": kind})
		require.Zero(t, ref(lead, "user_id"))
		before.messages += 2 // Odoo's own, that it was made, and the conversation
		require.Equal(t, before, w.counts(t))
		authors := w.one(t, "SELECT string_agg(DISTINCT p.name, ', ') FROM mail_message m JOIN res_partner p ON p.id = m.author_id WHERE m.model = 'crm.lead' AND m.res_id = %d", lead.ID())
		require.Equal(t, "Krok", authors)
	}
}

func (w world) testLeadOfSalesperson(t *testing.T) {
	c, user := w.client(t), w.salesperson(t, "Продавець")
	before := w.counts(t)
	lead := w.lead(t, c, map[string]any{"user": user})
	require.Equal(t, user, ref(lead, "user_id"))
	require.Equal(t, w.partnerOf(t, user), w.followers(t, "crm.lead", lead.ID()))
	require.Equal(t, []string{w.partnerOf(t, user)}, w.told(t, lead.ID()))
	before.messages += 3
	before.followers++
	before.notifications++
	before.mails++
	require.Equal(t, before, w.counts(t))
	body := w.one(t, "SELECT body FROM mail_message WHERE model = 'crm.lead' AND res_id = %d AND message_type = 'user_notification'", lead.ID())
	require.Contains(t, body, lead.Str("name"))
	require.Contains(t, w.sender(t, lead.ID()), "OdooBot", "the user of Krok has no address")

	krok := []int64{int64(whole(t, w.partnerOf(t, w.Ref(t, "krok_data.service_user"))))}
	require.NoError(t, w.admin.Write(t.Context(), "res.partner", krok, map[string]any{"email": "krok@x.example"}))
	lead = w.lead(t, c, map[string]any{"user": user})
	require.Equal(t, []string{w.partnerOf(t, user)}, w.told(t, lead.ID()))
	require.Contains(t, w.sender(t, lead.ID()), "krok@x.example")
	require.NoError(t, w.admin.Write(t.Context(), "res.partner", krok, map[string]any{"email": false}))
}

func (w world) testLeadForTeamFollower(t *testing.T) {
	team := w.make(t, "crm.team", map[string]any{"name": "Зі спостерігачем", "sequence": 901})
	watcher := w.partnerOf(t, w.salesperson(t, "Спостерігач"))
	_, err := w.admin.Call(t.Context(), "crm.team", "message_subscribe", []int64{team}, rpc.Args{"partner_ids": []int{whole(t, watcher)}})
	require.NoError(t, err)
	lead := w.lead(t, w.client(t), map[string]any{"team": team})
	require.Equal(t, []string{watcher}, w.told(t, lead.ID()))
	require.Equal(t, watcher, w.followers(t, "crm.lead", lead.ID()))
}

func (w world) testLeadTeam(t *testing.T) {
	leader, member := w.salesperson(t, "Керівник"), w.salesperson(t, "Без команди")
	own := w.make(t, "crm.team", map[string]any{"name": "Своя", "user_id": leader, "sequence": 902})
	other := w.make(t, "crm.team", map[string]any{"name": "Інша", "sequence": 903})
	require.Equal(t, own, ref(w.lead(t, w.client(t), map[string]any{"user": leader}), "team_id"))
	lead := w.lead(t, w.client(t), map[string]any{"user": leader, "team": other})
	require.Equal(t, []int64{leader, other}, []int64{ref(lead, "user_id"), ref(lead, "team_id")}, "as the step says, though the salesperson is of another team")
	for field, kind := range map[string]string{"use_leads": "lead", "use_opportunities": "opportunity"} {
		first := w.make(t, "crm.team", map[string]any{"name": "Перша без потрібного", "sequence": -20, "use_leads": kind != "lead", "use_opportunities": kind == "lead"})
		second := w.make(t, "crm.team", map[string]any{"name": "Перша з потрібним", "sequence": -10, field: true})
		require.Equal(t, second, ref(w.lead(t, w.client(t), map[string]any{"type": kind}), "team_id"))
		require.NotZero(t, ref(w.lead(t, w.client(t), map[string]any{"type": kind, "user": member}), "team_id"))
		require.NoError(t, w.admin.Write(t.Context(), "crm.team", []int64{first, second}, map[string]any{"active": false}))
	}
}

func (w world) testLeadOfGone(t *testing.T) {
	archived, gone, portal := w.salesperson(t, "Архів"), w.salesperson(t, "Зник"), w.client(t)
	require.NoError(t, w.admin.Write(t.Context(), "res.users", []int64{archived}, map[string]any{"active": false}))
	require.NoError(t, w.admin.Unlink(t.Context(), "res.users", []int64{gone}))
	w.user(t, portal.partner, "base.group_portal", true)
	outside := int64(whole(t, w.one(t, "SELECT id FROM res_users WHERE partner_id = %d", portal.partner)))
	team := w.make(t, "crm.team", map[string]any{"name": "Архів", "active": false})
	missing := w.make(t, "crm.team", map[string]any{"name": "Зникне"})
	require.NoError(t, w.admin.Unlink(t.Context(), "crm.team", []int64{missing}))
	for _, args := range []map[string]any{
		{"user": archived}, {"user": gone}, {"user": outside}, {"team": team}, {"team": missing}, {"user": 1 << 30, "team": 1 << 30},
	} {
		lead := w.lead(t, w.client(t), args)
		require.Zero(t, ref(lead, "user_id"))
		require.NotContains(t, []int64{0, team, missing}, ref(lead, "team_id"))
	}
}

func (w world) testLeadCompany(t *testing.T) {
	ours, theirs := w.Ref(t, "base.main_company"), w.make(t, "res.company", map[string]any{"name": "Друга"})
	service := w.Ref(t, "krok_data.service_user")
	require.NoError(t, w.admin.Write(t.Context(), "res.users", []int64{service}, map[string]any{"company_ids": []any{rpc.Link(theirs)}}))
	require.NoError(t, w.admin.Write(t.Context(), "res.users", []int64{w.admin.UID()}, map[string]any{"company_ids": []any{rpc.Link(theirs)}}))
	stranger, local := w.salesperson(t, "Чужий"), w.salesperson(t, "Свій")
	require.NoError(t, w.admin.Write(t.Context(), "res.users", []int64{local}, map[string]any{"company_id": theirs, "company_ids": []any{rpc.Set(theirs)}}))
	context := rpc.Context(map[string]any{"allowed_company_ids": []int64{ours, theirs}})
	foreign := w.make(t, "crm.team", map[string]any{"name": "Наша", "company_id": ours, "sequence": -5}, context)
	team := w.make(t, "crm.team", map[string]any{"name": "Їхня", "company_id": theirs, "sequence": 50}, context)
	placed := func(c *client, args map[string]any) []int64 {
		t.Helper()
		result, err := c.talk.Commit(t.Context(), w.makesLead(c, args))
		require.NoError(t, err)
		row := w.SQL(t, fmt.Sprintf("SELECT coalesce(company_id, 0), coalesce(user_id, 0), coalesce(team_id, 0) FROM crm_lead WHERE id = %d", number(result.Results[0]["lead"])))[0]
		return []int64{int64(whole(t, row[0])), int64(whole(t, row[1])), int64(whole(t, row[2]))}
	}
	require.Equal(t, []int64{theirs, local, team}, placed(w.client(t), map[string]any{"team": team, "user": local}), "without a company of the bot that of the team")
	require.Equal(t, theirs, placed(w.client(t), map[string]any{"user": local})[0], "or that of the salesperson")

	require.NoError(t, w.admin.Write(t.Context(), "x_krok_bot", w.bots[:1], map[string]any{"x_company_id": theirs}, context))
	for _, kind := range []string{"lead", "opportunity"} {
		require.Equal(t, []int64{theirs, 0}, placed(w.client(t), map[string]any{"type": kind, "user": stranger, "team": foreign})[:2])
		require.Equal(t, []int64{theirs, local, team}, placed(w.client(t), map[string]any{"type": kind, "user": local, "team": team}))
	}
	require.NotEqual(t, foreign, placed(w.client(t), nil)[2], "the first of the company's own")
	c := w.client(t)
	w.SQL(t, fmt.Sprintf("UPDATE res_partner SET company_id = %d WHERE id = %d", ours, c.partner))
	require.Equal(t, ours, placed(c, nil)[0], "a contact of another company has its leads there")
	require.NoError(t, w.admin.Write(t.Context(), "x_krok_bot", w.bots[:1], map[string]any{"x_company_id": false}, context))
	require.NoError(t, w.admin.Write(t.Context(), "crm.team", []int64{foreign, team}, map[string]any{"active": false}, context))
}
