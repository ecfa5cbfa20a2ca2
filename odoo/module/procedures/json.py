# Writes a value as JSON: there is no json in server actions before 17.
def json_text(value):
    if value is True:
        return 'true'
    if value is False or value is None:
        return 'false'
    if isinstance(value, str):
        text = value.replace('\\', '\\\\').replace('"', '\\"')
        for number in range(32):
            if chr(number) in text:
                text = text.replace(chr(number), '\\u%04x' % number)
        return '"' + text + '"'
    if isinstance(value, dict):
        parts = []
        for key in sorted(value):
            parts.append(json_text(str(key)) + ': ' + json_text(value[key]))
        return '{' + ', '.join(parts) + '}'
    if isinstance(value, (list, tuple)):
        parts = []
        for one in value:
            parts.append(json_text(one))
        return '[' + ', '.join(parts) + ']'
    return str(value)
