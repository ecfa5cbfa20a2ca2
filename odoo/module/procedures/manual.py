# Opens the manual in the user's language.
language = 'uk' if (env.user.lang or '')[:2] == 'uk' else 'en'
action = {'type': 'ir.actions.act_url', 'url': '/krok/static/description/manual.' + language + '.html', 'target': 'new'}
