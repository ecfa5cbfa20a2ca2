package records_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc"
)

// Whom a shared number finds, and what is merged. The tests share one database a version.
func TestContactsAreMergedByTheirOwnNumber(t *testing.T) {
	onBothFull(t, func(t *testing.T, w world) {
		t.Run("B24NumberIsFoundHoweverItWasTyped", w.testTyped)
		t.Run("B24OldestActiveContactWins", w.testOldest)
		t.Run("B24NumberWithoutItsCountryIsOnlyFoundInThatCountry", w.testCountry)
		t.Run("B25NumberStaysInTheFieldWhereItWasFound", w.testFound)
		t.Run("OtherNumbersInTheFieldStay", w.testOtherNumbers)
		t.Run("WithoutAMatchTheClientsContactGetsTheNumber", w.testNoMatch)
		t.Run("NumberThatTheClientHasTypedBeforeIsNoObstacle", w.testTypedBefore)
		t.Run("ContactOfAnotherClientIsNeverMerged", w.testOfAnother)
		t.Run("ContactOfOdooThatIsTheClientsStaysWhenItIsTheOldest", w.testOwnIsOldest)
		t.Run("ContactOfOdooThatIsTheClientsIsMergedIntoAnOlderOne", w.testOwnIsYounger)
		t.Run("B27OtherEMailIsNoObstacle", w.testOtherEMail)
		t.Run("B27ParentAndChildStayApart", w.testFamily)
		t.Run("B27ContactsOfUsersStayApart", w.testUsers)
		t.Run("B27PortalUserOfTheClientMovesAlong", w.testPortal)
		t.Run("B27WhatOdooRefusesIsUndoneAndTheNumberIsWritten", w.testOdooRefuses)
		t.Run("B28NothingOfEitherContactIsLost", w.testNothingLost)
		t.Run("B28TwinsInAnyUniqueIndexLeaveTheRest", w.testTwins)
		t.Run("B41TwoChatsShareOneNumberAtOneMoment", w.testTwoChats)
		t.Run("B41OneChatSharesItsNumberTwiceAtOneMoment", w.testTwice)
		t.Run("CompanyOfTheContactStaysItsOwn", w.testCompany)
		t.Run("TestChatOnlyTries", w.testRehearsal)
		t.Run("DroppingATestChatKeepsAContactOfOdoo", w.testDropMerged)
	})
}

// contact makes one in Ukraine as people make them.
func (w world) contact(t testing.TB, values map[string]any) int64 {
	t.Helper()
	all := map[string]any{"name": "Олена з Одоо", "country_id": w.Ref(t, "base.ua"), "email": "olena@x.example"}
	for field, value := range values {
		all[field] = value
	}
	return w.make(t, "res.partner", all)
}

// share shares the client's own number.
func (w world) share(t testing.TB, c *client, digits string) map[string]any {
	t.Helper()
	return w.update(t, c, shared(digits))
}

// merges shares a number and sees that the client's contact becomes one with another, and that the client goes on with it.
func (w world) merges(t *testing.T, c *client, digits string, into int64) {
	t.Helper()
	before := w.counts(t)
	name := w.one(t, "SELECT name FROM res_partner WHERE id = %d", into)
	result := w.share(t, c, digits)
	require.Equal(t, true, result["merged"])
	require.Equal(t, "", result["apart"])
	require.Equal(t, into, number(result["partner"]))
	require.Equal(t, into, number(result["match"]))
	require.Equal(t, name, w.one(t, "SELECT name FROM res_partner WHERE id = %d", into))
	require.Equal(t, before.partners-1, w.counts(t).partners)
	require.Equal(t, before.messages+2, w.counts(t).messages, "a note of Odoo and a note of the bot")
	require.Contains(t, w.lastNote(t, into), "Об’єднано: Оля "+c.user)
	require.Contains(t, w.tagsOf(t, into), "Telegram")
	w.bound(t, c, into)
}

