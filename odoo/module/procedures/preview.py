# Shows the first record of a notification's domain as a client would read it, with the rights, the language and the time zone of the admin
# who looks, and the template as it stands in the form, saved or not. Arguments: model, domain (a text), order, header, lines: text, new line,
# field, subfield, text after. Answer: text.
# include preview_words
# include value_text
# include literal
# include tried
def words_of(env):
    return WORDS.get((env.lang or env.user.lang or 'en')[:2]) or WORDS['en']


def gap(before, newline, name):
    if newline:
        return '\n'
    return '' if not before or not name or before[-1] in ' ("#/«№' else ' '


def shown_value(env, asked, record, name, subname):
    if not name or name not in record._fields:
        return ''
    texts = []
    for one in (record[name] if subname else record):
        texts.append(value_text(env, asked, asked['code'], one, subname or name))
    return ', '.join(texts)


def shown_line(env, asked, record, line):
    before, newline, name, subname, after = line
    value = shown_value(env, asked, record, name, subname)
    return before + gap(before, newline, name) + value + (' ' if after and value and after[0] not in ' ,.;:!?)%»' else '') + after


def shown(env, about):
    asked, model, domain = about
    record = model.search(domain, order=asked['order'] or None, limit=1)
    if not record:
        return words_of(env)['empty']
    lines = [asked['header']] if asked['header'] else []
    if lines:
        lines.append('')
    for line in asked['lines']:
        lines.append(shown_line(env, asked, record, line))
    return '\n'.join(lines)


def domain_of(record, text):
    try:
        return list(literal_of(record, 'x_domain', text)) if text.strip() else []
    except Exception:
        return None


def preview_of(env, asked):
    if asked['model'] not in env:
        return ''
    model = env[asked['model']]
    domain = domain_of(model, asked['domain'])
    if domain is None:
        return words_of(env)['bad_domain']
    return tried(env, shown, (asked, model, domain), words_of(env)['failed'])


asked = dict(env.context.get('krok') or {})
asked['code'] = active_lang(env, env.lang, env.user.lang)
asked['tz'] = env.context.get('tz') or env.user.tz or 'UTC'
asked['truth'] = {}
for lang in WORDS:
    asked['truth'][lang] = WORDS[lang]['truth']
action = {'text': preview_of(env, asked)}
