# Makes the unique indexes that manual models cannot declare. The installer runs it after each import; it may run again.
for table, fields in [('x_krok_commit', 'x_name'), ('x_krok_chat', 'x_bot_id, x_telegram_id'), ('x_krok_bot', 'x_code')]:
    env.cr.execute('CREATE UNIQUE INDEX IF NOT EXISTS ' + table + '_krok_unique ON ' + table + ' (' + fields + ')')
action = {'done': True}
