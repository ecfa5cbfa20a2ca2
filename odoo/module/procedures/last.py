# Puts a new row that nobody gave a place behind its siblings. An empty place would stand behind all others, whatever came later. The
# web client gives places from 17 on; before (no discuss.channel) it sends 0 for all, so there 0 counts only for the first row.
def put_last(record, parent):
    env = record.env
    env.cr.execute('SELECT x_sequence IS NULL FROM ' + record._table + ' WHERE id = %s', (record.id,))
    empty = env.cr.fetchone()[0]
    siblings = record.sudo().search([(parent, '=', record[parent].id), ('id', '!=', record.id)])
    unsure = not record.x_sequence and 'discuss.channel' not in env and siblings and min(siblings.ids) < record.id
    if empty or unsure:
        record.sudo().write({'x_sequence': max(siblings.mapped('x_sequence') + [0]) + 1})
