# Reads a domain that is the same for everybody and at all times: no names stand in it (there is no record that they could be values of).
# include literal
def fixed_domain(text):
    domain = literal_of(None, 'x_domain', (text or '').strip() or '[]')
    if not isinstance(domain, (list, tuple)):
        raise UserError('records.bad_domain: ' + text)
    return list(domain)
