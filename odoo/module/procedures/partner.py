# Answers what a turn asks about a contact, with the rights of the user who asks: which domains it fits, and the values of dotted
# field paths as a person reads them in a language. Arguments: partner, domains, values, lang, tz, truth (by language: the words
# for no and yes).
# include value_text
def path_text(env, asked, code, partner, path):
    record = partner
    names = path.split('.')
    for name in names[:-1]:
        if name not in record._fields or not record._fields[name].relational or not may_read(record, name):
            return ''
        record = record[name]
    if names[-1] not in record._fields or not may_read(record, names[-1]):
        return ''
    found = []
    for one in record:
        found.append(value_text(env, asked, code, one, names[-1]))
    return ', '.join(found)


# A field that the user of Krok may not read says nothing.
def readable_text(env, asked, code, partner, path):
    try:
        return path_text(env, asked, code, partner, path)
    except UserError:
        return ''


asked = env.context.get('krok') or {}
companies = env.user.company_ids.ids
partner = env['res.partner'].with_context(active_test=False, allowed_company_ids=companies).search([('id', '=', asked.get('partner') or 0)])
if partner:
    code = active_lang(env, asked.get('lang') or partner.lang)
    matches = []
    for domain in asked.get('domains') or []:
        matches.append(bool(partner.search_count([('id', '=', partner.id)] + domain)))
    values = {}
    shown = partner.with_context(lang=code, tz=asked.get('tz') or 'UTC')
    for path in asked.get('values') or []:
        values[path] = readable_text(env, asked, code, shown, path)
    action = {'gone': False, 'active': partner.active, 'lang': partner.lang or '', 'matches': matches, 'values': values}
else:
    action = {'gone': True, 'active': False, 'lang': '', 'matches': [], 'values': {}}