// apart shares a number and sees that nothing is merged, and that the client's contact has the number.
func (w world) apart(t *testing.T, c *client, digits, why string, match int64) {
	t.Helper()
	before := w.counts(t)
	result := w.share(t, c, digits)
	require.Equal(t, why, result["apart"])
	require.Equal(t, false, result["merged"])
	require.Equal(t, match, number(result["match"]))
	require.Equal(t, c.partner, number(result["partner"]))
	before.messages++
	require.Equal(t, before, w.counts(t))
	require.Equal(t, "+"+digits, w.one(t, "SELECT phone FROM res_partner WHERE id = %d", c.partner))
	w.bound(t, c, c.partner)
}

// bound sees that the client's next message finds a contact, and makes none.
func (w world) bound(t *testing.T, c *client, partner int64) {
	t.Helper()
	before := w.counts(t)
	require.Equal(t, partner, number(w.update(t, c, nil)["partner"]))
	require.Equal(t, before, w.counts(t))
	require.Equal(t, fmt.Sprint(partner), w.one(t, "SELECT DISTINCT x_partner_id FROM x_krok_chat WHERE x_telegram_id = '%s'", c.user))
	require.Equal(t, fmt.Sprint(partner), w.one(t, "SELECT res_id FROM ir_model_data WHERE module = 'krok_data' AND name = 'telegram_%s'", c.user))
}

func (w world) testTyped(t *testing.T) {
	for _, typed := range []string{
		"+380 (67) %s-%s-%s", "0 67 %s%s%s", "067 %s %s %s", "0038067%s%s%s", "38067%s%s%s", "+38067%s%s%s", " (067)%s.%s.%s ", "тел. 067\u00a0%s\u00a0%s\u00a0%s",
		"044 123 45 67, 067 %s %s %s", "044 123 45 67 / +380 67 %s %s %s", "067%s%s%s; 044 123 45 67", "044 123 45 67\n067-%s-%s-%s",
	} {
		digits := w.newNumber()
		phone := fmt.Sprintf(typed, digits[5:8], digits[8:10], digits[10:])
		w.merges(t, w.client(t), digits, w.contact(t, map[string]any{"phone": phone}))
	}
	digits := w.newNumber()
	for _, other := range []string{digits + "1", "1" + digits, digits[:11], "067 " + digits[5:] + " 1", "+48 " + digits[3:]} {
		w.contact(t, map[string]any{"phone": other})
	}
	client := w.client(t)
	require.Equal(t, int64(0), number(w.share(t, client, digits)["match"]))
}

func (w world) testOldest(t *testing.T) {
	digits := w.newNumber()
	archived := w.contact(t, map[string]any{"phone": "+" + digits, "active": false})
	company := w.contact(t, map[string]any{"phone": "+" + digits, "is_company": true})
	oldest := w.contact(t, map[string]any{"phone": "0" + digits[3:]})
	newer := w.contact(t, map[string]any{"phone": "+" + digits})
	w.merges(t, w.client(t), digits, oldest)
	for _, other := range []int64{archived, company, newer} {
		require.Equal(t, "1", w.one(t, "SELECT count(*) FROM res_partner WHERE id = %d", other), "more than two of one number: one is merged")
	}
	require.Equal(t, "+"+digits, w.one(t, "SELECT phone FROM res_partner WHERE id = %d", oldest))
}

func (w world) testCountry(t *testing.T) {
	digits := w.newNumber()
	poland := w.contact(t, map[string]any{"phone": "0" + digits[3:], "country_id": w.Ref(t, "base.pl")})
	homeless := w.contact(t, map[string]any{"phone": "0" + digits[3:], "country_id": false})
	client := w.client(t)
	require.Equal(t, int64(0), number(w.share(t, client, digits)["match"]), "the company of Odoo lives nowhere")

	company := w.one(t, "SELECT partner_id FROM res_company ORDER BY id LIMIT 1")
	w.SQL(t, fmt.Sprintf("UPDATE res_partner SET country_id = %d WHERE id = %s", w.Ref(t, "base.ua"), company))
	require.NoError(t, w.admin.Write(t.Context(), "res.partner", []int64{int64(whole(t, company))}, map[string]any{"country_id": w.Ref(t, "base.ua")}))
	w.merges(t, w.client(t), digits, homeless)
	require.Equal(t, "0"+digits[3:], w.one(t, "SELECT phone FROM res_partner WHERE id = %d", poland))
	require.NoError(t, w.admin.Write(t.Context(), "res.partner", []int64{int64(whole(t, company))}, map[string]any{"country_id": false}))
}

