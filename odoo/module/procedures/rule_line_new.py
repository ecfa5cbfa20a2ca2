# A new line of a template, and a new button, stand last.
# include last
put_last(record, 'x_notification_id')
