package records_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// What a step makes in CRM, and that it stands where people look. The tests share one database a version.
func TestLeadIsMadeOfAConversation(t *testing.T) {
	onBothFull(t, func(t *testing.T, w world) {
		t.Run("B36TypeIsTheStepsWhateverTheLeadsSettingSays", w.testLeadTypes)
		t.Run("B36TeamWithoutLeadsOrPipelineIsNoObstacle", w.testLeadOfTeam)
		t.Run("B36OpportunityHasAStageAlsoWhereAllAreFolded", w.testLeadStage)
		t.Run("ContactDataIsTheContactsAndTheContactStaysAsItIs", w.testLeadContact)
		t.Run("WithoutASalespersonNobodyIsTold", w.testLeadOfNobody)
		t.Run("SalespersonIsToldAndFollowsAndNobodyElse", w.testLeadOfSalesperson)
		t.Run("FollowersOfTheTeamAreToldAsOdooDoes", w.testLeadForTeamFollower)
		t.Run("TeamIsTheOneNamedElseTheSalespersonsElseTheFirst", w.testLeadTeam)
		t.Run("WhatIsGoneOrArchivedIsAsIfItWasNotNamed", w.testLeadOfGone)
		t.Run("CompanyIsTheBots", w.testLeadCompany)
		t.Run("B01NameInTheTitleAndTheConversationIsLetterForLetter", w.testLeadName)
		t.Run("B12B63OneKeyMakesOneLead", w.testLeadOnce)
		t.Run("B12B31LeadWhoseAnswerWasLostIsFound", w.testLeadLost)
		t.Run("RehearsalLeavesNothing", w.testLeadRehearsal)
		t.Run("SourceIsOneABotAndIsFoundAgain", w.testLeadSource)
		t.Run("SourceIsFoundByItsName", w.testLeadSourceNamed)
		t.Run("MediumIsTelegramAlsoAnArchivedOne", w.testLeadMedium)
		t.Run("B41TwoAtOnceMakeOneSourceAndOneMedium", w.testLeadSourceAtOnce)
		t.Run("B42ConversationReadsLetterForLetterAndRunsNothing", w.testTranscript)
		t.Run("B42LinksOfTheWebAreLinksAndNothingElse", w.testTranscriptLinks)
		t.Run("ConversationBeginsAtTheLastStart", w.testTranscriptStart)
		t.Run("FilesAreNamed", w.testTranscriptFiles)
		t.Run("TimesAreInTheBotsZoneAsTheLanguageWritesThem", w.testTranscriptTimes)
		t.Run("LongConversationHasItsEnd", w.testTranscriptLong)
	})
}

// makesLead is the commit of a lead of a client. args are those that differ from most.
func (w world) makesLead(c *client, args map[string]any) flow.Commit {
	c.count++
	all := map[string]any{
		"bot": w.bots[0], "telegram_id": c.user, "name": "Оля " + c.user, "lang": "uk", "type": "opportunity", "user": 0, "team": 0, "tags": []int64{},
		"title": "Оля " + c.user, "source": "Зерно", "medium": "Telegram", "tz": "Europe/Kyiv", "note_lang": "uk_UA",
		"words": map[string]any{"title": "Розмова в Telegram", "earlier": "Раніше було ще."}, "lines": rows(said(c.user, fmt.Sprint(c.user, "/", c.count), "Привіт", ">Вітаємо!")),
	}
	maps.Copy(all, args)
	return flow.Commit{Key: fmt.Sprintf("lead/%s/%d", c.user, c.count), Operations: []flow.Operation{{Kind: "make_lead", Args: all}}}
}

func rows(lines []flow.Line) []any {
	rows := make([]any, len(lines))
	for i, line := range lines {
		rows[i] = line.Row()
	}
	return rows
}

// lead makes one, and gives it as the administrator sees it.
func (w world) lead(t *testing.T, c *client, args map[string]any) rpc.Record {
	t.Helper()
	result, err := c.talk.Commit(t.Context(), w.makesLead(c, args))
	require.NoError(t, err)
	require.Len(t, result.Results, 1)
	made := w.leadOf(t, number(result.Results[0]["lead"]))
	require.Equal(t, made.Str("name"), result.Results[0]["lead_name"])
	require.Equal(t, c.partner, number(result.Results[0]["partner"]))
	return made
}

