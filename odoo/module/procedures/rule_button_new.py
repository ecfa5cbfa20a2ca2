# A new button stands last. One for an answer takes the place of the one that the answer already has on the keyboard.
# include last
put_last(record, 'x_step_id')
if record.x_kind == 'answer' and record.x_place == 'keyboard' and record.x_answer_id:
    record.sudo().search([('x_answer_id', '=', record.x_answer_id.id), ('x_place', '=', 'keyboard'), ('id', '!=', record.id)]).unlink()
