package flow

import (
	"cmp"
	"strconv"

	"github.com/krokbot/krok/flow/texts"
)

// leadStep makes a lead or an opportunity for the client, and goes on at once. The number of the lead is the step's answer.
//
// What it writes is one operation, MakeLead: bot, telegram_id, name and lang of the chat, as OpenChat has them; type ("lead" or
// "opportunity"), user, team (0: none), tags; title, the name of the lead; source and medium, the names of where it comes from; and for the
// conversation in its chatter tz, note_lang, words (title, earlier) and lines. It gives lead, its id, and lead_name.
//
// A lead that Odoo does not take is set aside with its event, so that no client is lost: whoever runs krok has it tried again. Who presses
// twice gets one lead, see [LeadMark].
type leadStep struct {
	kind       string
	user, team int64
	tags       []int64
}

var (
	_ StepType = leadStep{}
	_ Resumer  = leadStep{}
)

// appOfLeads is Odoo's app that has leads.
const appOfLeads = "crm"

func newLeadStep(draft draft) StepType {
	row := draft.row
	s := leadStep{kind: cmp.Or(row.Str("lead_type"), "opportunity"), user: row.Ref("user_id"), team: row.Ref("team_id"), tags: row.Refs("lead_tag_ids")}
	app, known := draft.definition.App(appOfLeads)
	switch {
	case !known:
		return s
	case app == nil:
		draft.fail("type", "lead_no_app", nil, nil)
		return s
	case s.kind == "lead" && !app.Bool("leads"):
		draft.warn("lead_type", "leads_off", nil)
	}
	if user := draft.definition.Row("user", s.user); user != nil && !user.Bool("active") {
		draft.warn("user_id", "lead_user_archived", texts.Args{"user": user.Str("name")})
	}
	if team := draft.definition.Row("team", s.team); team != nil && !team.Bool("active") {
		draft.warn("team_id", "lead_team_archived", texts.Args{"team": team.Texts("name").In(draft.builder.bot.Lang)})
	}
	return s
}

// Enter has Odoo make the lead, unless this press means the one that is being made.
func (s leadStep) Enter(turn *Turn, step *Step) (Next, error) {
	if turn.markLead(step) {
		s.keep(turn, step, turn.session.Lead.Lead) // a /start in between has forgotten it
		return GoTo(step.Next), nil
	}
	lang, bot := texts.Pick(turn.bot.Lang), turn.bot
	who := turn.session.Who
	words := map[string]any{
		"title": texts.Get(lang, "lead.conversation", texts.Args{"bot": bot.Name}), "earlier": texts.Get(lang, "lead.earlier", nil),
	}
	title := texts.Get(lang, "lead.title", texts.Args{"client": cmp.Or(who.Name(), string(turn.event.Chat)), "bot": bot.Name})
	return turn.Write(step, false, Operation{Kind: MakeLead, Journal: true, Args: map[string]any{
		"bot": bot.ID, "telegram_id": string(turn.event.Chat), "name": who.Name(), "lang": who.Lang,
		"type": s.kind, "user": s.user, "team": s.team, "tags": s.tags, "title": title, "source": bot.Name, "medium": "Telegram",
		"tz": bot.Location.String(), "note_lang": bot.Lang, "words": words,
	}}), nil
}

// Answer takes nothing: nobody waits here.
func (leadStep) Answer(*Turn, *Step, *Message) (Next, error) { return Pass(), nil }

// Resume keeps the number of the lead and goes on.
func (s leadStep) Resume(turn *Turn, step *Step, result CommitResult) (Next, error) {
	lead := int64(0)
	for _, one := range result.Results {
		lead = max(lead, wholeNumber(one["lead"]))
	}
	turn.leadMade(lead)
	s.keep(turn, step, lead)
	return GoTo(step.Next), nil
}

// keep makes the number of a lead the step's answer.
func (leadStep) keep(turn *Turn, step *Step, lead int64) {
	if lead != 0 {
		turn.Keep(step, strconv.FormatInt(lead, 10))
	}
}
