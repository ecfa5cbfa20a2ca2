# Where leads come from, for Odoo's reports: a source for each bot and one medium for all, bound by external id, so that they are found after
# somebody has renamed them.
# Finds a record by its name: rather as it is written than in another case, rather an active one.
def named(records, name, taken):
    pattern = name.replace('\\', '\\\\').replace('%', '\\%').replace('_', '\\_')
    order = 'active desc, id' if 'active' in records._fields else 'id'
    for operator, value in [('=', name), ('=ilike', pattern)]:
        found = records.search([('name', operator, value), ('id', 'not in', taken)], order=order, limit=1)
        if found:
            return found
    return records


def try_source(records, name):
    try:
        return records.create({'name': name})
    except Exception as error:
        if is_duplicate(error):
            return None
        raise error


# From 16 on names are unique. Where somebody makes the name at this moment Odoo is told that PostgreSQL cannot serialize, runs the whole
# call again, and finds it.
def new_source(env, records, name):
    env.cr.execute('SAVEPOINT krok_source')
    made = try_source(records, name)
    if not made:
        env.cr.execute('ROLLBACK TO SAVEPOINT krok_source')
        env.cr.execute("DO $$ BEGIN RAISE EXCEPTION 'the source was made meanwhile' USING ERRCODE = '40001'; END $$")
    env.cr.execute('RELEASE SAVEPOINT krok_source')
    return made


# An archived one is taken and stays archived: from 16 on its name is taken too, and whoever has archived it wants it out of the lists to
# choose from, not out of the leads. Names are those of the table, whatever language somebody has translated them to on 14 and 15.
def bound_or_named(env, model, binding, name, taken):
    records = env[model].with_context(active_test=False, lang=None)
    bound = bound_to(env, binding)
    found = records.browse(bound.res_id).exists() if bound else records
    if found:
        return found
    bound.unlink()
    found = named(records, name, taken) or new_source(env, records, name)
    bind(env, binding, found)
    return found


# The source of another bot is not this one's, though both have one name; that of a bot that was deleted is.
def source_of(env, bot, name):
    binding = 'source_' + str(bot.id)
    bots = env['x_krok_bot'].sudo().with_context(active_test=False).search([('id', '!=', bot.id)])
    others = env['ir.model.data'].sudo().search([
        ('module', '=', 'krok_data'), ('model', '=', 'utm.source'), ('name', 'in', ['source_' + str(other) for other in bots.ids])])
    return bound_or_named(env, 'utm.source', binding, name, others.mapped('res_id'))


def medium_of(env, name):
    return bound_or_named(env, 'utm.medium', 'medium_telegram', name, [])
