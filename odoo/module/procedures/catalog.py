# Answers the definitions of all bots in one call: a few reads a table and language, whatever their number.
# Rows hold the stored x_ fields as they are: ids of relations, texts of translated fields by language, no contents of files. Further tables
# tell of Odoo's own records that rows point to: field, tag, user, team and lead_tag. A tag of contacts is named as Odoo's forms show it, those
# that it stands below first. The table app has a row for each app that krok has a bridge to. Beside the tables: types, the types that a step can
# have here; fields, users and teams, all that a bot file may name.
# include tables
# include hash
# include askable
APPS_OF_TYPES = {'lead': 'crm'}


def texts_by_language(records, names, codes):
    result = {}
    for code in codes:
        for row in records.with_context(lang=code).read(names):
            for name in names:
                result.setdefault((row['id'], name), {})[code] = ''.join([row[name] or ''])
    return result


def plain(value, kind):
    if kind in ('char', 'text', 'html', 'selection'):
        return ''.join([value or ''])
    if kind in ('date', 'datetime'):
        return str(value) if value else ''
    if kind == 'many2one':
        return value or 0
    return value


def rows_of(records, codes):
    kinds = {}
    translated = []
    for name, field in records._fields.items():
        if name[:2] == 'x_' and field.store and not field.related and not field.compute and field.type not in ('one2many', 'binary'):
            if field.translate:
                translated.append(name)
            else:
                kinds[name] = field.type
    texts = texts_by_language(records, translated, codes)
    rows = []
    for row in records.read(list(kinds), load=''):
        values = {'id': row['id']}
        for name, kind in kinds.items():
            values[name] = plain(row[name], kind)
        for name in translated:
            values[name] = texts[(row['id'], name)]
        rows.append(values)
    return rows


def pointed_to(env, tables, kind, relation):
    # The ids of all records that a kind of relation of the definitions leads to.
    found = set()
    for table, name in TABLES:
        for field_name, field in env[name]._fields.items():
            if field.type == kind and field.comodel_name == relation and field.store:
                for row in tables[table]:
                    value = row.get(field_name)
                    if value:
                        found.update([value] if kind == 'many2one' else value)
    found.discard(0)
    return sorted(found)


def is_protected(row):
    for beginning in PROTECTED_BEGINNINGS:
        if row.name.startswith(beginning):
            return True
    return row.model != 'res.partner' or row.name in PROTECTED_NAMES


def problem_of(env, row, field):
    # Why a client cannot be asked for a field of their contact, in one word; empty where they can.
    if is_protected(row):
        return 'protected'
    if not field or not field.store:
        return 'not_stored'
    if field.readonly:
        return 'readonly'
    if field.type not in ASKABLE_TYPES:
        return 'type'
    if row.name not in env['res.partner'].fields_get([row.name], ['type']):
        return 'unreadable'
    if field.relational and not env['ir.model.access'].check(field.comodel_name, 'read', False):
        return 'unreadable'
    return ''


def contact_fields(env, ids, codes):
    records = env['ir.model.fields'].sudo().browse(ids).exists()
    labels = texts_by_language(records, ['field_description'], codes)
    rows = []
    for record in records:
        field = env[record.model]._fields.get(record.name) if record.model in env else None
        row = {'id': record.id, 'name': record.name, 'model': record.model, 'ttype': record.ttype, 'relation': record.relation or '',
               'label': labels[(record.id, 'field_description')], 'problem': problem_of(env, record, field), 'size': 0}
        if field and field.type == 'char':
            row['size'] = field.size or 0
        if field and field.type == 'float':
            digits = field.get_digits(env)
            row['digits'] = digits[1] if digits else 0
        rows.append(row)
    return rows


def name_with_parents(record):
    names = []
    while record:
        names.insert(0, record.name or '')
        record = record.parent_id
    return ' / '.join(names)


def contact_tags(env, ids, codes):
    rows = []
    for record in env['res.partner.category'].sudo().browse(ids).exists():
        names = {}
        for code in codes:
            names[code] = name_with_parents(record.with_context(lang=code))
        rows.append({'id': record.id, 'name': names})
    return rows


