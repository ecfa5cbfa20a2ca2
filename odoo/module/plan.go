package module

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/rpc"
)

// Apps are Odoo's own apps that krok rests on. They are installed where they are missing, and stay when krok goes.
func Apps() []string { return []string{"base_import_module", "base_automation", "contacts"} }

// Options say how an install is to be done.
type Options struct {
	// ServiceLogin is the login of the user that krok runs as; empty is "krok". One that does not exist is made.
	ServiceLogin string
	// NeedKey: an API key for the service user is made, because the owner has none that works.
	NeedKey bool
	// RotateKey: a new key is made, and the older ones are removed once it has worked.
	RotateKey bool
}

func (o Options) login() string {
	if o.ServiceLogin == "" {
		return "krok"
	}
	return o.ServiceLogin
}

// Plan is what an install would do. It is made by looking only.
type Plan struct {
	Version   string   // of this krok's module
	Installed string   // of the module that is there; empty: none
	Apps      []string // of Odoo's own, that are to be installed
	Import    bool     // the module is brought in, or brought in again
	Resume    bool     // an earlier run did not get to its end
	Bridges   []string // addons for apps that are there, which are brought in, or brought in again
	Languages []string // codes whose labels are to be loaded
	MakeUser  bool     // the service user is made
	// GiveRights: the service user is there, and gets groups that it lacks.
	GiveRights bool
	MakeKey    bool

	marks map[string]string // of the finished addons with these languages, by their names
}

// Nothing tells that everything is there already.
func (p Plan) Nothing() bool {
	return len(p.Apps) == 0 && !p.Import && len(p.Bridges) == 0 && !p.MakeUser && !p.GiveRights && !p.MakeKey
}

// NewPlan looks at what there is. It changes nothing. Its error says which right is missing, where one is.
func NewPlan(ctx context.Context, client *rpc.Client, options Options) (plan Plan, err error) {
	err = patiently(ctx, func() error {
		plan, err = look(ctx, client, options)
		return err
	})
	return plan, err
}

func look(ctx context.Context, client *rpc.Client, options Options) (Plan, error) {
	if err := mayInstall(ctx, client); err != nil {
		return Plan{}, err
	}
	plan := Plan{Version: Version, MakeKey: options.NeedKey || options.RotateKey}
	modules, err := client.SearchRead(ctx, "ir.module.module", []any{[]any{"name", "in", modulesOfInterest()}},
		[]string{"name", "state", "latest_version"})
	if err != nil {
		return Plan{}, err
	}
	states := map[string]string{}
	for _, row := range modules {
		states[row.Str("name")] = row.Str("state")
		if row.Str("name") == core && row.Str("state") != "uninstalled" {
			plan.Installed = row.Str("latest_version")
		}
	}
	for _, app := range Apps() {
		switch states[app] {
		case "installed":
		case "":
			return Plan{}, texts.NewError("install.no_app", texts.Args{"app": app}, nil)
		default:
			plan.Apps = append(plan.Apps, app)
		}
	}
	if plan.Languages, err = languages(ctx, client); err != nil {
		return Plan{}, err
	}
	return plan.compare(ctx, client, options, states)
}

// modulesOfInterest are those that an install looks for: Odoo's own that krok rests on, krok's addons, and the apps of the bridges.
func modulesOfInterest() []string {
	names := append(Apps(), addonNames()...)
	for _, a := range Addons() {
		if a.bridge() {
			names = append(names, a.App)
		}
	}
	return names
}

