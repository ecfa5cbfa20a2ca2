# What a field of a contact can be: the choices of a selection, the records that the user of Krok may read and the field's own domain
# lets in.
# include literal
# include askable
MOST = 1000  # records that a search by a part of their name looks at


def is_askable(partner, name):
    field = partner._fields.get(name)
    if not field or not field.store or field.readonly or field.type not in ASKABLE_TYPES or name in PROTECTED_NAMES:
        return False
    for beginning in PROTECTED_BEGINNINGS:
        if name.startswith(beginning):
            return False
    return bool(partner.fields_get([name], ['type']))


# Refuses a field that no client may be asked for, as the catalog tells of it, or one that is kept from the user of Krok.
def check_field(partner, name):
    if not is_askable(partner, name):
        raise UserError('records.not_askable: %s' % name)


# The tags that mark clients of bots: the bots give them, and nobody else.
def channel_tags(env):
    bots = env['x_krok_bot'].sudo().with_context(active_test=False).search([('x_channel_tag_id', '!=', False)])
    bound = env['ir.model.data'].sudo().search([('module', '=', 'krok_data'), ('name', '=', 'tag_telegram')])
    return bots.mapped('x_channel_tag_id').ids + bound.mapped('res_id')


# Gives the choices of a selection with a text in their name: pairs of key and name.
def offered_choices(partner, name, text):
    pairs = []
    for key, label in partner._fields[name]._description_selection(partner.env):
        if key and text.lower() in str(label or key).lower():
            pairs.append([str(key), str(label or key)])
    return pairs


# A function gives the domain for its model; what is neither a list nor a function is a Domain of Odoo 19, and lists itself.
def called(domain, model):
    try:
        return domain(model)
    except Exception:
        return list(domain)


def own_domain(partner, name):
    domain = partner._fields[name].domain or []
    if not isinstance(domain, (str, list, tuple)):
        domain = called(domain, partner.env[partner._name]) or []
    if isinstance(domain, str):
        domain = literal_of(partner, name, domain)
        if not isinstance(domain, (list, tuple)):
            raise UserError('records.unreadable_domain: %s' % name)
    return list(domain)


# Where Odoo wants both records to be of one company, those of others are no values.
def company_domain(partner, name, model):
    field = partner._fields[name]
    company = partner.env.company if field.company_dependent else partner.company_id
    if not field.check_company or not company:
        return []
    if model._name == 'res.users':
        return [('company_ids', 'in', company.ids)]
    return ['|', ('company_id', '=', False), ('company_id', 'in', company.ids)] if 'company_id' in model._fields else []


# Gives the model of a relation, in the language of the contact's environment, and the domain of the records that are offered.
def offered_domain(partner, name):
    model = partner.env[partner._fields[name].comodel_name].with_context(active_test=True)
    domain = own_domain(partner, name) + company_domain(partner, name, model)
    if name == 'category_id':
        domain.append(('id', 'not in', channel_tags(partner.env)))
    if model._name == partner._name:
        domain.append(('id', '!=', partner.id))
    return model, domain


# Tells whether a value may be written: what is chosen comes from a button, and a button may be forged.
def is_offered(partner, name, value):
    kind = partner._fields[name].type
    if not value or kind not in ('selection', 'many2one', 'many2many'):
        return True
    if kind == 'selection':
        return value in [pair[0] for pair in offered_choices(partner, name, '')]
    ids = set(value if kind == 'many2many' else [value])
    if kind == 'many2many':
        ids = ids - set(partner[name].ids)
    model, domain = offered_domain(partner, name)
    return model.search_count([('id', 'in', list(ids))] + domain) == len(ids)
