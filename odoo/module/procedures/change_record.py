# Changes a record for a client: sets a field, or runs a server action on it. Arguments: levels (see scope), record; field and value (a text),
# or action (an id); telegram_id, source, note_lang, lang, tz, truth. Answer: gone, where the record is out of reach (then nothing is
# done); changed; name. A test chat has it carried out and rolled back.
# include scope
LARGEST = {'integer': 2 ** 31 - 1, 'float': 10 ** 15, 'monetary': 10 ** 15}
TRUTH = {'true': True, '1': True, 'yes': True, 'так': True, '': False, 'false': False, '0': False, 'no': False, 'ні': False}


def unfit(field, text):
    raise UserError('records.bad_value: %s = %s' % (field.name, text))


def number_for(field, text):
    try:
        number = int(text) if field.type == 'integer' else float(text.replace(',', '.'))
        return number if -LARGEST[field.type] <= number <= LARGEST[field.type] else unfit(field, text)
    except Exception:
        unfit(field, text)


# A day, with its time by the clock of the bot.
def time_for(field, text, zone):
    for pattern in ['%Y-%m-%d'] if field.type == 'date' else ['%Y-%m-%d', '%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M:%S']:
        try:
            moment = datetime.datetime.strptime(text, pattern)
            return moment.date() if field.type == 'date' else zone_of(zone).localize(moment).astimezone(timezone('UTC')).replace(tzinfo=None)
        except Exception:
            continue
    unfit(field, text)


def related_for(record, field, text):
    model = record.env[field.comodel_name]
    if text.isdigit():
        found = model.search([('id', '=', int(text))])
    else:
        found = model.browse([one[0] for one in model.name_search(text, [], '=', 2)])
    if len(found) != 1:
        unfit(field, text)
    return found.id


def value_for(record, name, text, zone):
    field = record._fields.get(name)
    if not field or field.type in ('one2many', 'many2many', 'binary') or (field.readonly and not field.store):
        raise UserError('records.bad_value: %s' % name)
    if field.type == 'boolean':
        return TRUTH[text.strip().lower()] if text.strip().lower() in TRUTH else unfit(field, text)
    if not text:
        return False
    if field.type in ('integer', 'float', 'monetary'):
        return number_for(field, text.strip())
    if field.type in ('date', 'datetime'):
        return time_for(field, text.strip(), zone)
    if field.type == 'many2one':
        return related_for(record, field, text.strip())
    if field.type == 'selection' and text not in [str(pair[0]) for pair in field._description_selection(record.env)]:
        unfit(field, text)
    return text


def note_change(env, record, args, lines):
    if 'message_ids' in record._fields:
        leave_note(record.with_context(lang=active_lang(env, args.get('note_lang'))), args['source'], lines)


def set_field(env, record, args):
    code = active_lang(env, args.get('note_lang'))
    shown = record.with_context(lang=code, tz=args.get('tz') or 'UTC')
    name = args['field']
    value = value_for(record, name, args.get('value') or '', args.get('tz') or 'UTC')
    before = value_text(env, args, code, shown, name)
    record.write({name: value})
    after = value_text(env, args, code, shown, name)
    if before != after:
        label = shown.fields_get([name], ['string'])[name]['string']
        note_change(env, record, args, [label + ': ' + (before or '–') + ' → ' + (after or '–')])
    return before != after


def run_on(env, record, args):
    act = env['ir.actions.server'].browse(args['action'])
    known = act.sudo().exists()
    if not known or known.model_id.model != record._name:
        raise UserError('records.bad_action: %s' % args['action'])
    title = known.with_context(lang=active_lang(env, args.get('note_lang'))).name
    act.with_context(active_model=record._name, active_id=record.id, active_ids=record.ids, krok=None).run()
    left = record.exists()
    if left:
        note_change(env, left, args, [title])
    return True


def change_record(env, args):
    found = record_within(env, args['levels'], args['record'])
    if found:
        env.cr.execute('SELECT id FROM "' + found._table + '" WHERE id = %s FOR UPDATE', (found.id,))
        found = record_within(env, args['levels'], args['record'])
    if not found:
        return {'gone': True, 'changed': False, 'name': ''}
    record = found.with_context(prefetch_fields=True)
    name = record.with_context(lang=active_lang(env, args.get('lang'))).display_name or ''
    rehearsal = args['telegram_id'].startswith('test:')
    if rehearsal:
        flush_all(env)
        env.cr.execute('SAVEPOINT krok_change')
    changed = run_on(env, record, args) if args.get('action') else set_field(env, record, args)
    if rehearsal:
        flush_all(env)
        env.clear()
        env.cr.execute('ROLLBACK TO SAVEPOINT krok_change')
        env.cr.execute('RELEASE SAVEPOINT krok_change')
        forget_cached(env)
    return {'gone': False, 'changed': changed, 'name': name}
