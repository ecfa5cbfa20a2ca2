# Opens the form of a step on a page of its own: the edit button in the steps of a bot.
action = {
    'type': 'ir.actions.act_window', 'res_model': 'x_krok_step', 'res_id': record.id, 'views': [(False, 'form')], 'view_mode': 'form',
    'name': record.x_name, 'target': 'current',
}