def named(env, model, ids, codes):
    # Records by their names in all languages, archived ones too.
    if model not in env:
        return []
    records = env[model].sudo().with_context(active_test=False).browse(ids).exists()
    names = texts_by_language(records, ['name'], codes)
    rows = []
    for record in records:
        row = {'id': record.id, 'name': names[(record.id, 'name')]}
        if 'active' in record._fields:
            row['active'] = record.active
        rows.append(row)
    return rows


def salespersons(env, ids):
    rows = []
    for record in env['res.users'].sudo().with_context(active_test=False).browse(ids).exists():
        rows.append({'id': record.id, 'name': record.login, 'active': record.active})
    return rows


def apps(env):
    # The apps whose bridge is there, with what is to be known of their settings. A setting of an app may be a group that all users have.
    rows = []
    if 'x_lead_type' in env['x_krok_step']._fields and 'crm.lead' in env:
        group = env.ref('crm.group_use_lead', raise_if_not_found=False)
        everybody = env.ref('base.group_user').sudo().implied_ids
        rows.append({'id': 1, 'name': 'crm', 'leads': bool(group) and group.id in everybody.ids})
    return rows


def types(env, apps):
    # On 14 a choice of an app that has gone stays for as long as a step has it.
    there = [app['name'] for app in apps]
    offered = []
    for one in env['x_krok_step']._fields['x_type'].get_values(env):
        if APPS_OF_TYPES.get(one) in there or one not in APPS_OF_TYPES:
            offered.append(one)
    return offered


def add_countries(env, rows):
    # Where a number without a country's code is at home: with the company of the bot, else of whoever asks.
    for row in rows:
        company = env['res.company'].sudo().browse(row['x_company_id'] or env.user.company_id.id)
        row['country'] = company.country_id.code or ''


def add_files(env, rows):
    files = env['ir.attachment'].sudo().search_read(
        [('res_model', '=', 'x_krok_media'), ('res_field', '=', 'x_file'), ('res_id', '!=', 0)], ['res_id', 'checksum', 'file_size', 'mimetype'])
    by_id = {}
    for one in files:
        by_id[one['res_id']] = one
    for row in rows:
        found = by_id.get(row['id'], {})
        row['checksum'] = found.get('checksum') or ''
        row['size'] = found.get('file_size') or 0
        row['mimetype'] = found.get('mimetype') or ''


env['x_krok_bot'].sudo().flush() if 'ir.translation' in env else env.flush_all()
codes = [one[0] for one in env['res.lang'].sudo().get_installed()]
answer = {'version': version_of(env, [name for table, name in TABLES] + ['x_krok_procedure']), 'languages': codes, 'tables': {}}
for table, name in TABLES:
    records = env[name].sudo().with_context(active_test=False).search([], order='id')
    answer['tables'][table] = rows_of(records.with_context(active_test=True), codes)  # archived tags are none, as in the form
add_files(env, answer['tables']['media'])
add_countries(env, answer['tables']['bot'])
answer['tables']['field'] = contact_fields(env, pointed_to(env, answer['tables'], 'many2one', 'ir.model.fields'), codes)
answer['tables']['user'] = salespersons(env, pointed_to(env, answer['tables'], 'many2one', 'res.users'))
answer['tables']['team'] = named(env, 'crm.team', pointed_to(env, answer['tables'], 'many2one', 'crm.team'), codes)
answer['tables']['lead_tag'] = named(env, 'crm.tag', pointed_to(env, answer['tables'], 'many2many', 'crm.tag'), codes)
answer['tables']['app'] = apps(env)
answer['types'] = types(env, answer['tables']['app'])
answer['users'] = {}
answer['teams'] = []
if answer['tables']['app']:
    for found in env['res.users'].sudo().with_context(active_test=False).search_read([('share', '=', False)], ['login']):
        answer['users'][found['login']] = found['id']
    answer['teams'] = named(env, 'crm.team', env['crm.team'].sudo().with_context(active_test=False).search([], order='active desc, id').ids, codes)
answer['fields'] = {}
for found in env['ir.model.fields'].sudo().search_read([('model', '=', 'res.partner')], ['name']):
    answer['fields'][found['name']] = found['id']
answer['tables']['tag'] = contact_tags(env, pointed_to(env, answer['tables'], 'many2many', 'res.partner.category'), codes)
action = answer
