package flow

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// manyAnswers makes the question of the small bot have n answers with names of so many letters.
func manyAnswers(n, letters int) map[string][]Row {
	tables := rows()
	tables["answer"], tables["button"] = nil, nil
	for i := range n {
		id := int64(100 + i)
		tables["answer"] = append(tables["answer"], Row{"id": id, "name": Texts{"uk_UA": strings.Repeat("Ї", letters)}, "step_id": 11, "next_id": 12})
		tables["button"] = append(tables["button"], Row{"id": id, "kind": "answer", "place": "keyboard", "answer_id": id, "step_id": 11})
	}
	return tables
}

func TestB06KeyboardsThatTelegramRefusesAreProblems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		n, letters int
		key        string
	}{
		"more than a hundred buttons": {101, 3, "problem.too_many_buttons"},
		"more than 10 kB of names":    {99, 60, "problem.buttons_too_long"},
	} {
		built := Build(Definition{Tables: manyAnswers(c.n, c.letters)}, Definition{}, nil)
		require.Equal(t, c.key, built.Problems[0].Key, name)
		require.True(t, built.Bot.Steps[11].Skipped, name)
	}
	require.Empty(t, Build(Definition{Tables: manyAnswers(99, 10)}, Definition{}, nil).Problems)
}

func TestB49AStepOfAnAppThatIsNotThereIsAProblemAndTheBotServes(t *testing.T) {
	t.Parallel()
	tables := rows()
	tables["step"] = append(tables["step"], Row{"id": 13, "code": "ticket", "name": "Ticket", "type": "survey", "bot_id": 1, "next_id": 11})
	tables["alias"] = append(tables["alias"], Row{"id": 9, "name": "/ticket", "step_id": 13})
	built := Build(Definition{Tables: tables}, Definition{}, nil)
	require.Len(t, built.Problems, 1)
	require.Contains(t, built.Problems[0].What("uk"), "survey")
	require.NotEmpty(t, built.Problems[0].Remedy("uk"))
	require.NotNil(t, built.Bot.Start)
}

func TestB17AnAlbumIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	bot, engine := built(t, rows()), Engine{Odoo: &noOdoo{}}
	session := Session{Partner: 7, Chat: 8, Step: 12, Waits: true}
	photo := func(id int, album, caption string) Event {
		event := message(id, caption)
		event.Message.Content, event.Message.Album = "photo", album
		return event
	}
	replies := func(event Event) int {
		kept, err := ReadSession(session.Bytes()) // by whichever replica has the chat
		require.NoError(t, err)
		result, err := engine.Turn(t.Context(), bot, kept, event)
		require.NoError(t, err)
		session = result.Session
		return len(result.Messages)
	}
	require.Equal(t, 2, replies(photo(1, "77", "моя пошта")), "a text is needed, and the question again")
	require.Zero(t, replies(photo(2, "77", "")))
	require.Zero(t, replies(photo(3, "77", "")))
	require.Equal(t, 2, replies(photo(4, "78", "")), "the next album")
	require.Equal(t, 2, replies(photo(5, "", "")))
	require.Equal(t, 2, replies(photo(6, "", "")), "photos that are no album")
	require.Equal(t, int64(12), session.Step)
}
