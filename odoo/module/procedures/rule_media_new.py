# A new file stands last.
# include last
put_last(record, 'x_step_id')
