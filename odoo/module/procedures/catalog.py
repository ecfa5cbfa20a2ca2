# Answers the definitions of all bots in one call: a few reads a table and language, whatever their number.
# Rows hold the stored x_ fields as they are: ids of relations, texts of translated fields by language, no contents of files. Further tables
# tell of Odoo's own records that rows point to: field, tag, action, user, team and lead_tag. A tag of contacts is named as Odoo's forms show it,
# those that it stands below first. The table app has a row for each app that krok has a bridge to. Beside the tables: types, the types that a
# step can have here; fields, users and teams, all that a bot file may name. Models, fields of other models and server actions are too many for
# that: the arguments models, paths ([model, "partner_id.name"]) and actions ([model, external id or English name]) name those that a file needs,
# and `found` answers each in the same order.
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


def shown_problem(env, row, field):
    # Why a notification cannot show a field, in one word; empty where it can. Only this field is asked for: others of the model may be broken.
    if not field:
        return 'gone'
    if not env['ir.model.access'].check(row.model, 'read', False) or row.name not in env[row.model].fields_get([row.name], ['type']):
        return 'unreadable'
    return ''


def fields_of(env, ids, asked_for, codes):
    # Fields that rows point to. One that steps ask for and that notifications show has a problem in each of its uses, or in one of them.
    records = env['ir.model.fields'].sudo().browse(ids).exists()
    labels = texts_by_language(records, ['field_description'], codes)
    rows = []
    for record in records:
        field = env[record.model]._fields.get(record.name) if record.model in env else None
        row = {'id': record.id, 'name': record.name, 'model': record.model, 'ttype': record.ttype, 'relation': record.relation or '',
               'label': labels[(record.id, 'field_description')], 'problem': '', 'shown': shown_problem(env, record, field), 'size': 0}
        if record.id in asked_for:
            row['problem'] = problem_of(env, record, field)
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


def external_ids(env, ids):
    # Those of Odoo's exports are left out: no other database knows them.
    found = {}
    for row in env['ir.model.data'].sudo().search_read(
            [('model', '=', 'ir.actions.server'), ('res_id', 'in', ids), ('module', '!=', '__export__')], ['module', 'name', 'res_id'], order='id'):
        found.setdefault(row['res_id'], row['module'] + '.' + row['name'])
    return found


def server_actions(env, ids, codes):
    records = env['ir.actions.server'].sudo().browse(ids).exists()
    names = texts_by_language(records, ['name'], codes)
    xmlids = external_ids(env, records.ids)
    rows = []
    for record in records:
        rows.append({'id': record.id, 'name': names[(record.id, 'name')], 'model': record.model_id.model or '', 'xmlid': xmlids.get(record.id, '')})
    return rows


def add_models(env, rows):
    # The technical name of what a row is about; empty where the app of the model has gone.
    names = {}
    for model in env['ir.model'].sudo().browse([row['x_model_id'] for row in rows if row['x_model_id']]).exists():
        names[model.id] = model.model
    for row in rows:
        name = names.get(row['x_model_id'], '')
        row['model'] = name if name in env else ''


def model_named(env, name):
    return env['ir.model'].sudo().search([('model', '=', name)], limit=1).id or 0 if name in env else 0


def path_named(env, model, path):
    # The ids of the fields of a path; none where one of them is missing.
    ids = []
    for name in path.split('.'):
        field = env[model]._fields.get(name) if model in env else None
        record = env['ir.model.fields'].sudo().search([('model', '=', model), ('name', '=', name)], limit=1) if field else None
        if not record:
            return []
        ids.append(record.id)
        model = field.comodel_name or ''
    return ids


def action_named(env, model, name):
    # By its external id, or by its English name among the actions of the model. The answer calls it as the table action does.
    module, point, rest = name.partition('.')
    data = env['ir.model.data'].sudo().search([('module', '=', module), ('name', '=', rest), ('model', '=', 'ir.actions.server')], limit=1)
    actions = env['ir.actions.server'].sudo().with_context(lang='en_US')
    record = actions.browse(data.res_id).exists() if data else actions.browse()
    if not record:
        record = actions.search([('model_id.model', '=', model), ('name', '=', name)], order='id', limit=1)
    return {'id': record.id or 0, 'name': external_ids(env, record.ids).get(record.id, record.name or '')}


def found_for(env, wanted):
    found = {'models': [], 'paths': [], 'actions': []}
    for name in wanted.get('models') or []:
        found['models'].append(model_named(env, name))
    for model, path in wanted.get('paths') or []:
        found['paths'].append(path_named(env, model, path))
    for model, name in wanted.get('actions') or []:
        found['actions'].append(action_named(env, model, name))
    return found


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
for table in ['notification', 'watch']:
    add_models(env, answer['tables'][table])
asked_for = [row['x_field_id'] for row in answer['tables']['step']]
answer['tables']['field'] = fields_of(env, pointed_to(env, answer['tables'], 'many2one', 'ir.model.fields'), asked_for, codes)
answer['tables']['action'] = server_actions(env, pointed_to(env, answer['tables'], 'many2one', 'ir.actions.server'), codes)
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
answer['found'] = found_for(env, env.context.get('krok') or {})
action = answer
