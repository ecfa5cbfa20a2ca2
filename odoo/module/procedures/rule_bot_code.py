# A bot without a code gets one made from its name.
# include code
if not record.x_code:
    others = env['x_krok_bot'].sudo().with_context(active_test=False).search([('id', '!=', record.id)])
    record.sudo().write({'x_code': free_code(others, code_of(record.x_name or '', 'bot'))})
