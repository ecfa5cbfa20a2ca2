# A new step stands last and gets the alias that the system keeps itself.
# include last
put_last(record, 'x_bot_id')
env['x_krok_alias'].sudo().create({'x_step_id': record.id, 'x_name': '/step_' + str(record.id), 'x_automatic': True})
