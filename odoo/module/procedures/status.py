# Keeps what the process of krok says about a bot, writing only what is new. Arguments: bot; username, running_since (UTC), last_error,
# each only where it is told; problems: the whole list, each with level, step, field, name, remedy.
def keep_status(env, asked):
    values = {}
    for name in ['username', 'running_since', 'last_error']:
        if name in asked:
            values['x_' + name] = asked[name] or False
    if not values:
        return False
    status = env['x_krok_status'].sudo()
    found = status.search([('x_bot_id', '=', asked['bot'])], limit=1)
    if not found:
        values['x_bot_id'] = asked['bot']
        status.create(values)
        return True
    changed = {}
    for name in values:
        old = found[name] or False
        if name == 'x_running_since' and old:
            old = old.strftime('%Y-%m-%d %H:%M:%S')
        if old != values[name]:
            changed[name] = values[name]
    if changed:
        found.write(changed)
    return bool(changed)


def keep_problems(env, asked):
    if 'problems' not in asked:
        return False
    table = env['x_krok_problem'].sudo()
    there = {}
    for row in table.search([('x_bot_id', '=', asked['bot'])]):
        there.setdefault((row.x_level or '', row.x_step_id.id or 0, row.x_field or '', row.x_name or '', row.x_remedy or ''), []).append(row)
    new = []
    for one in asked['problems']:
        step = env['x_krok_step'].sudo().browse(one.get('step') or 0).exists().id or 0
        key = (one.get('level') or 'error', step, one.get('field') or '', one.get('name') or '', one.get('remedy') or '')
        if there.get(key):
            there[key].pop()
        else:
            new.append({'x_bot_id': asked['bot'], 'x_level': key[0], 'x_step_id': step or False, 'x_field': key[2], 'x_name': key[3], 'x_remedy': key[4]})
    old = table
    for rows in there.values():
        for row in rows:
            old += row
    old.unlink()
    table.create(new)
    return bool(old or new)


asked = env.context.get('krok') or {}
if env['x_krok_bot'].sudo().browse(asked.get('bot') or 0).exists():
    status_changed = keep_status(env, asked)
    problems_changed = keep_problems(env, asked)
    action = {'found': True, 'changed': status_changed or problems_changed}
else:
    action = {'found': False, 'changed': False}
