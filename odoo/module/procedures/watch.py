# Tells what has changed and what has happened, in one call a second. Arguments: done (ids of events that are safe in Krok's inboxes, which are
# forgotten), now (UTC as text, for tests; '' is the server's time), most (events at a time). Answer: version (see version), events: id,
# watch, bot, record, chats (ids in Telegram) and unreachable, how many it concerns without a chat; more: there are further events.
# include tables
# include hash
# include tidy
# include fixed_domain
# include value_text
# include tried
# include watch_dates
def chats_of(env, bot, partners):
    env.cr.execute(
        "SELECT x_telegram_id FROM x_krok_chat WHERE x_bot_id = %s AND x_partner_id IN %s AND x_state = 'open' ORDER BY id", (bot, tuple(partners)))
    return [row[0] for row in env.cr.fetchall()]


# Whom a record concerns, with the rights of the user of Krok.
def recipients(env, about):
    watch, record = about
    found = env[watch.x_model_id.model].with_context(active_test=False, allowed_company_ids=env.user.company_ids.ids, prefetch_fields=False)
    found = found.search([('id', '=', record)])
    name = watch.x_recipient_field_id.name
    of = found[name] if name else found
    if of._name == 'res.users':
        of = of.sudo().mapped('partner_id')
    return of.ids if of._name == 'res.partner' else []


def happened(env, most):
    env.cr.execute(
        "DELETE FROM x_krok_event e USING x_krok_watch w WHERE e.x_watch_id = w.id AND e.x_kind = 'record' AND w.x_active IS NOT TRUE")
    env.cr.execute("SELECT id, x_watch_id, x_res_id FROM x_krok_event WHERE x_kind = 'record' AND x_watch_id IS NOT NULL ORDER BY id LIMIT %s", (most + 1,))
    rows = env.cr.fetchall()
    events = []
    for event, watch_id, record in rows[:most]:
        watch = env['x_krok_watch'].sudo().browse(watch_id)
        partners = tried(env, recipients, (watch, record), [])  # what he may not read, or what has gone, concerns nobody
        chats = chats_of(env, watch.x_bot_id.id, partners) if partners else []
        events.append({'id': event, 'watch': watch_id, 'bot': watch.x_bot_id.id, 'record': record, 'chats': chats, 'unreachable': 0 if chats else 1})
    return events, len(rows) > most


asked = env.context.get('krok') or {}
if asked.get('done'):
    env.cr.execute("DELETE FROM x_krok_event WHERE x_kind = 'record' AND id IN %s", (tuple(asked['done']),))
tidy(env)
env['x_krok_bot'].sudo().flush() if 'ir.translation' in env else env.flush_all()
look_at_dates(env, asked.get('now') or '')
events, more = happened(env, min(asked.get('most') or 200, 1000))
action = {'version': version_of(env, [name for table, name in TABLES] + ['x_krok_procedure']), 'events': events, 'more': more}
