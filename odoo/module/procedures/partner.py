# Answers what a turn asks about a contact, with the rights of the user who asks: which domains it fits, and the values of dotted
# field paths as a person reads them in a language. Arguments: partner, domains, values, lang, tz, truth (by language: the words
# for no and yes).
def number_text(env, code, value, digits):
    language = env['res.lang'].search([('code', '=', code)], limit=1)
    pattern = '%.' + str(digits) + 'f'
    if not language:
        return pattern % value
    return language.format(pattern, value, grouping=True)


def money_text(env, code, record, field, value):
    currency_field = field.currency_field or ('currency_id' if 'currency_id' in record._fields else 'x_currency_id')
    currency = record[currency_field] if currency_field in record._fields else env.company.currency_id
    text = number_text(env, code, value, currency.decimal_places if currency else 2)
    if not currency:
        return text
    return currency.symbol + ' ' + text if currency.position == 'before' else text + ' ' + currency.symbol


# A zone may be younger than the list of this server.
def zone_of(name):
    for known in [name, {'Europe/Kyiv': 'Europe/Kiev', 'America/Nuuk': 'America/Godthab', 'Pacific/Kanton': 'Pacific/Enderbury'}.get(name)]:
        try:
            return timezone(known)
        except Exception:
            continue
    return timezone('UTC')


def time_text(env, code, value, kind, zone):
    language = env['res.lang'].search([('code', '=', code)], limit=1)
    pattern = language.date_format or '%Y-%m-%d'
    if kind == 'datetime':
        pattern = pattern + ' ' + (language.time_format or '%H:%M:%S').replace(':%S', '')
        value = timezone('UTC').localize(value).astimezone(zone_of(zone))
    return value.strftime(pattern)


def without_tags(text):
    for tag in ['<br>', '<br/>', '<br />', '</p>', '</div>', '</li>']:
        text = text.replace(tag, '\n')
    result = ''
    depth = 0
    for letter in text:
        if letter == '<':
            depth = 1
        elif letter == '>':
            depth = 0
        elif not depth:
            result += letter
    for name, letter in [('&nbsp;', ' '), ('&lt;', '<'), ('&gt;', '>'), ('&quot;', '"'), ('&#39;', "'"), ('&amp;', '&')]:
        result = result.replace(name, letter)
    return result.strip()


def value_text(env, asked, code, record, name):
    field = record._fields[name]
    value = record[name]
    kind = field.type
    if kind == 'boolean':
        return (asked['truth'].get(code[:2]) or asked['truth']['en'])[1 if value else 0]
    if kind in ('integer', 'float', 'monetary'):
        if kind == 'integer':
            return str(value)
        if kind == 'monetary':
            return money_text(env, code, record, field, value)
        digits = field.get_digits(env)
        return number_text(env, code, value, digits[1] if digits else 2)
    if not value:
        return ''
    if kind == 'selection':
        return dict(field._description_selection(record.env)).get(value) or ''
    if kind in ('many2one', 'one2many', 'many2many'):
        return ', '.join(value.mapped('display_name'))
    if kind in ('date', 'datetime'):
        return time_text(env, code, value, kind, asked.get('tz') or 'UTC')
    if kind == 'html':
        return without_tags(''.join([value]))
    if kind in ('char', 'text'):
        return ''.join([value])
    return ''


def path_text(env, asked, code, partner, path):
    record = partner
    names = path.split('.')
    for name in names[:-1]:
        if name not in record._fields or not record._fields[name].relational:
            return ''
        record = record[name]
    if names[-1] not in record._fields:
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
    codes = [one[0] for one in env['res.lang'].get_installed()]
    code = asked.get('lang') or partner.lang or ''
    if code not in codes:
        code = 'en_US' if 'en_US' in codes else codes[0]
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