func (w world) leadOf(t *testing.T, lead int64) rpc.Record {
	t.Helper()
	found, err := w.admin.Read(t.Context(), "crm.lead", []int64{lead}, []string{
		"name", "type", "stage_id", "team_id", "user_id", "partner_id", "company_id", "source_id", "medium_id", "tag_ids", "contact_name", "email_from", "phone"})
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

// ref is the id that a many2one has, 0 for none.
func ref(record rpc.Record, field string) int64 {
	id, _ := record.Ref(field)
	return id
}

// stands tells whether an action of Odoo's menus shows a lead.
func (w world) stands(t *testing.T, action string, lead int64) bool {
	t.Helper()
	found, err := w.admin.Read(t.Context(), "ir.actions.act_window", []int64{w.Ref(t, action)}, []string{"domain"})
	require.NoError(t, err)
	var domain []any
	text := strings.NewReplacer("(", "[", ")", "]", "'", `"`, "False", "false").Replace(found[0].Str("domain"))
	require.NoError(t, json.Unmarshal([]byte(text), &domain))
	count, err := w.admin.SearchCount(t.Context(), "crm.lead", slices.Concat([]any{"&", []any{"id", "=", lead}}, domain))
	require.NoError(t, err)
	return count == 1
}

// leadsSetting switches Leads in the settings of CRM.
func (w world) leadsSetting(t *testing.T, on bool) {
	t.Helper()
	settings := w.make(t, "res.config.settings", map[string]any{"group_use_lead": on})
	_, err := w.admin.Call(t.Context(), "res.config.settings", "execute", []int64{settings}, nil)
	require.NoError(t, err)
}

func (w world) testLeadTypes(t *testing.T) {
	for _, on := range []bool{false, true, false} {
		w.leadsSetting(t, on)
		for _, kind := range []string{"lead", "opportunity"} {
			lead := w.lead(t, w.client(t), map[string]any{"type": kind})
			require.Equal(t, kind, lead.Str("type"), "Leads are %v", on)
			require.Equal(t, kind == "opportunity", w.stands(t, "crm.crm_lead_action_pipeline", lead.ID()))
			require.Equal(t, kind == "lead", w.stands(t, "crm.crm_lead_all_leads", lead.ID()))
			require.NotZero(t, ref(lead, "stage_id"))
			require.NotZero(t, ref(lead, "team_id"))
		}
	}
}

func (w world) testLeadOfTeam(t *testing.T) {
	for _, uses := range []bool{false, true} {
		team := w.make(t, "crm.team", map[string]any{"name": "Тиха", "use_leads": uses, "use_opportunities": !uses, "sequence": 900})
		own := w.make(t, "crm.stage", map[string]any{"name": "Своя", "sequence": -1, w.stageTeam(): w.stageTeams(team)})
		for _, kind := range []string{"lead", "opportunity"} {
			lead := w.lead(t, w.client(t), map[string]any{"type": kind, "team": team})
			require.Equal(t, kind, lead.Str("type"))
			require.Equal(t, team, ref(lead, "team_id"))
			require.Equal(t, own, ref(lead, "stage_id"), "the first of the team")
		}
	}
}

func (w world) stageTeam() string {
	return map[bool]string{true: "team_ids", false: "team_id"}[w.Version == 19]
}

func (w world) stageTeams(team int64) any {
	if w.Version == 19 {
		return []any{rpc.Set(team)}
	}
	return team
}

func (w world) testLeadStage(t *testing.T) {
	w.SQL(t, "CREATE TABLE folds AS SELECT id, fold FROM crm_stage; UPDATE crm_stage SET fold = true")
	lead := w.lead(t, w.client(t), nil)
	require.NotZero(t, ref(lead, "stage_id"))
	w.SQL(t, "UPDATE crm_stage s SET fold = f.fold FROM folds f WHERE f.id = s.id; DROP TABLE folds")
	lead = w.lead(t, w.client(t), nil)
	require.Equal(t, "f", w.one(t, "SELECT coalesce(fold, false) FROM crm_stage WHERE id = %d", ref(lead, "stage_id")))
}

func (w world) testLeadContact(t *testing.T) {
	c := w.client(t)
	digits := w.newNumber()
	w.set(t, c, "phone", "+"+digits)
	w.set(t, c, "email", "olia@x.example")
	before := w.one(t, "SELECT (write_date, name, phone, email, function)::text FROM res_partner WHERE id = %d", c.partner)
	tags := []int64{w.make(t, "crm.tag", map[string]any{"name": "Бот " + c.user}), w.make(t, "crm.tag", map[string]any{"name": "Зник " + c.user})}
	require.NoError(t, w.admin.Unlink(t.Context(), "crm.tag", tags[1:]))
	lead := w.lead(t, c, map[string]any{"tags": tags})
	require.Equal(t, "Оля "+c.user, lead.Str("contact_name"))
	require.Equal(t, "olia@x.example", lead.Str("email_from"))
	require.Equal(t, "+"+digits, lead.Str("phone"))
	require.Equal(t, c.partner, ref(lead, "partner_id"))
	require.Equal(t, tags[:1], lead.IDs("tag_ids"))
	require.Equal(t, before, w.one(t, "SELECT (write_date, name, phone, email, function)::text FROM res_partner WHERE id = %d", c.partner))
	require.Equal(t, "Оля "+c.user, w.lead(t, c, map[string]any{"title": ""}).Str("name"), "without a title the contact's name")
}

func (w world) testLeadName(t *testing.T) {
	name := "Ann_B *x* [y](z)"
	c := w.client(t)
	lines := said(c.user, c.user+"/name", "Привіт")
	lines[0].Author = name
	lead := w.lead(t, c, map[string]any{"name": name, "title": name, "lines": rows(lines)})
	require.Equal(t, name, lead.Str("name"))
	require.Contains(t, w.transcript(t, lead.ID()), "<b>"+name+"</b>")
}

func (w world) testLeadOnce(t *testing.T) {
	c, others := w.client(t), w.clients(t, 3)
	commit := w.makesLead(c, nil)
	before := w.counts(t)
	leads := make([]int64, 3)
	none(t, together(3, func(i int) error {
		result, err := others[i].Commit(t.Context(), commit)
		if err == nil {
			leads[i] = number(result.Results[0]["lead"])
		}
		return err
	}))
	require.Equal(t, []int64{leads[0], leads[0], leads[0]}, leads)
	before.messages += 2
	require.Equal(t, before, w.counts(t))
	require.Equal(t, "1", w.one(t, "SELECT count(*) FROM crm_lead WHERE partner_id = %d", c.partner))
}

func (w world) testLeadLost(t *testing.T) {
	for _, fate := range []odootest.Fate{odootest.CutBefore(), odootest.CutAfter(), odootest.Instead(200, "text/xml", noneFault)} {
		c, wire := w.client(t), w.Wire(t)
		c.talk = w.over(t, wire, rpc.XMLRPC)
		commit := w.makesLead(c, nil)
		wire.Next(commit.Key, fate, fate, fate)
		result, err := c.talk.Commit(t.Context(), commit)
		for range 4 { // as a turn that waits for Odoo asks again
			if err != nil {
				require.True(t, flow.IsUnavailable(err), "%v", err)
				result, err = c.talk.Commit(t.Context(), commit)
			}
		}
		require.NoError(t, err)
		require.Equal(t, w.one(t, "SELECT id FROM crm_lead WHERE partner_id = %d", c.partner), fmt.Sprint(number(result.Results[0]["lead"])))
	}
}

func (w world) testLeadRehearsal(t *testing.T) {
	c := w.clientNamed(t, "test:"+w.newUser())
	user := w.salesperson(t, "Прем’єра")
	before := w.counts(t)
	kept := w.one(t, "SELECT (SELECT count(*) FROM crm_lead), (SELECT count(*) FROM utm_source), (SELECT count(*) FROM x_krok_message)")
	result, err := c.talk.Commit(t.Context(), w.makesLead(c, map[string]any{"user": user, "source": "Проба " + c.user}))
	require.NoError(t, err)
	require.NotZero(t, result.Results[0]["lead"])
	require.Equal(t, "Оля "+c.user, result.Results[0]["lead_name"])
	require.Equal(t, c.partner, number(result.Results[0]["partner"]))
	require.Equal(t, before, w.counts(t))
	require.Equal(t, kept, w.one(t, "SELECT (SELECT count(*) FROM crm_lead), (SELECT count(*) FROM utm_source), (SELECT count(*) FROM x_krok_message)"))
	require.Equal(t, "1", w.one(t, "SELECT count(*) FROM x_krok_chat WHERE x_telegram_id = '%s'", c.user))
}
