# Finds or makes the chat of a Telegram user with a bot, and the contact of that user. Arguments: bot, telegram_id, name, lang.
def language_of(env, wanted, bot):
    codes = [one[0] for one in env['res.lang'].get_installed()]
    wanted = (wanted or '').replace('-', '_')
    if wanted in codes:
        return wanted
    if wanted:
        for code in codes:
            if code.split('_')[0] == wanted.split('_')[0]:
                return code
    return bot.x_lang if bot.x_lang in codes else ''


# The tag of all clients, unless the bot has one of its own: made by krok, or found by its name.
def channel_tag(env, bot):
    if bot.x_channel_tag_id:
        return bot.x_channel_tag_id.id
    tags = env['res.partner.category'].with_context(lang='en_US' if env['res.lang'].sudo().search([('code', '=', 'en_US')]) else None)
    bound = bound_to(env, 'tag_telegram')
    if bound and tags.browse(bound.res_id).exists():
        return bound.res_id
    found = tags.search([('name', '=', 'Telegram'), ('parent_id', '=', False)], order='id', limit=1)
    if found:
        return found.id
    bound.unlink()
    made = tags.create({'name': 'Telegram'})
    bind(env, 'tag_telegram', made)
    return made.id


# What krok has made in Odoo stands under external ids outside the namespace of the module, which is emptied on uninstall.
def bound_to(env, name):
    return env['ir.model.data'].sudo().search([('module', '=', 'krok_data'), ('name', '=', name)], limit=1)


# Binds a record to a name. Of two that come at the same time one wins: for the other PostgreSQL cannot serialize, Odoo runs the
# whole call again, and it finds the record of the first.
def bind(env, name, record):
    env.cr.execute(
        "INSERT INTO ir_model_data (module, name, model, res_id, noupdate, create_uid, create_date, write_uid, write_date)"
        " VALUES ('krok_data', %s, %s, %s, true, %s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC')"
        " ON CONFLICT (module, name) DO NOTHING", (name, record._name, record.id, env.uid, env.uid))


# Contacts, with the rights of the user of Krok in all his companies. He follows none of them; what he writes is told once, by krok, and
# nobody gets an e-mail for it: he has no address to send it from.
def contacts_of(env):
    return env['res.partner'].with_context(
        active_test=False, allowed_company_ids=env.user.company_ids.ids, mail_create_nosubscribe=True, mail_notrack=True,
        mail_auto_subscribe_no_notify=True)


def contact_of(env, bot, args):
    name = 'telegram_' + args['telegram_id']
    bound = bound_to(env, name)
    partners = contacts_of(env)
    partner = partners.search([('id', '=', bound.res_id)]) if bound else partners
    tag = channel_tag(env, bot)
    if partner:
        if tag not in partner.category_id.ids:
            partner.write({'category_id': [(4, tag)]})
        return partner
    if bound:
        if env['res.partner'].sudo().browse(bound.res_id).exists():
            raise UserError('records.foreign_contact: %s' % bound.res_id)
        bound.unlink()
    partner = partners.create({
        'name': args.get('name') or args['telegram_id'], 'lang': language_of(env, args.get('lang'), bot) or False,
        'company_id': bot.x_company_id.id or False, 'category_id': [(4, tag)],
    })
    bind(env, name, partner)
    return partner


# Two that make a chat of one Telegram user at the same time get in each other's way here, and not at the unique index, whose fault
# Odoo would not try again: the second finds what the first has made.
def alone(env, args):
    env.cr.execute(
        "UPDATE ir_model_data SET write_date = now() AT TIME ZONE 'UTC' WHERE module = 'krok_data' AND name = %s", ('telegram_' + args['telegram_id'],))


# Lines of a conversation may make its chat at this moment, see lines.py. Then Odoo is told that PostgreSQL cannot serialize, runs the whole
# call again, and finds the chat.
def new_chat(env, values):
    env.cr.execute('SAVEPOINT krok_chat')
    chat = try_chat(env, values)
    if not chat:
        env.cr.execute('ROLLBACK TO SAVEPOINT krok_chat')
        env.cr.execute("DO $$ BEGIN RAISE EXCEPTION 'the chat was made meanwhile' USING ERRCODE = '40001'; END $$")
    env.cr.execute('RELEASE SAVEPOINT krok_chat')
    return chat


def try_chat(env, values):
    try:
        return env['x_krok_chat'].sudo().create(values)
    except Exception as error:
        if is_duplicate(error):
            return None
        raise error


def is_duplicate(error):
    try:
        return error.pgcode == '23505'
    except Exception:
        return False


def open_chat(env, args):
    bot = env['x_krok_bot'].sudo().browse(args['bot'])
    partner = contact_of(env, bot, args)
    chats = env['x_krok_chat'].sudo()
    chat = chats.search([('x_bot_id', '=', bot.id), ('x_telegram_id', '=', args['telegram_id'])], limit=1)
    values = {'x_partner_id': partner.id, 'x_last_seen': datetime.datetime.utcnow().replace(microsecond=0)}
    if args.get('name') or not chat:
        values['x_name'] = args.get('name') or args['telegram_id']
    if not chat:
        alone(env, args)
        values.update({'x_bot_id': bot.id, 'x_telegram_id': args['telegram_id'], 'x_state': 'open', 'x_lang': language_of(env, args.get('lang'), bot) or False})
        chat = new_chat(env, values)
    else:
        if chat.x_state == 'blocked':
            values['x_state'] = 'open'
        if not chat.x_lang:
            values['x_lang'] = language_of(env, args.get('lang'), bot) or False
        chat.write(values)
    return {'partner': partner.id, 'chat': chat.id, 'lang': partner.lang or ''}
