# A notification without a code gets one made from its name. Files name notifications by it.
# include code
if not record.x_code:
    others = env['x_krok_notification'].sudo().search([('id', '!=', record.id)])
    record.sudo().write({'x_code': free_code(others, code_of(record.x_name or '', 'notification'))})
