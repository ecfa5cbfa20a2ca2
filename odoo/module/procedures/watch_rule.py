CODE = (
    "env.cr.execute(\n"
    "    \"INSERT INTO x_krok_event (x_key, x_kind, x_model, x_res_id, x_watch_id)\"\n"
    "    \" SELECT 'watch/' || w.id || '/' || r || '/' || txid_current(), 'record', %s, r, w.id FROM x_krok_watch w, unnest(%s) r WHERE w.id = {watch}\"\n"
    "    \" ON CONFLICT (x_key) DO NOTHING\", ((records or record)._name, (records or record).ids))\n")


def rule_name(watch):
    return 'watch_rule_%d' % watch


def bound_rule(env, watch):
    data = env['ir.model.data'].sudo().search([('module', '=', 'krok'), ('name', '=', rule_name(watch))], limit=1)
    return env['base.automation'].sudo().with_context(active_test=False).browse(data.res_id if data else 0).exists()


# Up to 16 the server action that a rule is stays behind.
def drop_rule(env, rule):
    if rule:
        acts = rule.action_server_id if 'action_server_id' in rule._fields else None
        data = env['ir.model.data'].sudo().search([('model', '=', 'base.automation'), ('res_id', '=', rule.id), ('module', '=', 'krok')])
        rule.unlink()
        data.exists().unlink()
        if acts:
            acts.exists().unlink()


# Has Odoo apply a domain, as it does whenever somebody saves a record.
def applied(env, about):
    model, domain = about
    if None in named_fields(env, model, domain):
        return False
    records = env[model].sudo().with_context(active_test=False)
    records.search(domain, limit=1)
    records.search([], limit=20).filtered_domain(domain)
    return True


def read_domain(env, text):
    return fixed_domain(text)


# Gives the domains before and after a save, or None where Odoo could not take one of them as it is, at any save: then there is no rule, and
# krok tells the admin.
def watched_domains(env, watch):
    domains = []
    for text in [watch.x_before_domain if watch.x_trigger == 'update' else '', watch.x_domain]:
        domain = tried(env, read_domain, text, None)
        if domain is None or not tried(env, applied, (watch.x_model_id.model, domain), False):
            return None
        domains.append(domain)
    return domains


# The fields that the rule waits for: those of the domains, or else all that people change, and their buttons. So a save that changes nothing
# tells nothing.
def watched_fields(env, model, domains):
    named = set()
    for domain in domains:
        for leaf in conditions(domain):
            named.add(leaf[0].split('.')[0])
    fields = env['ir.model.fields'].sudo().search([('model', '=', model), ('store', '=', True)])
    found = fields.browse()
    changed = fields.browse()
    for field in fields:
        if field.name in named:
            found |= field
        elif is_changed(env, field):
            changed |= field
    return found or changed


def is_changed(env, field):
    if field.name in ('id', 'create_uid', 'create_date', 'write_uid', 'write_date') or field.name.startswith(('message_', 'activity_', 'access_')):
        return False
    known = env[field.model]._fields.get(field.name)
    return bool(known) and not (field.readonly and known.compute)


# A newer krok may have other code.
def keep_code(env, rule, code):
    acts = rule.action_server_ids if 'action_server_ids' in rule._fields else rule.action_server_id
    for act in env['ir.actions.server'].sudo().browse(acts.ids):
        if act.code != code:
            act.write({'code': code})


def bound_rules(env):
    data = env['ir.model.data'].sudo().search([('module', '=', 'krok'), ('name', '=like', 'watch\\_rule\\_%'), ('model', '=', 'base.automation')])
    return env['base.automation'].sudo().with_context(active_test=False).browse(data.mapped('res_id')).exists()


# A domain that is not as krok has written it names anything.
def is_named(env, rule, field):
    for text in [rule.filter_pre_domain, rule.filter_domain]:
        try:
            if field in named_fields(env, rule.model_id.model, fixed_domain(text)):
                return True
        except Exception:
            return True
    return False


# What passes while an event of a date rests is not told later.
def forget_look(env, watch):
    if not watch.x_active or watch.x_trigger != 'date':
        env.cr.execute('DELETE FROM x_krok_event WHERE x_key = %s', ('looked/%d' % watch.id,))


def keep_rule(env, watch):
    forget_look(env, watch)
    rule = bound_rule(env, watch.id)
    domains = None
    if watch.x_active and watch.x_trigger in ('create', 'update') and watch.x_model_id:
        domains = watched_domains(env, watch)
    if domains is None:
        drop_rule(env, rule)
        return
    before, after = domains
    if rule and rule.model_id != watch.x_model_id:
        drop_rule(env, rule)
        rule = rule.browse()
    update = watch.x_trigger == 'update'
    values = {
        'name': 'Krok: ' + watch.x_name, 'model_id': watch.x_model_id.id, 'trigger': 'on_write' if update else 'on_create', 'active': True,
        'filter_domain': str(after) if after else False, 'filter_pre_domain': str(before) if before else False,
        'trigger_field_ids': [(6, 0, watched_fields(env, watch.x_model_id.model, [before, after]).ids if update else [])],
    }
    code = CODE.replace('{watch}', str(watch.id))
    if rule:
        rule.write(values)
        keep_code(env, rule, code)
        return
    automations = env['base.automation'].sudo()
    if 'action_server_ids' in automations._fields:
        rule = automations.create(values)
        env['ir.actions.server'].sudo().create({  # not through the rule: 19 lets nobody do that for somebody else
            'name': values['name'], 'model_id': watch.x_model_id.id, 'state': 'code', 'code': code, 'usage': 'base_automation', 'base_automation_id': rule.id,
        })
    else:
        rule = automations.create(dict(values, state='code', code=code))
    env['ir.model.data'].sudo().create({'module': 'krok', 'name': rule_name(watch.id), 'model': 'base.automation', 'res_id': rule.id, 'noupdate': True})