// compare finds out whether the addons that are there are those to have, whole. states are those of modules by name.
func (p Plan) compare(ctx context.Context, client *rpc.Client, options Options, states map[string]string) (Plan, error) {
	kept, whole, err := p.keptMarks(ctx, client)
	if err != nil {
		return Plan{}, err
	}
	p.marks = map[string]string{}
	for _, a := range Addons() {
		if a.bridge() && states[a.App] != installed {
			continue
		}
		if p.marks[a.Name], err = a.mark(client.Version().Major, p.Languages); err != nil {
			return Plan{}, err
		}
		same := states[a.Name] == installed && kept[a.markName()] == p.marks[a.Name]
		switch {
		case !a.bridge():
			p.Import = !same
			p.Resume = p.Installed != "" && (!whole || kept[a.markName()] == "")
		case p.Import || !same:
			p.Bridges = append(p.Bridges, a.Name)
		}
	}
	i := installer{client: client, options: options, major: client.Version().Major}
	user, missing, err := i.findServiceUser(ctx)
	if err != nil {
		return Plan{}, err
	}
	p.MakeUser = user == 0
	p.GiveRights = user != 0 && (len(missing) > 0 || p.Installed == "")
	p.MakeKey = p.MakeKey || p.MakeUser
	return p, nil
}

// installed is the state of a module that is there.
const installed = "installed"

// keptMarks reads what earlier installs noted at their end, by the names of the rows. whole is false where krok itself is there by half.
func (p Plan) keptMarks(ctx context.Context, client *rpc.Client) (kept map[string]string, whole bool, err error) {
	kept = map[string]string{}
	if p.Installed == "" {
		return kept, true, nil
	}
	rows, err := client.SearchRead(ctx, "x_krok_procedure", []any{[]any{"x_name", "in", markNames()}}, []string{"x_name", "x_version"})
	if rpc.IsKind(err, notWhole...) {
		return kept, false, nil
	}
	for _, row := range rows {
		kept[row.Str("x_name")] = row.Str("x_version")
	}
	return kept, true, err
}

// notWhole are the errors by which a model that is there by half is known.
var notWhole = []rpc.Kind{rpc.KindUnknownModel, rpc.KindAccess, rpc.KindPython}

// markName is the row of x_krok_procedure whose version tells that an install of the addon got to its end, and of what.
func (a Addon) markName() string {
	if a.bridge() {
		return a.Name
	}
	return "module"
}

func markNames() []string {
	var names []string
	for _, a := range Addons() {
		names = append(names, a.markName())
	}
	return names
}

// mark names the contents of the addon for an Odoo series, with the languages whose labels were loaded.
func (a Addon) mark(major int, langs []string) (string, error) {
	zip, err := a.Zip(major)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(zip)
	return Version + "/" + hex.EncodeToString(sum[:8]) + "/" + strings.Join(langs, ","), nil
}

func languages(ctx context.Context, client *rpc.Client) ([]string, error) {
	rows, err := client.SearchRead(ctx, "res.lang", []any{[]any{"active", "=", true}}, []string{"code"})
	if err != nil {
		return nil, err
	}
	codes := make([]string, len(rows))
	for i, row := range rows {
		codes[i] = row.Str("code")
	}
	slices.Sort(codes)
	return codes, nil
}

// mayInstall refuses whoever is no administrator, and Odoos that krok does not know.
func mayInstall(ctx context.Context, client *rpc.Client) error {
	major := client.Version().Major
	if major < 14 || major > 19 {
		return texts.NewError("install.version", texts.Args{"version": client.Version().Text}, nil)
	}
	for _, group := range []string{"base.group_system", "base.group_erp_manager"} {
		has, err := hasGroup(ctx, client, group)
		if err != nil {
			return err
		}
		if !has {
			return texts.NewError("install.no_right", texts.Args{"login": client.Login(), "group": group}, nil)
		}
	}
	return nil
}

// hasGroup asks for the caller's own group. From 18 on the method belongs to a record.
func hasGroup(ctx context.Context, client *rpc.Client, group string) (bool, error) {
	var ids []int64
	if client.Version().Major >= 18 {
		ids = []int64{client.UID()}
	}
	answer, err := client.Call(ctx, "res.users", "has_group", ids, rpc.Args{"group_ext_id": group})
	if err != nil {
		return false, err
	}
	has, _ := answer.(bool)
	return has, nil
}
