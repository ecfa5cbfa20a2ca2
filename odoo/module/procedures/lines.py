# Writes lines of conversations in the order given, each once: a line is known by its bot and its key. Of two that write a line at the same
# time one wins: for the other PostgreSQL cannot serialize, Odoo runs the whole call again, and it finds the line. A line is a dict:
# key, chat (Telegram's id), date (UTC), in, author, text, step, start, file, filename, mimetype, media (ids of the step's files).
# It is SQL because a line has no rules and no computed fields, and there are many.
TIMES = "now() AT TIME ZONE 'UTC'"


# A chat that nobody has opened yet, or that somebody has deleted, is made: what a client says is not lost.
def made_chat(env, bot, telegram_id, name):
    env.cr.execute(
        "INSERT INTO x_krok_chat (x_bot_id, x_telegram_id, x_name, x_state, x_partner_id, create_uid, create_date, write_uid, write_date)"
        " VALUES (%s, %s, %s, 'open', (SELECT p.id FROM ir_model_data d JOIN res_partner p ON p.id = d.res_id"
        "  WHERE d.module = 'krok_data' AND d.model = 'res.partner' AND d.name = %s), %s, " + TIMES + ", %s, " + TIMES + ")"
        " ON CONFLICT (x_bot_id, x_telegram_id) DO NOTHING RETURNING id, x_partner_id",
        (bot.id, telegram_id, name or telegram_id, 'telegram_' + telegram_id, env.uid, env.uid))
    return env.cr.fetchone()


# Gives the chats of lines by their ids in Telegram: pairs of the id in Odoo and the contact's.
def chats_of(env, bot, lines):
    names = {}
    for line in lines:
        names[line['chat']] = names.get(line['chat']) or (line['author'] if line['in'] else '')
    env.cr.execute(
        'SELECT x_telegram_id, id, x_partner_id FROM x_krok_chat WHERE x_bot_id = %s AND x_telegram_id IN %s', (bot.id, tuple(sorted(names))))
    chats = {}
    for telegram_id, chat, partner in env.cr.fetchall():
        chats[telegram_id] = (chat, partner)
    for telegram_id in sorted(names):
        if telegram_id not in chats:
            chats[telegram_id] = made_chat(env, bot, telegram_id, names[telegram_id])
    return chats


# Gives what a table has for ids, by id: a part of a definition may be gone by now.
def looked_up(env, select, ids):
    found = {}
    if ids:
        env.cr.execute(select + ' WHERE id IN %s', (tuple(sorted(ids)),))
        for row in env.cr.fetchall():
            found[row[0]] = row[-1]
    return found


# The files of a step are the bot's own and change with it: a line has their names.
def text_of(line, names):
    parts = [line['text']] if line['text'] else []
    for medium in line['media']:
        if medium in names:
            parts.append('📎 ' + names[medium])
    return '\n'.join(parts)


def insert_lines(env, bot, lines, chats):
    steps = set()
    media = set()
    for line in lines:
        steps.add(line['step'] or 0)
        media.update(line['media'])
    steps = looked_up(env, 'SELECT id FROM x_krok_step', steps)
    names = looked_up(env, "SELECT id, coalesce(nullif(x_filename, ''), x_name) FROM x_krok_media", media)
    values = []
    for line in lines:
        chat, partner = chats[line['chat']]
        values += [
            str(bot.id) + '/' + line['key'], chat, bot.id, partner, 'in' if line['in'] else 'out', line['author'] or ('' if line['in'] else bot.x_name),
            line['date'], text_of(line, names), steps.get(line['step']), line['start'], env.uid, env.uid,
        ]
    env.cr.execute(
        'INSERT INTO x_krok_message (x_key, x_chat_id, x_bot_id, x_partner_id, x_direction, x_author, x_date, x_text, x_step_id, x_start,'
        ' create_uid, write_uid, create_date, write_date) VALUES '
        + ', '.join(['(' + '%s, ' * 12 + TIMES + ', ' + TIMES + ')'] * len(lines)) + ' ON CONFLICT (x_key) DO NOTHING', values)
    return env.cr.rowcount


# A client's file belongs to the chat: one that was sent again is there already, and all go with the chat. What could be a page with a
# script in it is kept as plain text.
def kept_file(env, chat, line, file):
    files = env['ir.attachment'].sudo().with_context(attachments_mime_plainxml=True, image_no_postprocess=True)
    found = files.search([('res_model', '=', 'x_krok_chat'), ('res_id', '=', chat), ('checksum', '=', file['checksum'])], order='id', limit=1)
    if found:
        return found
    values = {'name': line['filename'] or line['file'], 'datas': file['data'], 'res_model': 'x_krok_chat', 'res_id': chat}
    if line['mimetype']:
        values['mimetype'] = line['mimetype']
    return files.create(values)


# A line may be there before its file: a commit that needs the conversation writes it first.
def keep_files(env, bot, lines, chats, files):
    for line in lines:
        file = files.get(line['file']) if line['file'] else None
        if file:
            env.cr.execute('SELECT id FROM x_krok_message WHERE x_key = %s AND x_attachment_id IS NULL', (str(bot.id) + '/' + line['key'],))
            found = env.cr.fetchone()
            if found:
                kept = kept_file(env, chats[line['chat']][0], line, file)
                env.cr.execute('UPDATE x_krok_message SET x_attachment_id = %s WHERE id = %s', (kept.id, found[0]))


# Lines that were written before their chat had a contact, or whose contact was deleted, belong to the one that it has now.
def give_contact(env, chats):
    env.cr.execute(
        'UPDATE x_krok_message m SET x_partner_id = c.x_partner_id FROM x_krok_chat c WHERE c.id IN %s AND m.x_chat_id = c.id'
        ' AND m.x_partner_id IS NULL AND c.x_partner_id IS NOT NULL', (tuple(sorted([chat[0] for chat in chats.values()])),))


# Gives how many lines were not there yet.
def keep_lines(env, bot, lines, files):
    if not lines:
        return 0
    env['x_krok_chat'].sudo().flush() if 'ir.translation' in env else env.flush_all()
    chats = chats_of(env, bot, lines)
    written = insert_lines(env, bot, lines, chats)
    keep_files(env, bot, lines, chats, files)
    give_contact(env, chats)
    return written