func (w world) testFound(t *testing.T) {
	digits, other := w.newNumber(), w.newNumber()
	if w.Version == 19 {
		require.Equal(t, "0", w.one(t, "SELECT count(*) FROM ir_model_fields WHERE model = 'res.partner' AND name = 'mobile'"))
		w.merges(t, w.client(t), digits, w.contact(t, map[string]any{"phone": "+" + digits}))
		return
	}
	contact := w.contact(t, map[string]any{"phone": "+" + other, "mobile": "0" + digits[3:]})
	w.merges(t, w.client(t), digits, contact)
	row := w.SQL(t, fmt.Sprintf("SELECT phone, mobile FROM res_partner WHERE id = %d", contact))[0]
	require.Equal(t, []string{"+" + other, "+" + digits}, row)

	contact = w.contact(t, map[string]any{"phone": "0" + w.newNumber()[3:], "mobile": "+" + other[:11]})
	client := w.client(t)
	both := w.newNumber()
	w.SQL(t, fmt.Sprintf("UPDATE res_partner SET phone = '%s', mobile = '0%s' WHERE id = %d", both, both[3:], contact))
	w.merges(t, client, both, contact)
	row = w.SQL(t, fmt.Sprintf("SELECT phone, mobile FROM res_partner WHERE id = %d", contact))[0]
	require.Equal(t, []string{"+" + both, "0" + both[3:]}, row)
}

func (w world) testOtherNumbers(t *testing.T) {
	digits := w.newNumber()
	contact := w.contact(t, map[string]any{"phone": "044 123 45 67, 0" + digits[3:] + "; 044 765 43 21"})
	w.merges(t, w.client(t), digits, contact)
	require.Equal(t, "044 123 45 67, +"+digits+"; 044 765 43 21", w.one(t, "SELECT phone FROM res_partner WHERE id = %d", contact))
}

func (w world) testNoMatch(t *testing.T) {
	client := w.client(t)
	w.apart(t, client, w.newNumber(), "", 0)
	digits := w.newNumber()
	w.apart(t, client, digits, "", 0)
	require.Equal(t, false, w.share(t, client, digits)["changed"])
}

// Both contacts have the number then, and are found together.
func (w world) testTypedBefore(t *testing.T) {
	digits, client := w.newNumber(), w.client(t)
	contact := w.contact(t, map[string]any{"phone": "0" + digits[3:]})
	w.set(t, client, "phone", "+"+digits)
	w.merges(t, client, digits, contact)
	younger := w.client(t)
	w.set(t, younger, "phone", "0"+digits[3:])
	w.apart(t, younger, digits, "", 0)
}

func (w world) testOfAnother(t *testing.T) {
	digits := w.newNumber()
	other := w.client(t)
	w.set(t, other, "phone", "+"+digits)
	w.apart(t, w.client(t), digits, "", 0)
	w.bound(t, other, other.partner)
}

func (w world) testOwnIsOldest(t *testing.T) {
	digits := w.newNumber()
	contact := w.contact(t, map[string]any{"phone": "0" + digits[3:]})
	client := w.client(t)
	w.merges(t, client, digits, contact)
	younger := w.contact(t, map[string]any{"phone": "+" + digits})
	before := w.counts(t)
	require.Equal(t, false, w.share(t, client, digits)["merged"])
	require.Equal(t, before, w.counts(t))
	require.Equal(t, "1", w.one(t, "SELECT count(*) FROM res_partner WHERE id = %d", younger))
	w.bound(t, client, contact)
}

func (w world) testOwnIsYounger(t *testing.T) {
	first, second := w.newNumber(), w.newNumber()
	older := w.contact(t, map[string]any{"name": "Давня", "phone": "+" + second})
	younger := w.contact(t, map[string]any{"name": "Нова", "phone": "+" + first})
	client := w.client(t)
	w.merges(t, client, first, younger)
	before := w.counts(t)
	result := w.share(t, client, second)
	require.Equal(t, true, result["merged"])
	require.Equal(t, older, number(result["partner"]))
	require.Equal(t, before.partners-1, w.counts(t).partners)
	w.bound(t, client, older)
}

