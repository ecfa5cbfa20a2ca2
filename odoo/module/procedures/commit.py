# Carries out the operations of a turn in this one transaction and remembers what came of them under the key. Asked again with the
# key it gives the first result back and does nothing. Arguments: key, operations (each with kind and args).
# Answer: result (a JSON list with one object an operation), repeated. A UserError of the form "key: what" is put into words by krok.
# include json
# include open_chat
# include drop_test_chat
# include update_contact
# include make_lead
# include change_record
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
    if kind == 'update_contact':
        return update_contact(env, args)
    if kind == 'make_lead':
        return make_lead(env, args)
    if kind in ('set_record', 'run_action'):
        return change_record(env, args)
    if kind == 'drop_test_chat':
        return drop_test_chat(env, args)
    raise UserError('records.unknown_operation: %s' % kind)


# Takes the key. Where another transaction has taken it meanwhile PostgreSQL says that it cannot serialize, and Odoo itself runs the
# whole call again, which then finds the result of the other one.
def take_key(env, key):
    env.cr.execute(
        "INSERT INTO x_krok_commit (x_name, x_date, create_uid, create_date, write_uid, write_date)"
        " VALUES (%s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC')"
        " ON CONFLICT (x_name) DO NOTHING RETURNING id", (key, env.uid, env.uid))
    return env['x_krok_commit'].sudo().browse(env.cr.fetchone()[0])


asked = env.context.get('krok') or {}
kept = env['x_krok_commit'].sudo().search([('x_name', '=', asked['key'])], limit=1)
if kept:
    action = {'result': kept.x_result or '[]', 'repeated': True}
else:
    kept = take_key(env, asked['key'])
    results = []
    for operation in asked.get('operations') or []:
        results.append(operate(env, operation))
    partner = 0
    for result in results:
        partner = result.get('partner') or partner
    kept.write({'x_result': json_text(results), 'x_partner_id': partner or False})
    action = {'result': kept.x_result, 'repeated': False}
