package records_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/rpc"
)

// What a turn writes is done once, whatever happens on the way. The tests share one database a version.
func TestCommitIsNeverDoneTwiceAndNeverLost(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		t.Run("B12B41CallsUnderOneKeyAtTheSameTimeHaveOneEffectAndOneResult", w.testOneKeyAtOnce)
		t.Run("B41FirstMessagesToTwoBotsAtOnceMakeOneContactAndTwoChats", w.testTwoBotsAtOnce)
		t.Run("B41FirstMessagesOfManyAtOnceShareOneTag", w.testOneTag)
		t.Run("B41OneChatThatIsOpenedUnderTwoKeysAtOnceIsOneChat", w.testOneChatTwoKeys)
		t.Run("B12B41AnswerThatWasDroppedAfterTheCommitIsFoundUnderItsKey", w.testDroppedAnswer)
		t.Run("B31FaultAfterTheCommitIsNoProofThatNothingWasDone", w.testFaultAfter)
		t.Run("B41FaultBeforeTheCommitLeavesNothingAndIsDoneOnceLater", w.testFaultBefore)
		t.Run("B41ConflictThatOutlastsOdoosOwnTriesIsTriedOn", w.testLongConflict)
		t.Run("WhatOdooRefusesIsRolledBackAsAWholeAndSaidToTheAdmin", w.testRefused)
		t.Run("ResultsAreForgottenAfterThirtyDaysAndNoTurnWaitsForIt", w.testTidy)
	})
}

// together does a thing in many goroutines that begin at the same moment, and gives their errors.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var begin, end sync.WaitGroup
	begin.Add(1)
	for i := range n {
		end.Go(func() {
			begin.Wait()
			errs[i] = do(i)
		})
	}
	begin.Done()
	end.Wait()
	return errs
}

