# Lists what a field of a contact can be, with the rights of the user who asks. Arguments: partner, field, search (a part of the name),
# offset, limit (0, all, is for selections; of records there are at most 100), lang, chosen. Answer: gone, items (pairs of key and name,
# in the order of the relation), total, chosen: the ids that a many2many has now.
# include value_text
# include values_offered
def offered_records(partner, name, text, offset, limit):
    model, domain = offered_domain(partner, name)
    if text:
        domain = [('id', 'in', [pair[0] for pair in model.name_search(text, domain, 'ilike', MOST)])]
    items = []
    for record in model.search(domain, offset=offset, limit=min(limit or 100, 100)):
        items.append([str(record.id), record.display_name or str(record.id)])
    return items, model.search_count(domain)


def chosen_records(partner, name):
    if partner._fields[name].type != 'many2many':
        return []
    bots = channel_tags(partner.env) if name == 'category_id' else []
    chosen = []
    for one in partner[name].ids:
        if one not in bots:
            chosen.append(one)
    return chosen


def values_of(partner, asked):
    name = asked['field']
    check_field(partner, name)
    offset = max(asked.get('offset') or 0, 0)
    limit = max(asked.get('limit') or 0, 0)
    if partner._fields[name].type == 'selection':
        pairs = offered_choices(partner, name, asked.get('search') or '')
        return {'gone': False, 'items': pairs[offset:offset + limit] if limit else pairs[offset:], 'total': len(pairs), 'chosen': []}
    items, total = offered_records(partner, name, asked.get('search') or '', offset, limit)
    return {'gone': False, 'items': items, 'total': total, 'chosen': chosen_records(partner, name) if asked.get('chosen') else []}


asked = env.context.get('krok') or {}
partner = env['res.partner'].with_context(active_test=False, allowed_company_ids=env.user.company_ids.ids).search([('id', '=', asked.get('partner') or 0)])
if partner:
    action = values_of(partner.with_context(lang=active_lang(env, asked.get('lang'), partner.lang)), asked)
else:
    action = {'gone': True, 'items': [], 'total': 0, 'chosen': []}
