# Reads a domain that a field has as text, such as "[('country_id', '=?', country_id)]": lists, tuples, texts without escapes, numbers,
# True, False, None and names. A name stands for what the contact has in that field. Anything else is refused: a domain that is left
# out or read wrongly would show records that nobody meant to show.
WORD = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789'
END = chr(0)


# A reader is a dict: text (closed by END), at (the place in it), record and field, the contact and the field whose domain it is.
def literal_of(record, field, text):
    reader = {'text': text + END, 'at': 0, 'record': record, 'field': field}
    value = read_value(reader)
    if here(reader) != END:
        unreadable(reader)
    return value


def unreadable(reader):
    raise UserError('records.unreadable_domain: ' + reader['field'])


def here(reader):
    while reader['text'][reader['at']] in ' \t\r\n':
        reader['at'] += 1
    return reader['text'][reader['at']]


def read_value(reader):
    letter = here(reader)
    if letter == '[':
        return read_items(reader, ']')[0]
    if letter == '(':
        items, closed = read_items(reader, ')')
        return tuple(items) if closed else items[0]
    if letter in '\'"':
        return read_text(reader)
    if letter in '-0123456789':
        return read_number(reader)
    if letter in WORD:
        return read_name(reader)
    unreadable(reader)


# The values up to a bracket, and whether they make a tuple: (a) is a, and (a,) is one.
def read_items(reader, bracket):
    reader['at'] += 1
    items = []
    comma = True
    while here(reader) != bracket:
        if not comma:
            unreadable(reader)
        items.append(read_value(reader))
        comma = here(reader) == ','
        if comma:
            reader['at'] += 1
    reader['at'] += 1
    return items, comma or len(items) > 1


def read_text(reader):
    quote = reader['text'][reader['at']]
    result = ''
    reader['at'] += 1
    while reader['text'][reader['at']] != quote:
        letter = reader['text'][reader['at']]
        if letter in '\\\n' or letter == END:
            unreadable(reader)
        result += letter
        reader['at'] += 1
    reader['at'] += 1
    return result


def read_word(reader, letters):
    word = ''
    while reader['text'][reader['at']] in letters:
        word += reader['text'][reader['at']]
        reader['at'] += 1
    return word


def read_number(reader):
    digits = read_word(reader, '-0123456789.')
    try:
        return float(digits) if '.' in digits else int(digits)
    except Exception:
        unreadable(reader)


def read_name(reader):
    word = read_word(reader, WORD)
    if word in ('True', 'False', 'None'):
        return {'True': True, 'False': False, 'None': None}[word]
    value = value_named(reader, word)
    if here(reader) != '[':
        return value
    places = read_items(reader, ']')[0]
    if not isinstance(value, list) or len(places) != 1 or not isinstance(places[0], int) or not 0 <= places[0] < len(value):
        unreadable(reader)
    return value[places[0]]


# What a name stands for in a form of the web client.
def value_named(reader, word):
    record = reader['record']
    if word in record._fields:
        field = record._fields[word]
        if field.type == 'many2one':
            return record[word].id or False
        return record[word].ids if field.relational else record[word]
    if word == 'uid':
        return record.env.uid
    if word == 'active_id':
        return record.id
    if word == 'current_company_id':
        return record.company_id.id or record.env.company.id
    if word == 'allowed_company_ids':
        return record.env.companies.ids
    unreadable(reader)
