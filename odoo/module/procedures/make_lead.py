# Makes a lead or an opportunity for the contact of a chat, with the conversation in its chatter. Arguments: bot, telegram_id, name, lang
# (as open_chat has them); type ("lead" or "opportunity"); user, team (0 for none), tags; title; source, medium (names); tz, note_lang,
# words (title, earlier); lines, as keep_lines takes them: what of the conversation is not in Odoo yet.
# Answer: partner, chat, lang; lead, lead_name.
# include lines
# include lead_source
# include lead_place
# include transcript
def as_kept(line):
    return {**line, 'author': (line['author'] or '').replace('\0', ''), 'text': (line['text'] or '').replace('\0', '')}


# Leads, with the rights of the user of Krok in all his companies, that of the lead first. He follows none of them. Odoo would tell of
# a new one in his name, and up to 18 refuses that where he has no e-mail: tell_of does it.
def leads_of(env, company, rehearsal):
    return env['crm.lead'].with_context(
        active_test=True, allowed_company_ids=companies_from(env, company), mail_create_nosubscribe=True, mail_create_nolog=True,
        mail_auto_subscribe_no_notify=True, tracking_disable=rehearsal)


# Writes again what Odoo, or somebody's addon, has made different from what was asked for. An opportunity without a stage, where all of
# them are folded, would stand in no column of the pipeline.
def set_right(lead, values):
    wrong = {}
    for name in ('type', 'user_id', 'team_id'):
        now = lead[name] if name == 'type' else lead[name].id or False
        if now != values[name]:
            wrong[name] = values[name]
    if not lead.stage_id and values['type'] == 'opportunity':
        wrong['stage_id'] = lead._stage_find().id
    if wrong:
        lead.with_context(mail_notrack=True).write(wrong)


# Tells the salesperson, and those who follow new leads of the team, as Odoo does when people make a lead; from OdooBot's address where
# the user of Krok has none.
def tell_of(env, lead):
    author = env.user.partner_id
    told = lead.with_context(mail_auto_subscribe_no_notify=False)
    if lead.user_id and lead.user_id != env.user:
        (told if author.email else told.with_user(1))._message_auto_subscribe({'user_id': lead.user_id.id})
    sender = author if author.email else env['res.users'].sudo().browse(1).partner_id
    told.sudo().message_post(subtype_id=lead.sudo()._creation_subtype().id, author_id=author.id, email_from=sender.email_formatted)


def new_lead(env, bot, args, opened, rehearsal):
    keep_lines(env, bot, [as_kept(line) for line in args.get('lines') or []], {})
    partner = contacts_of(env).browse(opened['partner'])
    kind = 'lead' if args['type'] == 'lead' else 'opportunity'
    place = place_of(env, bot, args, partner, kind)
    leads = leads_of(env, place['company'], rehearsal)
    values = {
        'name': (args.get('title') or '').replace('\0', '').strip() or partner.name, 'type': kind, 'partner_id': partner.id,
        'user_id': place['user'].id or False, 'team_id': place['team'].id or False,
        'tag_ids': [(6, 0, leads.env['crm.tag'].search([('id', 'in', args.get('tags') or [])]).ids)],
        'source_id': source_of(env, bot, args.get('source') or bot.x_name).id, 'medium_id': medium_of(env, args.get('medium') or 'Telegram').id,
    }
    if place['company']:
        values['company_id'] = place['company'].id
    lead = leads.create(values)
    set_right(lead, values)
    if not rehearsal:
        tell_of(env, lead)
    leave_transcript(env, lead, opened['chat'], args)
    return lead


# In a rehearsal all but the chat and its contact is carried out and taken back. Nobody is told there: what is sent after the
# transaction would look for messages that are gone.
def make_lead(env, args):
    opened = open_chat(env, args)
    bot = env['x_krok_bot'].sudo().browse(args['bot'])
    rehearsal = args['telegram_id'].startswith('test:')
    if rehearsal:
        flush_all(env)
        env.cr.execute('SAVEPOINT krok_lead')
    lead = new_lead(env, bot, args, opened, rehearsal)
    result = {**opened, 'lead': lead.id, 'lead_name': lead.name}
    if rehearsal:
        flush_all(env)
        env.clear()
        env.cr.execute('ROLLBACK TO SAVEPOINT krok_lead')
        env.cr.execute('RELEASE SAVEPOINT krok_lead')
        forget_cached(env)
    return result
