# Lists records as people read them. Arguments: levels (see scope), record (this one alone; 0: all), order, offset, limit (0: 100 at most),
# paths (fields, also behind relations: "partner_id.name"), lang, tz, truth. Answer: gone, total, records: id, name, and for each path a
# value: text, html (the text is HTML), image (the checksum of a picture).
# include value_text
# include scope
# include named_fields
NOTHING = {'text': '', 'html': False, 'image': ''}


def picture(record, name):
    value = record[name]
    if not value:
        return dict(NOTHING)
    record.env.cr.execute('SELECT md5(%s)', (value if isinstance(value, str) else value.decode(),))
    return dict(NOTHING, image=record.env.cr.fetchone()[0])


def last_value(env, asked, code, records, name):
    if name not in records._fields or not may_read(records, name):
        return dict(NOTHING)
    kind = records._fields[name].type
    if len(records) == 1 and kind == 'binary':
        return picture(records, name)
    if len(records) == 1 and kind == 'html':
        return dict(NOTHING, text=''.join([records[name] or '']), html=bool(records[name]))
    texts = []
    for one in records:
        texts.append(value_text(env, asked, code, one, name))
    return dict(NOTHING, text=', '.join(texts))


def value_of(env, asked, code, record, path):
    names = path.split('.')
    for name in names[:-1]:
        if name not in record._fields or not record._fields[name].relational or not may_read(record, name):
            return dict(NOTHING)
        record = record[name]
    return last_value(env, asked, code, record, names[-1])


# A field that the user of Krok may not read says nothing.
def readable_value(env, asked, code, record, path):
    try:
        return value_of(env, asked, code, record, path)
    except UserError:
        return dict(NOTHING)


# Odoo's own words for these are a traceback.
def check_question(env, asked, scope):
    name = scope['model']._name
    if None in named_fields(env, name, scope['domain']):
        raise UserError('records.bad_domain: %s' % name)
    for part in (asked.get('order') or '').split(','):
        words = part.split()
        if words and words[0].split('.')[0] not in scope['model']._fields:
            raise UserError('records.bad_order: %s' % words[0])


def list_records(env, asked, scope):
    check_question(env, asked, scope)
    code = active_lang(env, asked.get('lang'))
    model = scope['model'].with_context(lang=code, tz=asked.get('tz') or 'UTC')
    domain = scope['domain'] + ([('id', '=', asked['record'])] if asked.get('record') else [])
    found = model.search(domain, offset=max(asked.get('offset') or 0, 0), limit=min(asked.get('limit') or 100, 100), order=asked.get('order') or None)
    rows = []
    for record in found:
        values = []
        for path in asked.get('paths') or []:
            values.append(readable_value(env, asked, code, record, path))
        rows.append({'id': record.id, 'name': record.display_name or '', 'values': values})
    return {'gone': False, 'total': model.search_count(domain), 'records': rows}


asked = env.context.get('krok') or {}
scope = scope_of(env, asked['levels'])
action = list_records(env, asked, scope) if scope else {'gone': True, 'total': 0, 'records': []}
