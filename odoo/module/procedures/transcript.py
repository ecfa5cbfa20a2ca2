# Leaves the conversation of a chat in the chatter of a record: one note with every line since the last start, as it was said.
MOST_LINES = 2000
SCHEMES = ['https://', 'http://', 'Https://', 'Http://', 'HTTPS://', 'HTTP://']
ENDS = '.,;:!?…\'"’'  # that end a sentence, and no link
OUTSIDE = '<>"«»“”„'  # that stand in no link
DECODED = ['&lt;%', '%&gt;', '%20', '%24', '%5B', '%5D', '%7B', '%7C', '%7D']
CONTROLS = {number: None for number in list(range(32)) + list(range(127, 160)) + [0xfffe, 0xffff] if number not in (9, 10)}


# What is no letter would make Odoo's cleaning of HTML give up the whole note.
def escaped(text):
    text = text.replace('\r\n', '\n').replace('\r', '\n').translate(CONTROLS)
    for letter, name in [('&', '&amp;'), ('<', '&lt;'), ('>', '&gt;'), ('"', '&quot;'), ("'", '&#39;'), ('\n', '<br/>')]:
        text = text.replace(letter, name)
    return text


# Older Odoos decode some codes in the whole of a note, also where people read them: these are kept apart.
def shown(text):
    text = escaped(text)
    for code in DECODED:
        text = text.replace(code, code.replace('%', '<span>%</span>'))
    return text


def link_start(text, done):
    first = len(text)
    for scheme in SCHEMES:
        at = text.find(scheme, done)
        if 0 <= at < first:
            first = at
    return first


def link_end(text, start):
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in OUTSIDE:
        end += 1
    while end > start and (text[end - 1] in ENDS or (text[end - 1] == ')' and text.count(')', start, end) > text.count('(', start, end))):
        end -= 1
    return end


# Text as HTML that reads letter for letter, in which the links of the web can be followed.
def linked(text):
    parts = []
    done = 0
    while done < len(text):
        start = link_start(text, done)
        end = link_end(text, start)
        parts.append(shown(text[done:start]))
        if end - start > len('https://'):
            link = text[start:end]
            parts.append('<a href="' + escaped(link) + '" target="_blank" rel="noreferrer noopener">' + shown(link) + '</a>')
            done = end
        else:
            done = min(start + len('http'), len(text))
            parts.append(shown(text[start:done]))
    return ''.join(parts)


# The newest lines since the last start, the oldest first. Their order is that in which they were written.
def lines_since_start(env, chat):
    env.cr.execute(
        'SELECT m.x_key, m.x_author, m.x_date, m.x_text, a.name FROM x_krok_message m LEFT JOIN ir_attachment a ON a.id = m.x_attachment_id'
        ' WHERE m.x_chat_id = %s AND m.id >= coalesce((SELECT max(s.id) FROM x_krok_message s WHERE s.x_chat_id = %s AND s.x_start), 0)'
        ' ORDER BY m.id DESC LIMIT %s', (chat.id, chat.id, MOST_LINES + 1))
    return env.cr.fetchall()[::-1]


# A client's file comes after its line, see keep_files: until then its name is known from the line as it was given.
def names_of_files(bot, lines):
    names = {}
    for line in lines:
        if line['file']:
            names[str(bot.id) + '/' + line['key']] = line['filename'] or line.get('content') or line['file']
    return names


def line_html(author, when, text, file):
    if file:
        text = (text + '\n' if text else '') + '📎 ' + file
    return '<p><b>' + escaped(author) + '</b>' + (', ' + escaped(when) if when else '') + '<br/>' + linked(text) + '</p>'


# The note is nobody's mail, and its author follows nothing for it, see leave_note.
def leave_transcript(env, record, chat, args):
    chat = env['x_krok_chat'].sudo().browse(chat)
    rows = lines_since_start(env, chat)
    if not rows:
        return
    code = active_lang(env, args.get('note_lang'))
    names = names_of_files(chat.x_bot_id, args.get('lines') or [])
    parts = ['<p><b>' + escaped(args['words']['title']) + '</b></p>']
    if len(rows) > MOST_LINES:
        parts.append('<p><i>' + escaped(args['words']['earlier']) + '</i></p>')
    for key, author, date, text, file in rows[-MOST_LINES:]:
        when = time_text(env, code, date, 'datetime', args.get('tz') or 'UTC') if date else ''
        parts.append(line_html(author or chat.x_name or '', when, text or '', file or names.get(key)))
    messages = env['mail.message']
    author = env.user.partner_id
    record._message_log(
        body=messages._fields['body'].convert_to_record(''.join(parts), messages), author_id=author.id, email_from=author.email_formatted or author.name)
