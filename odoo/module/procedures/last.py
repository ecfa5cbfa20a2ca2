# Puts a new row without a place behind its siblings.
def put_last(record, parent):
    if not record.x_sequence:
        last = record.sudo().search([(parent, '=', record[parent].id), ('id', '!=', record.id)], order='x_sequence desc', limit=1)
        if last:
            record.sudo().write({'x_sequence': last.x_sequence + 1})
