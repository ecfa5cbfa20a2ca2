# Finds the records that a client may reach. A level is a dict: model, domain, record (the one that leads on; 0 at the last level) and
# related, the field of it that does. What stands outside of a level is not reached, whatever was asked for. Everything is done with the rights
# of the user of Krok, and only the fields that are named are read: others of a model may be broken.
def reachable(env, model):
    return env[model].with_context(allowed_company_ids=env.user.company_ids.ids, prefetch_fields=False)


# Gives the model and the domain of the last level, or None where a record on the way is out of reach.
def scope_of(env, levels):
    model = None
    domain = []
    within = None
    for level in levels:
        if level['model'] not in env:
            return None
        model = reachable(env, level['model'])
        domain = list(level['domain'] or [])
        if within is not None:
            domain.append(('id', 'in', within))
        if level['record']:
            record = model.search(domain + [('id', '=', level['record'])], limit=1)
            if not record or level['related'] not in model._fields or not model._fields[level['related']].relational:
                return None
            within = record[level['related']].ids
    return {'model': model, 'domain': domain}


# Gives one record of the last level, or None.
def record_within(env, levels, record):
    scope = scope_of(env, levels)
    if not scope:
        return None
    return scope['model'].search(scope['domain'] + [('id', '=', record)], limit=1) or None
