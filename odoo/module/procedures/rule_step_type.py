# A step that becomes one with buttons shows its answers on the keyboard.
if record.x_type == 'buttons':
    buttons = env['x_krok_button'].sudo()
    for answer in record.sudo().x_answer_ids:
        if not buttons.search_count([('x_answer_id', '=', answer.id), ('x_place', '=', 'keyboard')]):
            buttons.create({'x_step_id': record.id, 'x_place': 'keyboard', 'x_kind': 'answer', 'x_answer_id': answer.id})
