# Gives the contents of one file of a step: id is the row's.
arguments = env.context.get('krok') or {}
found = env['ir.attachment'].sudo().search(
    [('res_model', '=', 'x_krok_media'), ('res_field', '=', 'x_file'), ('res_id', '=', arguments.get('id') or 0)], limit=1)
if found:
    action = {'found': True, 'data': found.datas.decode(), 'checksum': found.checksum or '', 'mimetype': found.mimetype or ''}
else:
    action = {'found': False}
