package service

import (
	"context"
	"sync"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/catalog"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/rpc"
	"github.com/krokbot/krok/odoo/watch"
)

// Odoo is the Odoo that bots run on. It is connected to when it is first needed, and anew as long as that fails: a bot that serves
// from its last good definition starts while Odoo is down.
type Odoo struct {
	config rpc.Config

	mu        sync.Mutex
	connected *connected
}

// connected is what a connection gives.
type connected struct {
	client     *rpc.Client
	procedures *odoo.Procedures
	records    *records.Records
	schema     *catalog.Schema
}

// NewOdoo makes an Odoo that is not connected yet.
func NewOdoo(config rpc.Config) *Odoo { return &Odoo{config: config} }

// Close ends the connection.
func (o *Odoo) Close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.connected != nil {
		o.connected.client.Close()
	}
}

// connection gives the connection, or what keeps Odoo from being reached as flow wants to hear it.
func (o *Odoo) connection(ctx context.Context) (*connected, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.connected != nil {
		return o.connected, nil
	}
	client, err := rpc.Open(ctx, o.config)
	if err != nil {
		return nil, &flow.Unavailable{Err: err}
	}
	procedures := odoo.NewProcedures(client)
	o.connected = &connected{client: client, procedures: procedures, records: records.New(procedures), schema: catalog.NewSchema(client)}
	return o.connected, nil
}

// Database is the uuid of the database.
func (o *Odoo) Database(ctx context.Context) (string, error) {
	c, err := o.connection(ctx)
	if err != nil {
		return "", err
	}
	return c.records.Database(ctx)
}

// UID is the id of the user that krok works as; 0 as long as Odoo has not been reached.
func (o *Odoo) UID() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.connected == nil {
		return 0
	}
	return o.connected.client.UID()
}

// Ask answers a turn's question.
func (o *Odoo) Ask(ctx context.Context, question flow.Question) (flow.Reply, error) {
	c, err := o.connection(ctx)
	if err != nil {
		return flow.Reply{}, err
	}
	return c.records.Ask(ctx, question)
}

// Values lists what a field of a contact can be.
func (o *Odoo) Values(ctx context.Context, question flow.ValuesQuestion) (flow.Values, error) {
	c, err := o.connection(ctx)
	if err != nil {
		return flow.Values{}, err
	}
	return c.records.Values(ctx, question)
}

// Find answers with records as people read them.
func (o *Odoo) Find(ctx context.Context, question flow.RecordsQuestion) (flow.Records, error) {
	c, err := o.connection(ctx)
	if err != nil {
		return flow.Records{}, err
	}
	return c.records.Find(ctx, question)
}

// Commit carries out a turn's commit.
func (o *Odoo) Commit(ctx context.Context, commit flow.Commit) (flow.CommitResult, error) {
	c, err := o.connection(ctx)
	if err != nil {
		return flow.CommitResult{}, err
	}
	return c.records.Commit(ctx, commit)
}

// Media gives the contents of a file of a step.
func (o *Odoo) Media(ctx context.Context, medium flow.Medium) ([]byte, error) {
	c, err := o.connection(ctx)
	if err != nil {
		return nil, err
	}
	return c.records.Media(ctx, medium)
}

// Look tells what has changed and what has happened.
func (o *Odoo) Look(ctx context.Context, done []int64) (watch.Seen, error) {
	c, err := o.connection(ctx)
	if err != nil {
		return watch.Seen{}, err
	}
	return watch.Look(ctx, c.procedures, done)
}

// Read gives all active bots.
func (o *Odoo) Read(ctx context.Context) (Snapshot, error) {
	c, err := o.connection(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	read, err := catalog.Read(ctx, c.procedures)
	if err != nil {
		return Snapshot{}, err
	}
	snapshot := Snapshot{Version: read.Version, Tokens: read.Tokens, Schema: c.schema}
	for _, definition := range read.Definitions {
		if catalog.Active(definition) {
			snapshot.Bots = append(snapshot.Bots, definition)
		}
	}
	return snapshot, nil
}

// Record writes lines of conversations.
func (o *Odoo) Record(ctx context.Context, bot int64, lines []flow.Line, files map[string][]byte) error {
	c, err := o.connection(ctx)
	if err != nil {
		return err
	}
	return c.records.Record(ctx, bot, lines, files)
}

// Report shows a status in a bot's form.
func (o *Odoo) Report(ctx context.Context, status records.Status) error {
	c, err := o.connection(ctx)
	if err != nil {
		return err
	}
	return c.records.Report(ctx, status)
}
