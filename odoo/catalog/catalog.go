// Package catalog reads the definitions of bots from Odoo, and moves them: out of it as a bot file, and in from one.
package catalog

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/module"
)

// Snapshot is everything that one database defines, as it was at one moment.
type Snapshot struct {
	// Version changes with every change of a definition; see [Version].
	Version string
	// Languages are the active ones, as Odoo's codes.
	Languages []string
	// Definitions has one definition a bot, by id, also of bots that are not active (see [Active]). No token is in them.
	Definitions []flow.Definition
	// Tokens are the bots' secrets, by the bots' codes; a bot without one is not in it.
	Tokens map[string]string

	known known
}

// Read reads the definitions of all bots in one call.
func Read(ctx context.Context, procedures *odoo.Procedures) (Snapshot, error) {
	return read(ctx, procedures, flow.Definition{})
}

// read reads the definitions, and looks for what a bot of a file names.
func read(ctx context.Context, procedures *odoo.Procedures, file flow.Definition) (Snapshot, error) {
	var answer struct {
		Version   string
		Languages []string
		Tables    map[string][]map[string]any
		Fields    map[string]int64
		Types     []string
		Users     map[string]int64
		Teams     []map[string]any
		Found     found
	}
	wanted := askedBy(file)
	if err := procedures.Run(ctx, "catalog", wanted.args(), &answer); err != nil {
		return Snapshot{}, fmt.Errorf("reading the definitions: %w", err)
	}
	snapshot := Snapshot{Version: answer.Version, Languages: answer.Languages, Tokens: map[string]string{}}
	snapshot.known = known{fields: answer.Fields, types: answer.Types, users: answer.Users, apps: answer.Tables["app"]}
	snapshot.known.learn(wanted, answer.Found)
	snapshot.known.shared = sharedBy(answer.Tables)
	for _, values := range answer.Teams {
		snapshot.known.teams = append(snapshot.known.teams, rowOf(values))
	}
	for _, bot := range answer.Tables["bot"] {
		if token, _ := bot["x_token"].(string); token != "" {
			code, _ := bot["x_code"].(string)
			snapshot.Tokens[code] = strings.TrimSpace(token)
		}
		delete(bot, "x_token")
	}
	snapshot.Definitions = definitions(answer.Tables)
	return snapshot, nil
}

// Version asks only whether something has changed: it is that of a Snapshot as long as nothing has. It costs Odoo a few milliseconds.
func Version(ctx context.Context, procedures *odoo.Procedures) (string, error) {
	var answer struct{ Version string }
	if err := procedures.Run(ctx, "version", nil, &answer); err != nil {
		return "", fmt.Errorf("reading the version of the definitions: %w", err)
	}
	return answer.Version, nil
}

// Active tells whether a bot is to be run.
func Active(definition flow.Definition) bool { return definition.Bot().Bool("active") }

// Bot finds a definition by the bot's code. Where there is none, the error says so to people and names the codes that there are.
func (s Snapshot) Bot(code string) (flow.Definition, error) {
	codes := make([]string, len(s.Definitions))
	for i, definition := range s.Definitions {
		codes[i] = definition.Bot().Str("code")
		if codes[i] == code {
			return definition, nil
		}
	}
	if len(codes) == 0 {
		return flow.Definition{}, texts.NewError("catalog.no_bots", texts.Args{"code": code}, nil)
	}
	return flow.Definition{}, texts.NewError("catalog.no_such_bot", texts.Args{"code": code, "codes": strings.Join(codes, ", ")}, nil)
}

// File reads the contents of one file of a step; id is that of the row in the table media. found is false where the row has no file.
func File(ctx context.Context, procedures *odoo.Procedures, id int64) (data []byte, found bool, err error) {
	var answer struct {
		Found bool
		Data  string
	}
	if err := procedures.Run(ctx, "media", map[string]any{"id": id}, &answer); err != nil {
		return nil, false, fmt.Errorf("reading the file %d: %w", id, err)
	}
	if !answer.Found {
		return nil, false, nil
	}
	data, err = base64.StdEncoding.DecodeString(answer.Data)
	if err != nil {
		return nil, false, fmt.Errorf("reading the file %d: %w", id, err)
	}
	return data, true, nil
}

// Export reads a bot with its files, for botfile.Write.
func Export(ctx context.Context, procedures *odoo.Procedures, code string) (botfile.Bot, error) {
	snapshot, err := Read(ctx, procedures)
	if err != nil {
		return botfile.Bot{}, err
	}
	definition, err := snapshot.Bot(code)
	if err != nil {
		return botfile.Bot{}, err
	}
	bot := botfile.Bot{Definition: definition, Media: map[int64][]byte{}}
	for _, row := range definition.Tables["media"] {
		data, found, err := File(ctx, procedures, row.ID())
		if err != nil {
			return botfile.Bot{}, err
		}
		if found {
			bot.Media[row.ID()] = data
		}
	}
	return bot, nil
}

// definitions parts the tables by bot. A row belongs to the bot of its whole.
func definitions(tables map[string][]map[string]any) []flow.Definition {
	byBot := map[int64]*flow.Definition{}
	owners := map[string]map[int64]int64{} // the bot of each row, by table
	for _, model := range module.Models() {
		if !model.Definition || slices.Contains(shared, model.Table()) {
			continue
		}
		table, whole := model.Table(), module.Models()
		owners[table] = map[int64]int64{}
		for _, values := range tables[table] {
			row := rowOf(values)
			bot := row.ID()
			if model.Parent != "" {
				bot = owners[parentOf(model, whole)][row.Ref(strings.TrimPrefix(model.Parent, prefix))]
			}
			owners[table][row.ID()] = bot
			if byBot[bot] == nil && model.Parent == "" {
				byBot[bot] = &flow.Definition{Tables: map[string][]flow.Row{}}
			}
			if definition := byBot[bot]; definition != nil {
				definition.Tables[table] = append(definition.Tables[table], row)
			}
		}
	}
	list, all := make([]flow.Definition, 0, len(byBot)), sharedBy(tables)
	for _, bot := range slices.Sorted(maps.Keys(byBot)) {
		addNotifications(byBot[bot], all)
		addOutside(byBot[bot], tables)
		list = append(list, *byBot[bot])
	}
	return list
}

// parentOf is the table of the whole that a model's records are parts of.
func parentOf(model module.Model, all []module.Model) string {
	for _, field := range model.Fields {
		if field.Name != model.Parent {
			continue
		}
		for _, whole := range all {
			if whole.Name == field.Relation {
				return whole.Table()
			}
		}
	}
	return ""
}

// prefix is what Odoo demands of the names of manual fields.
const prefix = "x_"

// rowOf is a record as a definition has it: names without the prefix, and nothing that is empty.
func rowOf(values map[string]any) flow.Row {
	row := flow.Row{}
	for name, value := range values {
		if value = valueOf(value); value != nil {
			row[strings.TrimPrefix(name, prefix)] = value
		}
	}
	return row
}

func valueOf(value any) any {
	switch value := value.(type) {
	case string:
		if value != "" {
			return value
		}
	case bool:
		if value {
			return value
		}
	case int64:
		if value != 0 {
			return value
		}
	case float64:
		if value != 0 {
			return value
		}
	case []any:
		if ids := (flow.Row{"": value}).Refs(""); len(ids) > 0 {
			return ids
		}
	case map[string]any:
		byLang := flow.Texts{}
		for lang, text := range value {
			if text, _ := text.(string); text != "" {
				byLang[lang] = text
			}
		}
		if len(byLang) > 0 {
			return byLang
		}
	}
	return nil
}
