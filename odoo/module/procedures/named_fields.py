# Tells which fields a domain names. Only these are looked at: others of a model may be broken.
def conditions(domain):
    found = []
    for leaf in domain:
        if isinstance(leaf, (list, tuple)) and leaf[0] not in (0, 1):
            found.append(leaf)
    return found


# The fields that a domain names, each as its model and its name, also those on the way to others; None stands for one that is not there.
def named_fields(env, model, domain):
    found = set()
    for leaf in conditions(domain):
        of = model
        for name in str(leaf[0]).split('.'):
            field = env[of]._fields.get(name) if of in env else None
            if not field:
                found.add(None)
                break
            found |= {(of, name), (field.base_field.model_name, name)}
            of = field.comodel_name or ''
            if field.type in ('date', 'datetime', 'properties'):
                break
        if leaf[1] in ('any', 'not any') and of:
            found |= named_fields(env, of, leaf[2])
    return found
