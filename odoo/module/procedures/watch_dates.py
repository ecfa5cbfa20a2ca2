# Once a minute looks for records whose date has passed since the last look, for external events that wait for a date: Odoo's own scheduler
# may be hours late. How far it has looked stands in a row of its own, which is locked meanwhile: of two that look at the same time the second
# cannot serialize, Odoo runs it again, and it has nothing to do.
PAUSE = 60  # seconds


def looked_until(env, watch, now):
    env.cr.execute("SELECT x_payload FROM x_krok_event WHERE x_key = %s", ('looked/%d' % watch.id,))
    row = env.cr.fetchone()
    if row:
        return datetime.datetime.strptime(row[0], '%Y-%m-%d %H:%M:%S')
    note_look(env, watch, now)
    return None


def note_look(env, watch, now):
    env.cr.execute(
        "INSERT INTO x_krok_event (x_key, x_kind, x_watch_id, x_payload) VALUES (%s, 'looked', %s, %s)"
        " ON CONFLICT (x_key) DO UPDATE SET x_payload = EXCLUDED.x_payload", ('looked/%d' % watch.id, watch.id, now.strftime('%Y-%m-%d %H:%M:%S')))


def offset_of(watch):
    count = watch.x_date_offset or 0
    seconds = {'minutes': 60, 'hours': 3600, 'days': 86400}.get(watch.x_date_unit, 86400)
    return datetime.timedelta(seconds=count * seconds)


# A day begins with the clock of the bot.
def local_day(watch, moment):
    return timezone('UTC').localize(moment).astimezone(zone_of(watch.x_bot_id.x_tz or 'UTC')).strftime('%Y-%m-%d')


def passed_domain(watch, field, since, now):
    if field.type == 'date':
        return [(field.name, '>', local_day(watch, since - offset_of(watch))), (field.name, '<=', local_day(watch, now - offset_of(watch)))]
    return [(field.name, '>', (since - offset_of(watch)).strftime('%Y-%m-%d %H:%M:%S')), (field.name, '<=', (now - offset_of(watch)).strftime('%Y-%m-%d %H:%M:%S'))]


def note_passed(env, look):
    watch, since, now = look
    model = env[watch.x_model_id.model].with_context(allowed_company_ids=env.user.company_ids.ids, prefetch_fields=False)
    field = model._fields[watch.x_date_field_id.name]
    domain = fixed_domain(watch.x_domain)
    for record in model.search(domain + passed_domain(watch, field, since, now)):
        env.cr.execute(
            "INSERT INTO x_krok_event (x_key, x_kind, x_model, x_res_id, x_watch_id) VALUES (%s, 'record', %s, %s, %s) ON CONFLICT (x_key) DO NOTHING",
            ('watch/%d/%d/%s' % (watch.id, record.id, record[field.name]), model._name, record.id, watch.id))
    return True


def look_at_dates(env, now):
    now = datetime.datetime.strptime(now, '%Y-%m-%d %H:%M:%S') if now else datetime.datetime.utcnow().replace(microsecond=0)
    for watch in env['x_krok_watch'].sudo().search([('x_trigger', '=', 'date'), ('x_active', '=', True)]):
        if not watch.x_date_field_id or watch.x_model_id.model not in env or watch.x_date_field_id.name not in env[watch.x_model_id.model]._fields:
            continue
        since = looked_until(env, watch, now)
        if since and (now - since).total_seconds() >= PAUSE:
            note_look(env, watch, now)
            tried(env, note_passed, (watch, since, now), False)  # what makes no sense has nothing to tell: the admin sees it as a problem
