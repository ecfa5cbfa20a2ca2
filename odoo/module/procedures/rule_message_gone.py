# A client's file goes with the last line that it belongs to.
file = record.sudo().x_attachment_id
if file and not record.sudo().search_count([('x_attachment_id', '=', file.id), ('id', '!=', record.id)]):
    file.unlink()