func none(t *testing.T, errs []error) {
	t.Helper()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

func (w world) clients(t *testing.T, n int) []*records.Records {
	t.Helper()
	list := make([]*records.Records, n)
	for i := range list {
		list[i] = w.records(t)
	}
	return list
}

func (w world) testOneKeyAtOnce(t *testing.T) {
	clients := w.clients(t, 8)
	for _, n := range []int{2, 5, 8} {
		user, results := w.newUser(), make([]flow.CommitResult, n)
		commit := opens(fmt.Sprint("once/", n), w.bots[0], user)
		none(t, together(n, func(i int) (err error) {
			results[i], err = clients[i].Commit(t.Context(), commit)
			return err
		}))
		for _, result := range results {
			require.Equal(t, results[0], result)
		}
		require.NotZero(t, results[0].Results[0]["partner"])
		require.Equal(t, [3]string{"1", "1", "1"}, w.made(t, user))
	}
}

func (w world) testTwoBotsAtOnce(t *testing.T) {
	clients := w.clients(t, 2)
	for range 20 {
		user, results := w.newUser(), make([]flow.CommitResult, 2)
		none(t, together(2, func(i int) (err error) {
			results[i], err = clients[i].Commit(t.Context(), opens(fmt.Sprint(user, "/", i), w.bots[i], user))
			return err
		}))
		require.Equal(t, results[0].Results[0]["partner"], results[1].Results[0]["partner"])
		require.NotEqual(t, results[0].Results[0]["chat"], results[1].Results[0]["chat"])
		require.Equal(t, [3]string{"1", "1", "2"}, w.made(t, user))
	}
}

func (w world) testOneTag(t *testing.T) {
	w.SQL(t, "DELETE FROM res_partner_category WHERE id IN (SELECT res_id FROM ir_model_data WHERE module = 'krok_data' AND name = 'tag_telegram')")
	clients := w.clients(t, 4)
	none(t, together(4, func(i int) error {
		user := w.newUser()
		_, err := clients[i].Commit(t.Context(), opens("tag/"+user, w.bots[0], user))
		return err
	}))
	tags, err := w.admin.SearchCount(t.Context(), "res.partner.category", []any{[]any{"name", "=", "Telegram"}}, rpc.Lang("en_US"))
	require.NoError(t, err)
	require.Equal(t, int64(1), tags)
}

func (w world) testOneChatTwoKeys(t *testing.T) {
	clients := w.clients(t, 2)
	for range 5 {
		user, results := w.newUser(), make([]flow.CommitResult, 2)
		_, err := clients[0].Commit(t.Context(), opens("other/"+user, w.bots[1], user))
		require.NoError(t, err)
		none(t, together(2, func(i int) (err error) {
			results[i], err = clients[i].Commit(t.Context(), opens(fmt.Sprint(user, "/", i), w.bots[0], user))
			return err
		}))
		require.Equal(t, results[0], results[1])
		require.Equal(t, [3]string{"1", "1", "2"}, w.made(t, user))
	}
}

func (w world) protocols() []rpc.Protocol {
	if w.Version < 19 {
		return []rpc.Protocol{rpc.JSONRPC, rpc.XMLRPC}
	}
	return []rpc.Protocol{rpc.JSON2, rpc.JSONRPC, rpc.XMLRPC}
}

func (w world) testDroppedAnswer(t *testing.T) {
	for _, protocol := range w.protocols() {
		wire, user := w.Wire(t), w.newUser()
		over, commit := w.over(t, wire, protocol), opens("dropped/"+user, w.bots[0], user)

		wire.Next(commit.Key, odootest.CutAfter())
		found, err := over.Commit(t.Context(), commit)
		require.NoError(t, err, "one dropped answer is asked for again at once")
		require.Equal(t, 2, wire.Count(commit.Key))

		user = w.newUser()
		commit = opens("dropped/"+user, w.bots[0], user)
		wire.Next(commit.Key, odootest.CutAfter(), odootest.CutAfter(), odootest.CutAfter())
		_, err = over.Commit(t.Context(), commit)
		require.True(t, flow.IsUnavailable(err), "%v", err)
		require.Equal(t, [3]string{"1", "1", "1"}, w.made(t, user), "it was carried out nevertheless")
		again, err := over.Commit(t.Context(), commit)
		require.NoError(t, err)
		require.NotEqual(t, found, again)
		repeated, result := w.repeated(t, commit)
		require.True(t, repeated)
		told, err := json.Marshal(again.Results)
		require.NoError(t, err)
		require.JSONEq(t, result, string(told))
		require.Equal(t, [3]string{"1", "1", "1"}, w.made(t, user))
	}
}

const noneFault = `<?xml version='1.0'?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1</int></value></member>` +
	`<member><name>faultString</name><value><string>cannot marshal None unless allow_none is enabled</string></value></member></struct></value></fault></methodResponse>`

func (w world) testFaultAfter(t *testing.T) {
	for name, fate := range map[string]odootest.Fate{
		"none":    odootest.Instead(http.StatusOK, "text/xml", noneFault),
		"page":    odootest.Instead(http.StatusOK, "text/html", "<html>Welcome to our network</html>"),
		"gateway": odootest.Instead(http.StatusBadGateway, "text/html", "<html>502 Bad Gateway</html>"),
		"trouble": odootest.Instead(http.StatusInternalServerError, "text/html", "<html>500</html>"),
		"garbled": odootest.Instead(http.StatusOK, "text/xml", "<methodResponse>}{</methodResponse>"),
	} {
		wire, user := w.Wire(t), w.newUser()
		over, commit := w.over(t, wire, rpc.XMLRPC), opens(name+"/"+user, w.bots[0], user)
		wire.Next(commit.Key, fate, fate, fate)
		_, err := over.Commit(t.Context(), commit)
		require.True(t, flow.IsUnavailable(err), "%s: %v", name, err)
		for range 2 { // fates that were not met yet
			_, err = over.Commit(t.Context(), commit)
		}
		if err != nil {
			_, err = over.Commit(t.Context(), commit)
		}
		require.NoError(t, err, name)
		require.Equal(t, [3]string{"1", "1", "1"}, w.made(t, user), name)
	}
}

// trouble lets PostgreSQL refuse the next n rows of chats with an error, also over rolled-back transactions.
func (w world) trouble(t *testing.T, n int, code, message string) {
	t.Helper()
	w.calm(t)
	w.SQL(t, fmt.Sprintf(`CREATE SEQUENCE troubles;
		CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF nextval('troubles') <= %d THEN RAISE EXCEPTION '%s' USING ERRCODE = '%s'; END IF;
			RETURN NEW;
		END $$;
		CREATE TRIGGER trouble BEFORE INSERT ON x_krok_chat FOR EACH ROW EXECUTE FUNCTION trouble()`, n, message, code))
	t.Cleanup(func() { w.calm(t) })
}

func (w world) calm(t *testing.T) {
	t.Helper()
	w.SQL(t, "DROP FUNCTION IF EXISTS trouble() CASCADE; DROP SEQUENCE IF EXISTS troubles")
}

func (w world) testFaultBefore(t *testing.T) {
	wire, user := w.Wire(t), w.newUser()
	over, commit := w.over(t, wire, rpc.Auto), opens("before/"+user, w.bots[0], user)
	wire.Down(true)
	_, err := over.Commit(t.Context(), commit)
	require.True(t, flow.IsUnavailable(err), "%v", err)
	require.False(t, w.taken(t, commit.Key))
	wire.Down(false)
	wire.Next(commit.Key, odootest.CutBefore())
	_, err = over.Commit(t.Context(), commit)
	require.NoError(t, err)
	require.Equal(t, [3]string{"1", "1", "1"}, w.made(t, user))

	for i, trouble := range [][2]string{
		{"57P01", "terminating connection due to administrator command"}, {"25006", "cannot execute INSERT in a read-only transaction"},
		{"53100", "could not extend file: No space left on device"}, {"57014", "canceling statement due to statement timeout"},
		{"53300", "too many connections"}, {"58030", "could not read block"},
	} {
		code, message, protocol := trouble[0], trouble[1], w.protocols()[i%len(w.protocols())]
		user = w.newUser()
		over, commit = w.over(t, wire, protocol), opens("before/"+user, w.bots[0], user)
		w.trouble(t, 1, code, message)
		_, err = over.Commit(t.Context(), commit)
		require.True(t, flow.IsUnavailable(err), "%s over %s: %v", message, protocol, err)
		require.Equal(t, [3]string{"0", "0", "0"}, w.made(t, user), "the contact is rolled back too")
		require.False(t, w.taken(t, commit.Key))
		_, err = over.Commit(t.Context(), commit)
		require.NoError(t, err)
		require.Equal(t, [3]string{"1", "1", "1"}, w.made(t, user))
	}
}

func (w world) testLongConflict(t *testing.T) {
	wire, user := w.Wire(t), w.newUser()
	over, commit := w.over(t, wire, rpc.XMLRPC), opens("conflict/"+user, w.bots[0], user) // 14 tries over JSON-RPC for minutes
	w.trouble(t, 7, "40001", "could not serialize access due to concurrent update")
	start := time.Now()
	_, err := over.Commit(t.Context(), commit)
	require.NoError(t, err)
	t.Logf("Odoo's own tries were used up after %.1f s", time.Since(start).Seconds())
	require.Equal(t, 2, wire.Count(commit.Key), "Odoo gives up after five tries or six, krok asks again")
	require.Equal(t, [3]string{"1", "1", "1"}, w.made(t, user))
}
