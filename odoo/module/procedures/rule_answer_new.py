# A new answer stands last, and on the keyboard when its step shows one.
# include last
put_last(record, 'x_step_id')
if record.sudo().x_step_id.x_type == 'buttons':
    buttons = env['x_krok_button'].sudo()
    if not buttons.search_count([('x_answer_id', '=', record.id), ('x_place', '=', 'keyboard')]):
        buttons.create({'x_step_id': record.x_step_id.id, 'x_place': 'keyboard', 'x_kind': 'answer', 'x_answer_id': record.id})
