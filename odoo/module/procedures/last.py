# Puts a new row without a place behind its siblings. An empty place would stand behind all others, whatever came later.
def put_last(record, parent):
    if not record.x_sequence:
        siblings = record.sudo().search([(parent, '=', record[parent].id), ('id', '!=', record.id)])
        record.sudo().write({'x_sequence': max(siblings.mapped('x_sequence') + [0]) + 1})
