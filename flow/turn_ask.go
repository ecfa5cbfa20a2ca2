package flow

import (
	"strings"

	"github.com/krokbot/krok/flow/domain"
	"github.com/krokbot/krok/flow/richtext"
)

// learn asks Odoo, at most once, what entering a step needs: whether its domain fits the client's partner, and the values of its
// placeholders. A step that needs nothing from Odoo asks nothing.
func (t *Turn) learn(step *Step) (fits bool, err error) {
	question := Question{Partner: t.session.Partner, Values: t.unknown(step.partnerPaths()), TZ: t.bot.Location.String()}
	if !step.Domain.Empty() {
		literal, err := step.Domain.Literal(t.env())
		if err != nil {
			return false, err
		}
		question.Domains = [][]any{literal}
	}
	if err := t.learnRecord(step.texts()...); err != nil {
		return false, err
	}
	reply, err := t.inquire(question)
	return err == nil && (len(question.Domains) == 0 || len(reply.Matches) == 1 && reply.Matches[0]), err
}

// env is what domains depend on in this turn.
func (t *Turn) env() domain.Env {
	env := domain.Env{Now: t.event.At, Location: t.bot.Location}
	if user, ok := t.odoo.(User); ok {
		env.UID = user.UID()
	}
	return env
}

// ask learns fields of the client's partner that are not known yet, in one call or none.
func (t *Turn) ask(paths []string) error {
	_, err := t.inquire(Question{Partner: t.session.Partner, Values: t.unknown(paths), TZ: t.bot.Location.String()})
	return err
}

// askFor learns what the placeholders of a text need of the client's partner and of the chat's current record.
func (t *Turn) askFor(templates map[string]richtext.Template) error {
	var paths []string
	for _, placeholder := range inLanguage(templates, t.langs()...).Placeholders() {
		if path, ok := strings.CutPrefix(placeholder.Path, "partner."); ok {
			paths = append(paths, path)
		}
	}
	if err := t.learnRecord(templates); err != nil {
		return err
	}
	return t.ask(paths)
}

func (t *Turn) inquire(question Question) (Reply, error) {
	if question.Empty() {
		return Reply{}, nil
	}
	if t.session.Partner == 0 {
		return Reply{}, &Unavailable{Err: errNotBound}
	}
	reply, err := t.odoo.Ask(t.ctx, question)
	if err != nil {
		return Reply{}, err
	}
	if reply.Gone {
		return Reply{}, errPartnerGone
	}
	if reply.Lang != "" {
		t.session.Lang = reply.Lang
	}
	for path, value := range reply.Values {
		t.values[path] = value
	}
	return reply, nil
}

func (t *Turn) unknown(paths []string) []string {
	var missing []string
	for _, path := range paths {
		if _, known := t.values[path]; !known {
			missing = append(missing, path)
		}
	}
	return missing
}

// listValues asks what a field of the client's partner can be.
func (t *Turn) listValues(question ValuesQuestion) (Values, error) {
	if t.session.Partner == 0 {
		return Values{}, &Unavailable{Err: errNotBound}
	}
	values, err := t.odoo.Values(t.ctx, question)
	if err == nil && values.Gone {
		err = errPartnerGone
	}
	return values, err
}
