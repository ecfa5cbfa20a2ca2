# Merges the contact of a chat into the one in Odoo that has the phone number which the client has shared: Odoo's own merge, after
# krok's rules. What is not merged gets its number all the same.
# include merge_rows
# include merge_match
# Holds both contacts. Of two merges into one contact at the same time the second cannot serialize, Odoo runs it again, and it finds the
# contact bound to the first.
def hold(env, source, target):
    ids = tuple(sorted([source.id, target.id]))
    env.cr.execute('SELECT id FROM res_partner WHERE id IN %s ORDER BY id FOR UPDATE', (ids,))
    env.cr.execute("UPDATE res_partner SET write_date = now() AT TIME ZONE 'UTC' WHERE id IN %s", (ids,))


# Why two contacts stay apart. "parent": one is above the other. "users": both have users, or the chat's has an employee's, or the other an
# employee's and Odoo lets only those who may change users change such a contact.
def apart_of(env, source, target):
    contacts = env['res.partner'].sudo().with_context(active_test=False)
    for above, below in [(source, target), (target, source)]:
        if contacts.search_count([('id', 'child_of', above.id), ('id', '=', below.id)]):
            return 'parent'
    users = env['res.users'].sudo().with_context(active_test=False)
    own = users.search([('partner_id', '=', source.id)])
    others = users.search([('partner_id', '=', target.id)])
    forbidden = False in others.mapped('share') and not env['res.users'].check_access_rights('write', raise_exception=False)
    return 'users' if (own and others) or False in own.mapped('share') or forbidden else ''


# Tells errors of PostgreSQL that pass by themselves: the whole call is run again. They are of classes 40 (somebody wrote the same), 08,
# 53, 55, 57 and 58 (a database in trouble).
def passes(error):
    try:
        return (error.pgcode or '08')[:2] in ('40', '08', '53', '55', '57', '58')
    except Exception:
        return False


# Odoo writes of the merge in the chatter, and up to 18 only for an author with an e-mail: OdooBot has one.
def odoo_merge(env, source, target):
    if not target.company_id:
        env.cr.execute('UPDATE res_partner SET company_id = NULL WHERE id = %s', (source.id,))
    make_room(env, source.id, target.id)
    forget_cached(env)
    wizard = env['base.partner.merge.automatic.wizard'].with_context(mail_notrack=True)
    wizard = (wizard if env.user.partner_id.email else wizard.with_user(1)).sudo()
    wizard._merge([source.id, target.id], wizard.env['res.partner'].browse(target.id))
    flush_all(env)
    if source.exists():
        raise UserError('records.not_merged: %s' % source.id)


# Merges, and gives the kind of the error where Odoo will not: its text stays out of logs, since errors of PostgreSQL quote rows. What passes
# by itself is no refusal.
def try_merge(env, source, target):
    try:
        odoo_merge(env, source, target)
        return ''
    except Exception as error:
        if passes(error):
            raise error
        return repr(error).split('(')[0]


# Merges, or only tries to where it is a rehearsal. Gives '', or 'refused' where Odoo will not do it: then nothing has happened.
def merge_or_not(env, source, target, rehearsal):
    flush_all(env)
    env.cr.execute('SAVEPOINT krok_merge')
    failure = try_merge(env, source, target)
    if failure or rehearsal:
        env.clear()
        env.cr.execute('ROLLBACK TO SAVEPOINT krok_merge')
    env.cr.execute('RELEASE SAVEPOINT krok_merge')
    forget_cached(env)
    if not failure:
        return ''
    log('Contact %s is not merged into %s: %s' % (source.id, target.id, failure), level='warning')
    return 'refused'


# Merges where there is something to merge. Gives the contact that the number belongs to now, the field and what to write there; apart,
# match and match_name as update_contact answers them.
def merge_by_phone(env, bot, args, partner):
    merge = {'international': args['merge'].get('international') or [], 'national': args['merge'].get('national') or [],
             'country': args['merge'].get('country') or ''}
    outcome = {'partner': partner, 'field': args['field'], 'value': args['value'], 'merged': False, 'apart': '', 'match': 0, 'match_name': ''}
    target, fields = oldest_with(env, bot, 'telegram_' + args['telegram_id'], partner, merge)
    if not target:
        return outcome
    field = args['field'] if args['field'] in fields else fields[0]
    found = {'partner': target, 'field': field, 'value': with_number(target[field], merge['international'] + merge['national'], args['value'])}
    if target == partner:
        outcome.update(found)
        return outcome
    outcome.update({'match': target.id, 'match_name': target.display_name})
    hold(env, partner, target)
    outcome['apart'] = apart_of(env, partner, target)
    rehearsal = args['telegram_id'].startswith('test:')
    if not outcome['apart']:
        outcome['apart'] = merge_or_not(env, partner, target, rehearsal)
    outcome['merged'] = not outcome['apart']
    if outcome['merged'] and not rehearsal:
        outcome.update(found)
    return outcome
