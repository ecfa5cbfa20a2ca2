package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/krokbot/krok/config"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/rpc"
)

// installCommand brings the module into an Odoo and makes the user that krok runs as.
func (a *app) installCommand() *cobra.Command {
	var options module.Options
	command := a.command("install", func(cmd *cobra.Command, _ []string) error { return a.install(cmd, options) })
	command.Flags().StringVar(&options.ServiceLogin, "service-login", "krok", a.say("cmd.flag_service_login", nil))
	command.Flags().BoolVar(&options.RotateKey, "rotate-key", false, a.say("cmd.flag_rotate_key", nil))
	command.Flags().BoolVarP(&a.yes, "yes", "y", false, a.say("cmd.flag_yes", nil))
	return command
}

func (a *app) install(cmd *cobra.Command, options module.Options) error {
	ctx := cmd.Context()
	client, err := a.odoo(cmd)
	if err != nil {
		return err
	}
	file, _ := config.File(cmd.Flags(), a.environ)
	options.NeedKey = !a.keyWorks(ctx, cmd, client, options.ServiceLogin)
	plan, err := module.NewPlan(ctx, client, options)
	if err != nil {
		return err
	}
	if plan.Nothing() {
		fmt.Fprintln(a.Out, a.say("install.plan_nothing", texts.Args{"version": module.Version}))
		return nil
	}
	a.showPlan(client, plan, options)
	if err := a.agree(ctx); err != nil {
		return err
	}
	done, err := module.Install(ctx, client, plan, options, a.step)
	if done.Key != "" {
		after, stop := afterwards(ctx)
		defer stop()
		if saved := a.saveKey(after, client, file, done); saved != nil {
			return saved
		}
	}
	if err != nil {
		return err
	}
	if options.RotateKey {
		if err := module.DropOldKeys(ctx, client, options); err != nil {
			return err
		}
		fmt.Fprintln(a.Out, a.say("install.rotated", texts.Args{"file": file}))
		return nil
	}
	fmt.Fprintln(a.Out, a.say("install.done", texts.Args{"version": module.Version, "file": file}))
	return nil
}

// keyWorks tells whether the settings file already holds a key of the service user that Odoo accepts.
func (a *app) keyWorks(ctx context.Context, cmd *cobra.Command, client *rpc.Client, login string) bool {
	path, _ := config.File(cmd.Flags(), a.environ)
	settings, err := config.Load(nil, []string{"KROK_CONFIG=" + path}) // without the flags and environment of this call: they are the administrator's
	if err != nil || settings.OdooLogin != login || settings.OdooKey == "" || strings.TrimSuffix(settings.OdooURL, "/") != client.URL() {
		return false
	}
	settings.OdooDB = client.DB()
	service, err := rpc.Open(ctx, odooConfig(settings))
	if err != nil {
		return false
	}
	service.Close()
	return true
}

// saveKey tries the new key and writes it, with where it is good for, to the settings file.
func (a *app) saveKey(ctx context.Context, client *rpc.Client, file string, done module.Installed) error {
	service, err := rpc.Open(ctx, rpc.Config{URL: client.URL(), DB: client.DB(), Login: done.Login, Key: done.Key})
	if err != nil {
		return err
	}
	service.Close()
	err = config.Save(file, map[string]string{
		"odoo_url": client.URL(), "odoo_db": client.DB(), "odoo_login": done.Login, "odoo_key": done.Key,
	})
	if err != nil {
		return texts.NewError("install.key_by_hand", texts.Args{"cause": err}, err)
	}
	return nil
}

func (a *app) showPlan(client *rpc.Client, plan module.Plan, options module.Options) {
	args := texts.Args{
		"version": plan.Version, "installed": strings.TrimPrefix(plan.Installed, fmt.Sprintf("%d.0.", client.Version().Major)), "odoo": client.Version().Text, "url": client.URL(), "db": client.DB(),
		"apps": strings.Join(plan.Apps, ", "), "bridges": strings.Join(plan.Bridges, ", "), "languages": strings.Join(plan.Languages, ", "), "login": options.ServiceLogin,
	}
	fmt.Fprintln(a.Out, a.say("install.plan_title", args))
	for _, line := range []struct {
		key  string
		show bool
	}{
		{"plan_apps", len(plan.Apps) > 0},
		{"plan_new", plan.Import && plan.Installed == ""},
		{"plan_upgrade", plan.Import && plan.Installed != "" && !plan.Resume},
		{"plan_resume", plan.Import && plan.Resume},
		{"plan_bridges", len(plan.Bridges) > 0},
		{"plan_languages", plan.Import || len(plan.Bridges) > 0},
		{"plan_user", plan.MakeUser},
		{"plan_rights", plan.GiveRights},
		{"plan_key", plan.MakeKey},
	} {
		if line.show {
			fmt.Fprintln(a.Out, "  - "+a.say("install."+line.key, args))
		}
	}
}

