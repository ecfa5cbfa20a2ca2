# Puts the values of a record's fields into words, as a person reads them in a language. `asked` has tz, the zone of datetimes, and
# truth, by language the words for no and yes.
# A language that is active, as Odoo needs it: the one that is wanted, else one of the others, else any.
def active_lang(env, *wanted):
    codes = [one[0] for one in env['res.lang'].get_installed()]
    for code in wanted:
        if code in codes:
            return code
    return 'en_US' if 'en_US' in codes else codes[0]


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
    for name, letter in [('&nbsp;', ' '), ('&lt;', '<'), ('&gt;', '>'), ('&quot;', '"'), ('&#39;', "'"), ('&#34;', '"'), ('&amp;', '&')]:
        result = result.replace(name, letter)
    return result.strip()


# A field that is for groups which the user does not have: Odoo keeps it from his forms, but not from code.
def may_read(records, name):
    return name in records.fields_get([name], ['type'])


def value_text(env, asked, code, record, name):
    field = record._fields[name]
    value = record[name]
    kind = field.type
    if kind == 'boolean':
        return (asked['truth'].get(code[:2]) or asked['truth']['en'])[1 if value else 0]
    if kind in ('integer', 'float', 'monetary'):
        if kind == 'integer':
            return number_text(env, code, value, 0)
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
