# Removes a chat of `krok chat` and `krok test` with its contact. Those of clients are never touched. Arguments: chat.
def drop_test_chat(env, args):
    chat = env['x_krok_chat'].sudo().browse(args['chat']).exists()
    if not chat or not chat.x_telegram_id.startswith('test:'):
        return {'dropped': False}
    bound = env['ir.model.data'].sudo().search([('module', '=', 'krok_data'), ('name', '=', 'telegram_' + chat.x_telegram_id)])
    partner = env['res.partner'].sudo().browse(bound.mapped('res_id')).exists()
    bound.unlink()
    chat.unlink()
    partner.unlink()
    return {'dropped': True}
