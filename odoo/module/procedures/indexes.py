# Makes the indexes that manual models cannot declare. The installer runs it after each import; it may run again.
for table, fields in [
        ('x_krok_commit', 'x_name'), ('x_krok_chat', 'x_bot_id, x_telegram_id'), ('x_krok_bot', 'x_code'), ('x_krok_message', 'x_key'), ('x_krok_event', 'x_key'),
        ('x_krok_notification', 'x_code')]:
    env.cr.execute('CREATE UNIQUE INDEX IF NOT EXISTS ' + table + '_krok_unique ON ' + table + ' (' + fields + ')')
# Lines are read by chat, contact or bot, and by date. The others are small: for what a removal looks at, and for lines without a contact.
for name, fields in [
        ('chat', '(x_chat_id, x_date, id)'), ('partner', '(x_partner_id, x_date, id)'), ('bot', '(x_bot_id, x_date, id)'),
        ('attachment', '(x_attachment_id) WHERE x_attachment_id IS NOT NULL'), ('step', '(x_step_id) WHERE x_step_id IS NOT NULL'),
        ('stray', '(x_chat_id) WHERE x_partner_id IS NULL')]:
    env.cr.execute('CREATE INDEX IF NOT EXISTS x_krok_message_krok_' + name + ' ON x_krok_message ' + fields)
action = {'done': True}
