# Writes a value into a field of the contact of a chat, and gives and takes tags, all at once; leaves a line in its chatter.
# Arguments: bot, telegram_id, name, lang (as open_chat has them); field ('' for tags alone), value, add_tags, remove_tags; merge (forms of
# a number that the messenger vouches for: international, national, country); answer_lang, tz; note_lang, source, words (empty, added,
# removed, merged); truth, by language the words for no and yes.
# Answer: partner, chat, lang; shown, the value as people read it; changed; merged, apart, match, match_name (see merge); refused, the name
# of the field, where the value is not among those that are offered: then nothing is written.
# include value_text
# include values_offered
# include merge
# include note
def as_written(partner, name, value):
    field = partner._fields[name]
    if field.type == 'many2one':
        return value or False
    return field.convert_to_cache(value, partner) or False


def is_new(partner, name, value):
    if partner._fields[name].type == 'many2one':
        return (partner[name].id or False) != (value or False)
    if partner._fields[name].type == 'many2many':
        return set(partner[name].ids) != set(value or [])
    return as_written(partner, name, value) != as_written(partner, name, partner[name])


# Gives the ids of the tags that the contact is to have. Tags that are gone are left out; the bot's own one always stays.
def tags_wanted(env, partner, args, bots_tag, chosen):
    wanted = set(partner.category_id.ids if chosen is None else chosen)
    wanted |= set(env['res.partner.category'].search([('id', 'in', args.get('add_tags') or [])]).ids)
    wanted -= set(args.get('remove_tags') or [])
    return wanted | {bots_tag}


# Gives what to write: only what changes.
def values_to_write(env, partner, args, bots_tag, name, value):
    values = {}
    chosen = None
    if name == 'category_id':
        chosen = value or []
    elif name and is_new(partner, name, value):
        values[name] = [(6, 0, value or [])] if partner._fields[name].type == 'many2many' else value or False
    wanted = tags_wanted(env, partner, args, bots_tag, chosen)
    commands = []
    for tag in sorted(wanted - set(partner.category_id.ids)):
        commands.append((4, tag))
    for tag in partner.category_id.ids:
        if tag not in wanted:
            commands.append((3, tag))
    if commands:
        values['category_id'] = commands
    return values


# What of a contact its chatter tells: the field as people read it, and its tags.
def state_of(env, partner, args, name):
    if not name or name == 'category_id' or partner._fields[name].type == 'binary':
        text = ''
    else:
        text = value_text(env, args, partner.env.lang, partner, name)
    return {'text': text, 'tags': partner.category_id}


def note_lines(partner, args, name, before, after):
    words = args['words']
    lines = []
    if name and name != 'category_id':
        label = partner.fields_get([name], ['string'])[name]['string']
        values = ' ' + (before['text'] or words['empty']) + ' → ' + (after['text'] or words['empty'])
        lines.append(label if partner._fields[name].type == 'binary' else label + ':' + values)
    for word, tags in [('added', after['tags'] - before['tags']), ('removed', before['tags'] - after['tags'])]:
        if tags:
            lines.append(words[word] + ': ' + ', '.join(tags.mapped('display_name')))
    return lines


# Writes, and tells of it. Gives whether anything has changed.
def write_and_note(env, bot, args, partner, name, value, merged):
    told = partner.with_context(lang=active_lang(env, args.get('note_lang')))
    before = state_of(env, told, args, name)
    values = values_to_write(env, partner, args, channel_tag(env, bot), name, value)
    if values:
        partner.write(values)
    after = state_of(env, told, args, name)
    lines = note_lines(told, args, name if name in values else '', before, after) + merged
    if lines:
        leave_note(told, args['source'], lines)
    return bool(values or merged)


# The value as the client reads it: the tag that bots give is none that was chosen.
def shown_text(env, args, lang, partner, name):
    if name != 'category_id':
        return value_text(env, args, lang, partner, name) if name else ''
    return ', '.join((partner.category_id - partner.category_id.browse(channel_tags(env))).mapped('display_name'))


def update_contact(env, args):
    opened = open_chat(env, args)
    bot = env['x_krok_bot'].sudo().browse(args['bot'])
    lang = active_lang(env, args.get('answer_lang'), opened['lang'])
    partner = contacts_of(env).with_context(lang=lang).browse(opened['partner'])
    name = args.get('field') or ''
    value = args.get('value')
    result = {'partner': partner.id, 'chat': opened['chat'], 'lang': opened['lang'], 'shown': '', 'changed': False, 'merged': False, 'apart': '',
              'match': 0, 'match_name': '', 'refused': ''}
    if name:
        check_field(partner, name)
        if not is_offered(partner, name, value):
            result.update({'refused': name})
            return result
    merged = []
    if args.get('merge'):
        was = partner.display_name + ' (' + str(partner.id) + ')'
        found = merge_by_phone(env, bot, args, partner)
        partner, name, value = found['partner'], found['field'], found['value']
        result.update({'partner': partner.id, 'merged': found['merged'], 'apart': found['apart'], 'match': found['match'], 'match_name': found['match_name']})
        if partner.id != opened['partner']:
            merged.append(args['words']['merged'] + ': ' + was)
    changed = write_and_note(env, bot, args, partner, name, value, merged)
    result.update({'changed': changed, 'lang': partner.lang or '', 'shown': shown_text(env, args, lang, partner, name)})
    return result
