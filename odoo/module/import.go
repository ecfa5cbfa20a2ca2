package module

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/rpc"
)

// pauses are the waits before an import is tried again.
var pauses = []time.Duration{2 * time.Second, 8 * time.Second}

// importAddon hands an addon to Odoo, part by part.
func (i *installer) importAddon(ctx context.Context, a Addon) error {
	list, err := a.parts(i.major)
	if err != nil {
		return err
	}
	for _, part := range list {
		zip, err := a.pack(part)
		if err != nil {
			return err
		}
		if err := i.importPart(ctx, zip); err != nil {
			return err
		}
	}
	return nil
}

// importPart imports a part, and tries again where that may help. Up to 16 Odoo keeps the half of an import that failed and tells it only
// in the wizard's message: the half is cleared away first. The first try may well fail for no fault of the module: databases on one
// server of 14 share the fields of their models ("no attribute 'depends'"), and on all of them other users' calls get in the way.
func (i *installer) importPart(ctx context.Context, zip []byte) error {
	for attempt := 0; ; attempt++ {
		message, err := i.tryImport(ctx, zip)
		if err == nil && message == "" {
			return nil
		}
		again := err == nil || rpc.IsKind(err, rpc.KindPython, rpc.KindConflict, rpc.KindServer, rpc.KindCut, rpc.KindGateway, rpc.KindTimeout)
		if err == nil {
			err = texts.NewError("install.import_failed", texts.Args{"message": message}, nil)
		}
		if !again || attempt == len(pauses) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pauses[attempt]):
		}
		if err := i.settle(ctx); err != nil {
			return err
		}
		if err := i.clearHalf(ctx); err != nil {
			return err
		}
	}
}

// settle waits until an import has ended whose connection was cut: Odoo goes on with it and knows nothing of the cut. It writes external
// ids from its beginning to its end, and the table can be had for reading alone only when nobody does.
func (i *installer) settle(ctx context.Context) error {
	return patiently(ctx, func() error {
		_, err := i.once(ctx, "env.cr.execute('LOCK TABLE ir_model_data IN SHARE MODE')\naction = {'settled': True}", nil)
		return err
	})
}

// patiently tries again what meets an Odoo that is rebuilding its models: until it has, other calls may fail in any way ("dictionary
// changed size during iteration"). A fault that stays is given after half a minute.
func patiently(ctx context.Context, do func() error) error {
	const wait, longest = time.Second, 30
	for attempt := 1; ; attempt++ {
		err := do()
		if attempt == longest || !rpc.IsKind(err, rpc.KindPython, rpc.KindConflict, rpc.KindServer) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// tryImport imports once. It gives Odoo's complaint about the module, where there is one: up to 16 it is the wizard's message, later
// a fault with a whole traceback in it.
func (i *installer) tryImport(ctx context.Context, zip []byte) (string, error) {
	wizard, err := i.client.Create(ctx, "base.import.module", map[string]any{
		"module_file": base64.StdEncoding.EncodeToString(zip), "force": false,
	})
	if err != nil {
		return "", err
	}
	_, err = i.client.Call(ctx, "base.import.module", "import_module", []int64{wizard}, nil)
	if fault := new(rpc.Error); errors.As(err, &fault) && fault.Kind == rpc.KindUser && cause(fault.Message) != "" {
		return cause(fault.Message), nil
	}
	if err != nil || i.major > 16 {
		return "", err
	}
	rows, err := i.client.Read(ctx, "base.import.module", []int64{wizard}, []string{"import_message"})
	if err != nil || len(rows) == 0 {
		return "", err
	}
	message := rows[0].Str("import_message")
	if strings.HasPrefix(message, "Successfully imported") {
		return "", nil
	}
	return cause(message), nil
}

// cause is where Odoo says what was wrong: its last line. Odoo frames every error of an import with the file and with the advice to
// install modules, whatever it was; of many lines that say the same, one is enough.
func cause(message string) string {
	message, _, _ = strings.Cut(message, "Make sure those modules are installed")
	message, _, _ = strings.Cut(message, "The above exception was the direct cause") // of one that repeats the file
	lines := strings.FieldsFunc(message, func(r rune) bool { return r == '\n' })
	last := ""
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "Found more than") {
			last = line
		}
	}
	return last
}
