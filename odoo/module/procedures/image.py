# Gives a picture of a record: levels (see scope), record, field. Answer: found, data (base64).
# include value_text
# include scope
asked = env.context.get('krok') or {}
record = record_within(env, asked['levels'], asked['record'])
name = asked['field']
names = name.split('.')
for one in names[:-1]:
    record = record[one][:1] if record and one in record._fields and may_read(record, one) else None
if record and names[-1] in record._fields and record._fields[names[-1]].type == 'binary' and may_read(record, names[-1]) and record[names[-1]]:
    data = record[names[-1]]
    action = {'found': True, 'data': data if isinstance(data, str) else data.decode()}
else:
    action = {'found': False}