func (w world) testOtherEMail(t *testing.T) {
	digits, client := w.newNumber(), w.client(t)
	w.set(t, client, "email", "olia@x.example")
	contact := w.contact(t, map[string]any{"phone": "+" + digits})
	w.merges(t, client, digits, contact)
	require.Equal(t, "olena@x.example", w.one(t, "SELECT email FROM res_partner WHERE id = %d", contact))
}

func (w world) testFamily(t *testing.T) {
	for name, relate := range map[string]func(client, contact, between int64){
		"parent":      func(client, contact, _ int64) { w.parent(t, client, contact) },
		"child":       func(client, contact, _ int64) { w.parent(t, contact, client) },
		"grandparent": func(client, contact, between int64) { w.parent(t, between, contact); w.parent(t, client, between) },
		"grandchild":  func(client, contact, between int64) { w.parent(t, between, client); w.parent(t, contact, between) },
	} {
		t.Run(name, func(t *testing.T) {
			digits, client := w.newNumber(), w.client(t)
			contact, between := w.contact(t, map[string]any{"phone": "+" + digits}), w.contact(t, nil)
			relate(client.partner, contact, between)
			w.apart(t, client, digits, "parent", contact)
		})
	}
}

func (w world) parent(t *testing.T, child, parent int64) {
	t.Helper()
	require.NoError(t, w.admin.Write(t.Context(), "res.partner", []int64{child}, map[string]any{"parent_id": parent}))
}

// user gives a contact a user in a group.
func (w world) user(t *testing.T, partner int64, group string, active bool) {
	t.Helper()
	groups := map[bool]string{true: "group_ids", false: "groups_id"}[w.Version == 19]
	user := w.make(t, "res.users", map[string]any{"login": fmt.Sprint("user", partner, "@x.example"), "partner_id": partner, groups: []any{rpc.Set(w.Ref(t, group))}},
		rpc.Context(map[string]any{"no_reset_password": true}))
	require.NoError(t, w.admin.Write(t.Context(), "res.users", []int64{user}, map[string]any{"active": active}))
}

func (w world) testUsers(t *testing.T) {
	digits, client := w.newNumber(), w.client(t)
	contact := w.contact(t, map[string]any{"phone": "+" + digits})
	w.user(t, contact, "base.group_portal", false)
	w.user(t, client.partner, "base.group_portal", true)
	w.apart(t, client, digits, "users", contact)

	digits, client = w.newNumber(), w.client(t)
	employee := w.contact(t, map[string]any{"phone": "+" + digits})
	w.user(t, employee, "base.group_user", true)
	w.apart(t, client, digits, "users", employee)
}

func (w world) testPortal(t *testing.T) {
	digits, client := w.newNumber(), w.client(t)
	contact := w.contact(t, map[string]any{"phone": "+" + digits})
	w.user(t, client.partner, "base.group_portal", true)
	w.merges(t, client, digits, contact)
	require.Equal(t, "1", w.one(t, "SELECT count(*) FROM res_users WHERE partner_id = %d", contact))
}

// An addon may refuse at any point, also when all rows have been moved and the last act, the end of the client's contact, is left.
func (w world) testOdooRefuses(t *testing.T) {
	digits, client := w.newNumber(), w.client(t)
	contact := w.contact(t, map[string]any{"phone": "0" + digits[3:]})
	order := w.make(t, "sale.order", map[string]any{"partner_id": client.partner})
	w.SQL(t, fmt.Sprintf(`CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF OLD.id = %d THEN RAISE EXCEPTION 'no'; END IF; RETURN OLD; END $$;
		CREATE TRIGGER keep BEFORE DELETE ON res_partner FOR EACH ROW EXECUTE FUNCTION keep()`, client.partner))
	w.apart(t, client, digits, "refused", contact)
	require.Equal(t, fmt.Sprint(client.partner), w.one(t, "SELECT partner_id FROM sale_order WHERE id = %d", order))
	require.Equal(t, "0"+digits[3:], w.one(t, "SELECT phone FROM res_partner WHERE id = %d", contact))
	w.SQL(t, "DROP FUNCTION keep() CASCADE")
	require.Equal(t, "1", w.one(t, "SELECT count(*) FROM ir_logging WHERE message LIKE 'Contact %d is not merged into %d: %%'", client.partner, contact))
	require.Equal(t, "0", w.one(t, "SELECT count(*) FROM ir_logging WHERE message LIKE '%%%s%%'", digits[3:]), "no number in a log")
	w.merges(t, client, digits, contact)
	require.Equal(t, fmt.Sprint(contact), w.one(t, "SELECT partner_id FROM sale_order WHERE id = %d", order))
}

