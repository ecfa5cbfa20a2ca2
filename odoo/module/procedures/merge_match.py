# Finds the contact of Odoo that has the phone number which a client has shared, however somebody has typed it.
DIGITS = '0123456789'


def digits_of(text):
    digits = ''
    for letter in text:
        if letter in DIGITS:
            digits += letter
    return digits


# Splits what stands in a field: people write two numbers into one. Gives pairs of a number and what separates it from the next.
def numbers_in(text):
    parts = [['', '']]
    for letter in text or '':
        if letter in ',;/\r\n':
            parts[-1][1] += letter
            parts.append(['', ''])
        else:
            parts[-1][0] += letter
    return parts


# Puts the number as it should be written in the place of the one that is the same, and leaves the others in the field.
def with_number(text, same, number):
    result = ''
    for part, separator in numbers_in(text):
        if digits_of(part) in same:
            blank = part[:len(part) - len(part.lstrip())]
            part = blank + number if result else number
        result += part + separator
    return result


def phone_fields(env):
    fields = []
    for name in ('phone', 'mobile'):
        field = env['res.partner']._fields.get(name)
        if field and field.store and field.type == 'char':
            fields.append(name)
    return fields


# Looks once through all active contacts that are no companies, by the last nine digits with anything between them: that needs no
# function a row. Gives the ids of those that may fit, the oldest first.
def look_up(env, forms):
    patterns = set()
    for form in forms:
        patterns.add('%' + '%'.join(form[-9:]) + '%')
    likes = []
    for name in phone_fields(env):
        likes.append(name + ' LIKE ANY(%s)')
    flush_all(env)
    env.cr.execute(
        'SELECT id FROM res_partner WHERE active AND NOT coalesce(is_company, false) AND (' + ' OR '.join(likes) + ') ORDER BY id',
        [list(patterns)] * len(likes))
    return [row[0] for row in env.cr.fetchall()]


# Where the contact lives: its own country, that of its company, that of the bot's company.
def country_of(contact, bot):
    contact = contact.sudo()
    company = bot.x_company_id or contact.env.company
    return (contact.country_id or contact.commercial_partner_id.country_id or contact.company_id.country_id or company.country_id).code or ''


# Tells which fields of a contact have the number: written in full anywhere, without the country's code only in that country.
def fields_with(contact, bot, merge):
    found = []
    for name in phone_fields(contact.env):
        for part, separator in numbers_in(contact[name]):
            digits = digits_of(part)
            at_home = digits in merge['national'] and merge['country'] and country_of(contact, bot) == merge['country']
            if digits and (digits in merge['international'] or at_home) and name not in found:
                found.append(name)
    return found


# The contacts among these that are bound to other Telegram users.
def bound_elsewhere(env, ids, own):
    rows = env['ir.model.data'].sudo().search([
        ('module', '=', 'krok_data'), ('name', '=like', 'telegram\\_%'), ('name', '!=', own), ('model', '=', 'res.partner'), ('res_id', 'in', ids)])
    return rows.mapped('res_id')


# Tells whether krok made the contact for this Telegram user: both rows are of one transaction, and have its time.
def made_by_krok(env, name, contact):
    env.cr.execute(
        "SELECT count(*) FROM ir_model_data d JOIN res_partner p ON p.id = d.res_id AND p.create_date = d.create_date"
        " WHERE d.module = 'krok_data' AND d.name = %s AND d.model = 'res.partner' AND p.id = %s", (name, contact.id))
    return env.cr.fetchone()[0] > 0


# Gives the oldest contact with the number, and the fields that it stands in; none where there is no such contact. The contact that
# krok has made for the client is none of those: it is there to be merged.
def oldest_with(env, bot, name, partner, merge):
    ids = look_up(env, merge['international'] + merge['national'])
    elsewhere = bound_elsewhere(env, ids, name)
    for contact in partner.search([('id', 'in', ids)], order='id'):
        if contact.id in elsewhere or (contact == partner and made_by_krok(env, name, partner)):
            continue
        fields = fields_with(contact, bot, merge)
        if fields:
            return partner.browse(contact.id), fields  # by itself: what Odoo reads for one it reads for all that were found together
    return partner.browse(), []
