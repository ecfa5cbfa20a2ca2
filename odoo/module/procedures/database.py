# Tells which database this is, also after it was renamed: a copy has another uuid.
action = {'uuid': env['ir.config_parameter'].sudo().get_param('database.uuid') or ''}
