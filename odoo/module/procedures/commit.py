# Carries out the operations of a turn in this one transaction and remembers what came of them under the key. Asked again with the
# key it gives the first result back and does nothing. Arguments: key, operations (each with kind and args).
# Answer: result (a JSON list with one object an operation), repeated.
# include json
# include open_chat
def chat_state(env, args):
    chat = env['x_krok_chat'].sudo().browse(args['chat']).exists()
    if chat and chat.x_state != args['state']:
        chat.write({'x_state': args['state']})
    return {'chat': chat.id or 0}


def operate(env, operation):
    kind = operation['kind']
    args = operation.get('args') or {}
    if kind == 'open_chat':
        return open_chat(env, args)
    if kind == 'chat_state':
        return chat_state(env, args)
    raise UserError('Krok asks for "%s", which this version of its module does not know: run krok install.' % kind)


asked = env.context.get('krok') or {}
memory = env['x_krok_commit'].sudo()
kept = memory.search([('x_name', '=', asked['key'])], limit=1)
if kept:
    action = {'result': kept.x_result or '[]', 'repeated': True}
else:
    # First, so that the unique index on the key stops a second one that runs at the same time.
    kept = memory.create({'x_name': asked['key'], 'x_date': datetime.datetime.utcnow().replace(microsecond=0)})
    env['x_krok_commit'].flush() if 'ir.translation' in env else env.flush_all()
    results = []
    for operation in asked.get('operations') or []:
        results.append(operate(env, operation))
    partner = 0
    for result in results:
        partner = result.get('partner') or partner
    kept.write({'x_result': json_text(results), 'x_partner_id': partner or False})
    action = {'result': kept.x_result, 'repeated': False}
