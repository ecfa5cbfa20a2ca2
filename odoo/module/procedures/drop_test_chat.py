# Removes a chat of `krok chat` and `krok test` with its contact. Those of clients are never touched, nor is a contact that somebody has
# merged the test's into. Arguments: chat.
# include merge_match
def drop_test_chat(env, args):
    chat = env['x_krok_chat'].sudo().browse(args['chat']).exists()
    if not chat or not chat.x_telegram_id.startswith('test:'):
        return {'dropped': False}
    bound = env['ir.model.data'].sudo().search([('module', '=', 'krok_data'), ('name', '=', 'telegram_' + chat.x_telegram_id)])
    partner = env['res.partner'].sudo().browse(bound.mapped('res_id')).exists()
    own = partner and made_by_krok(env, 'telegram_' + chat.x_telegram_id, partner)
    bound.unlink()
    chat.unlink()
    if own:
        partner.unlink()
    return {'dropped': True}
