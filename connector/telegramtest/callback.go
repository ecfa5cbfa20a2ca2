package telegramtest

import (
	"strconv"
	"sync"
	"time"
)

const maxAnswer = 200 // characters of a callback answer

const tooOld = "query is too old and response timeout expired or query ID is invalid"

// Answer is what the client sees after a press: the end of the spinner, and maybe a word.
type Answer struct {
	Text  string
	Alert bool
	URL   string
	At    time.Time
	After time.Duration // since the press
}

// presses are the callback queries of a bot that wait to be answered, by id.
type presses struct {
	mu   sync.Mutex
	last int64
	open map[string]*press
}

type press struct {
	at       time.Time
	answer   Answer
	answered chan struct{} // closed once answered
}

// add makes a new query and returns its id.
func (p *presses) add(at time.Time) (string, *press) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	id := strconv.FormatInt(4_382_000_000_000_000_000+p.last, 10)
	if p.open == nil {
		p.open = make(map[string]*press)
	}
	made := &press{at: at, answered: make(chan struct{})}
	p.open[id] = made
	return id, made
}

// take removes a query; each is answered once.
func (p *presses) take(id string) *press {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.open[id]
	delete(p.open, id)
	return found
}

func answerCallbackQuery(r *request) ([]byte, *refusal) {
	if len([]rune(r.text("text"))) > maxAnswer {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	now := r.bot.server.Now()
	press := r.bot.presses.take(r.text("callback_query_id"))
	if press == nil || now.Sub(press.at) > r.bot.server.config.AnswerWithin {
		return nil, badRequest(tooOld)
	}
	press.answer = Answer{
		Text: r.text("text"), Alert: r.flag("show_alert"), URL: r.text("url"), At: now, After: now.Sub(press.at),
	}
	close(press.answered)
	return success(true), nil
}