func (w world) testTwoChats(t *testing.T) {
	for range 6 {
		digits := w.newNumber()
		contact := w.contact(t, map[string]any{"phone": "0" + digits[3:]})
		clients := []*client{w.client(t), w.client(t)}
		before := w.counts(t)
		merged := make([]bool, 2)
		none(t, together(2, func(i int) error {
			result, err := clients[i].talk.Commit(t.Context(), w.updates(clients[i], shared(digits)))
			if err == nil {
				merged[i] = result.Results[0]["merged"] == true
			}
			return err
		}))
		require.NotEqual(t, merged[0], merged[1], "one is merged")
		require.Equal(t, before.partners-1, w.counts(t).partners)
		require.Equal(t, "2", w.one(t, "SELECT count(*) FROM res_partner WHERE phone = '+%s'", digits))
		for i, client := range clients {
			if merged[i] {
				w.bound(t, client, contact)
			} else {
				w.bound(t, client, client.partner)
			}
		}
	}
}

func (w world) testTwice(t *testing.T) {
	for range 3 {
		digits, client := w.newNumber(), w.client(t)
		contact := w.contact(t, map[string]any{"phone": "0" + digits[3:]})
		before := w.counts(t)
		commits := []func() error{}
		for range 2 {
			commit := w.updates(client, shared(digits))
			commits = append(commits, func() error { _, err := client.talk.Commit(t.Context(), commit); return err })
		}
		none(t, together(2, func(i int) error { return commits[i]() }))
		require.Equal(t, before.partners-1, w.counts(t).partners)
		require.Len(t, w.notes(t, contact), 1)
		w.bound(t, client, contact)
	}
}

func (w world) testCompany(t *testing.T) {
	company := w.one(t, "SELECT company_id FROM res_users WHERE login = 'krok'")
	for _, own := range []any{false, whole(t, company)} {
		digits, client := w.newNumber(), w.client(t)
		require.NoError(t, w.admin.Write(t.Context(), "res.partner", []int64{client.partner}, map[string]any{"company_id": whole(t, company)}))
		contact := w.contact(t, map[string]any{"phone": "+" + digits, "company_id": own})
		w.merges(t, client, digits, contact)
		want := company
		if own == false {
			want = "0"
		}
		require.Equal(t, want, w.one(t, "SELECT coalesce(company_id, 0) FROM res_partner WHERE id = %d", contact))
	}
}

func (w world) testRehearsal(t *testing.T) {
	digits := w.newNumber()
	contact := w.contact(t, map[string]any{"phone": "0" + digits[3:]})
	client := w.clientNamed(t, "test:"+w.newUser())
	lead := w.make(t, "crm.lead", map[string]any{"name": "Проба", "partner_id": client.partner})
	before := w.counts(t)
	result := w.share(t, client, digits)
	require.Equal(t, true, result["merged"])
	require.Equal(t, client.partner, number(result["partner"]))
	require.Equal(t, "+"+digits, result["shown"])
	after := w.counts(t)
	after.messages = before.messages // the lead has its client's number too, and Odoo tells of it
	require.Equal(t, before, after)
	require.Len(t, w.notes(t, client.partner), 1)
	require.Empty(t, w.notes(t, contact))
	require.Equal(t, "0", w.one(t, "SELECT count(*) FROM mail_message WHERE body LIKE '%%(ID %d)%%'", client.partner), "Odoo's note of the merge")
	require.Equal(t, "0"+digits[3:], w.one(t, "SELECT phone FROM res_partner WHERE id = %d", contact))
	require.Equal(t, "+"+digits, w.one(t, "SELECT phone FROM res_partner WHERE id = %d", client.partner))
	require.Equal(t, fmt.Sprint(client.partner), w.one(t, "SELECT partner_id FROM crm_lead WHERE id = %d", lead))
	w.bound(t, client, client.partner)
}
