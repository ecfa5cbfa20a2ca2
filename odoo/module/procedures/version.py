# Tells which definitions there are, as one short text. krok asks often: it costs a few milliseconds.
# include tables
# include hash
# include tidy
tidy(env)
env['x_krok_bot'].sudo().flush() if 'ir.translation' in env else env.flush_all()
action = {'version': version_of(env, [name for table, name in TABLES] + ['x_krok_procedure'])}
