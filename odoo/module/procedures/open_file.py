# Gives the file of a line to whoever may read it: the button in lists of lines.
if record.x_attachment_id:
    action = {'type': 'ir.actions.act_url', 'url': '/web/content/' + str(record.x_attachment_id.id) + '?download=true', 'target': 'new'}
