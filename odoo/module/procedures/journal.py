# Writes lines of a bot's conversations. Arguments: bot, lines, files: by the messenger's id of a file its data (base64) and checksum
# (SHA-1). Answer: written, how many lines were new.
# include lines
asked = env.context.get('krok') or {}
bot = env['x_krok_bot'].sudo().browse(asked.get('bot') or 0).exists()
if not bot:
    raise UserError('records.gone_bot: %s' % (asked.get('bot') or 0))
action = {'written': keep_lines(env, bot, asked.get('lines') or [], asked.get('files') or {})}