func (a *app) step(key string) { fmt.Fprintln(a.Err, "  … "+a.say(key, nil)) }

// uninstallCommand removes the module and all that came with it.
func (a *app) uninstallCommand() *cobra.Command {
	keepData := false
	command := a.command("uninstall", func(cmd *cobra.Command, _ []string) error { return a.uninstall(cmd, keepData) })
	command.Flags().BoolVar(&keepData, "keep-data", false, a.say("cmd.flag_keep_data", nil))
	command.Flags().BoolVarP(&a.yes, "yes", "y", false, a.say("cmd.flag_yes", nil))
	return command
}

func (a *app) uninstall(cmd *cobra.Command, keepData bool) error {
	ctx := cmd.Context()
	client, err := a.odoo(cmd)
	if err != nil {
		return err
	}
	removal, err := module.PlanRemoval(ctx, client)
	if err != nil {
		return err
	}
	if removal.Nothing() {
		fmt.Fprintln(a.Out, a.say("install.remove_nothing", nil))
		return nil
	}
	if len(removal.Blocking) > 0 {
		fmt.Fprintln(a.Err, a.say("install.remove_blocked", nil))
		for _, line := range removal.Blocking {
			fmt.Fprintln(a.Err, "  - "+line)
		}
		return errSaid
	}
	a.showRemoval(client, removal, keepData)
	if err := a.agree(ctx); err != nil {
		return err
	}
	if err := module.Uninstall(ctx, client, keepData, a.step); err != nil {
		return err
	}
	fmt.Fprintln(a.Out, a.say("install.remove_done", nil))
	return nil
}

func (a *app) showRemoval(client *rpc.Client, removal module.Removal, keepData bool) {
	fmt.Fprintln(a.Out, a.say("install.remove_title", texts.Args{"url": client.URL(), "db": client.DB()}))
	fmt.Fprintln(a.Out, "  - "+a.say("install.remove_records", texts.Args{"n": removal.Records}))
	if !keepData {
		for _, model := range removal.Models {
			fmt.Fprintln(a.Out, "  - "+a.say("install.remove_model", texts.Args{"model": model.Model, "name": model.Name, "n": model.Records}))
		}
	}
	if removal.User != "" {
		fmt.Fprintln(a.Out, "  - "+a.say("install.remove_user", texts.Args{"login": removal.User}))
	}
	if keepData {
		fmt.Fprintln(a.Out, a.say("install.remove_keep", nil))
	}
	fmt.Fprintln(a.Out, a.say("install.remove_stays", nil))
}

// moduleCommand writes the module as a file, for an admin who would rather upload it by hand.
func (a *app) moduleCommand() *cobra.Command {
	output, addon, series := "", "krok", 0
	command := a.command("module", func(cmd *cobra.Command, _ []string) error {
		chosen, err := module.AddonNamed(addon)
		if err != nil {
			return misused{texts.NewError("cmd.no_addon", texts.Args{"addon": addon, "addons": strings.Join(addonNames(), ", ")}, err)}
		}
		if series == 0 {
			client, err := a.odoo(cmd)
			if err != nil {
				return err
			}
			series = client.Version().Major
		}
		zip, err := chosen.Zip(series)
		if err != nil {
			return misused{texts.NewError("cmd.no_series", texts.Args{"series": series}, err)}
		}
		file := cmp.Or(output, chosen.Name+".zip")
		if err := writeFile(file, zip); err != nil {
			return err
		}
		fmt.Fprintln(a.Out, a.say("install.written", texts.Args{"addon": chosen.Name, "odoo": series, "file": filepath.Clean(file)}))
		return nil
	})
	command.Flags().StringVarP(&output, "output", "o", output, a.say("cmd.flag_output", nil))
	command.Flags().StringVar(&addon, "addon", addon, a.say("cmd.flag_addon", texts.Args{"addons": strings.Join(addonNames(), ", ")}))
	command.Flags().IntVar(&series, "series", 0, a.say("cmd.flag_series", nil))
	return command
}

func addonNames() []string {
	var names []string
	for _, addon := range module.Addons() {
		names = append(names, addon.Name)
	}
	return names
}
