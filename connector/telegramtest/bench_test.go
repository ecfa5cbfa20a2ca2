package telegramtest_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/krokbot/krok/connector/telegramtest"
)

// wire is a connection that calls the server with as little work as possible: it measures the server, not Go's HTTP client.
type wire struct {
	conn   net.Conn
	reader *bufio.Reader
	base   string
	out    []byte
}

func dial(b *testing.B, server *telegramtest.Server, bot *telegramtest.Bot) *wire {
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL(), "http://"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return &wire{conn: conn, reader: bufio.NewReader(conn), base: "POST /bot" + bot.Token() + "/"}
}

// call sends a JSON body and reads past the answer.
func (w *wire) call(b *testing.B, method string, body []byte) {
	w.out = append(w.out[:0], w.base...)
	w.out = append(w.out, method...)
	w.out = append(w.out, " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "...)
	w.out = strconv.AppendInt(w.out, int64(len(body)), 10)
	w.out = append(w.out, "\r\n\r\n"...)
	w.out = append(w.out, body...)
	if _, err := w.conn.Write(w.out); err != nil {
		b.Fatal(err)
	}
	length := 0
	for first := true; ; first = false {
		line, err := w.reader.ReadSlice('\n')
		if err != nil {
			b.Fatal(err)
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
			b.Fatalf("%s", line)
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		}
	}
	if _, err := w.reader.Discard(length); err != nil && err != io.EOF {
		b.Fatal(err)
	}
}

func benchServer(b *testing.B) (*telegramtest.Server, *telegramtest.Bot) {
	server := telegramtest.New(b, telegramtest.Config{OpenChats: true, Keep: 1000})
	return server, server.NewBot("bench_bot")
}

// measure returns a function that reports the rate and the processor time of one operation, the client's part included: the
// latter is what counts on a machine that others use too.
func measure(b *testing.B) func(rate string) {
	var before syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		b.Fatal(err)
	}
	return func(rate string) {
		var after syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
			b.Fatal(err)
		}
		spent := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
		b.ReportMetric(float64(spent)/float64(b.N), "cpu-ns/op")
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), rate)
	}
}

// BenchmarkSendMessage is plain texts to a thousand chats.
func BenchmarkSendMessage(b *testing.B) {
	server, bot := benchServer(b)
	var chat atomic.Int64
	b.ReportAllocs()
	report := measure(b)
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		w := dial(b, server, bot)
		for pb.Next() {
			w.call(b, "sendMessage", fmt.Appendf(nil, `{"chat_id":%d,"text":"Вітаємо! Ваше замовлення прийнято."}`, 5_000_000_000+chat.Add(1)%1000))
		}
	})
	report("calls/s")
}

// BenchmarkSendMessageWithKeyboard is the same with ten inline buttons and entities.
func BenchmarkSendMessageWithKeyboard(b *testing.B) {
	server, bot := benchServer(b)
	body := []byte(`{"chat_id":5000000001,"text":"Catalogue: choose","entities":[{"type":"bold","offset":0,"length":9}],"reply_markup":{"inline_keyboard":[` +
		strings.TrimSuffix(strings.Repeat(`[{"text":"Button","callback_data":"0123456789abcdef"}],`, 10), ",") + `]}}`)
	b.ReportAllocs()
	report := measure(b)
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		w := dial(b, server, bot)
		for pb.Next() {
			w.call(b, "sendMessage", body)
		}
	})
	report("calls/s")
}

// BenchmarkGetUpdates is a poller that takes a hundred updates a call; the numbers are a update.
func BenchmarkGetUpdates(b *testing.B) {
	server, bot := benchServer(b)
	client := bot.Chat(telegramtest.User{FirstName: "Ann"})
	w := dial(b, server, bot)
	offset := int64(800_000_001)
	b.ReportAllocs()
	report := measure(b)
	for n := 0; n < b.N; n += 100 {
		for range 100 {
			client.Send("hello")
		}
		w.call(b, "getUpdates", fmt.Appendf(nil, `{"offset":%d,"limit":100}`, offset))
		offset += 100
	}
	report("updates/s")
}
