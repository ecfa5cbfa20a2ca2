# A step without a code gets one made from its name, free in its bot.
# include code
if not record.x_code:
    others = env['x_krok_step'].sudo().search([('x_bot_id', '=', record.x_bot_id.id), ('id', '!=', record.id)])
    record.sudo().write({'x_code': free_code(others, code_of(record.x_name or '', 'step'))})
