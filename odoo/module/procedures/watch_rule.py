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


# A domain that Odoo could not take as it is gives no rule: krok tells the admin.
def watched_domain(watch, field):
    text = (watch[field] or '').strip()
    if not text:
        return []
    try:
        return list(literal_of(watch, field, text))
    except Exception:
        return None


def first_names(domains):
    names = set()
    for domain in domains:
        for leaf in domain:
            if isinstance(leaf, (list, tuple)) and len(leaf) == 3 and isinstance(leaf[0], str):
                names.add(leaf[0].split('.')[0])
    return names


# The fields that the rule waits for: those of the domains, or else all that people change. So a save that changes nothing tells nothing.
def watched_fields(env, model, domains):
    named = first_names(domains)
    fields = env['ir.model.fields'].sudo().search([('model', '=', model), ('store', '=', True)])
    found = fields.browse()
    for field in fields:
        if field.name in named or (not named and not field.readonly and field.name not in ('id', 'create_uid', 'create_date', 'write_uid', 'write_date')):
            found |= field
    return found


def keep_rule(env, watch):
    before = watched_domain(watch, 'x_before_domain')
    after = watched_domain(watch, 'x_domain')
    rule = bound_rule(env, watch.id)
    if not watch.x_active or watch.x_trigger not in ('create', 'update') or not watch.x_model_id or before is None or after is None:
        drop_rule(env, rule)
        return
    if rule and rule.model_id != watch.x_model_id:
        drop_rule(env, rule)
        rule = rule.browse()
    update = watch.x_trigger == 'update'
    values = {
        'name': 'Krok: ' + watch.x_name, 'model_id': watch.x_model_id.id, 'trigger': 'on_write' if update else 'on_create', 'active': True,
        'filter_domain': str(after) if after else False, 'filter_pre_domain': str(before) if before and update else False,
        'trigger_field_ids': [(6, 0, watched_fields(env, watch.x_model_id.model, [before, after]).ids if update else [])],
    }
    code = CODE.replace('{watch}', str(watch.id))
    if rule:
        rule.write(values)
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
