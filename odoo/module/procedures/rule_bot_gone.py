# The files of a bot's clients belong to its chats, which the database removes with the bot.
chats = env['x_krok_chat'].sudo().search([('x_bot_id', '=', record.id)])
env['ir.attachment'].sudo().search([('res_model', '=', 'x_krok_chat'), ('res_id', 'in', chats.ids)]).unlink()
