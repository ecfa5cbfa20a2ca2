# Where a lead belongs: its company, salesperson and team. What the step names and is gone, archived or of another company is as if none
# was named: no client is lost for it.
# The companies of the user of Krok, a given one first: Odoo looks for teams there.
def companies_from(env, company):
    first = company or env.company
    return first.ids + (env.user.company_ids - first).ids


# The company is that of the contact, which Odoo wants to be the same, else the bot's, else what fits the others.
def company_of(env, bot, partner, user, team):
    company = partner.company_id or bot.x_company_id or team.company_id
    if company or not user:
        return company
    if env.company in user.company_ids:
        return env.company
    return user.company_id & env.user.company_ids


# The team of the salesperson, as Odoo finds it, else the first one of the company, rather one that has what is made.
def default_team(teams, kind, user, company):
    allowed = [False, (company or teams.env.company).id]
    uses = [('use_leads' if kind == 'lead' else 'use_opportunities', '=', True)]
    if user:
        team = teams._get_default_team_id(user_id=user.id, domain=uses)
        if team and (team.company_id.id or False) in allowed:
            return team
    fits = [('company_id', 'in', allowed)]
    return teams.search(fits + uses, limit=1) or teams.search(fits, limit=1)


# Gives company, user and team, each a record or none.
def place_of(env, bot, args, partner, kind):
    everywhere = env.user.company_ids.ids
    user = env['res.users'].with_context(active_test=True, allowed_company_ids=everywhere).search([('id', '=', args.get('user') or 0), ('share', '=', False)])
    teams = env['crm.team'].with_context(active_test=True, allowed_company_ids=everywhere)
    team = teams.search([('id', '=', args.get('team') or 0)])
    company = company_of(env, bot, partner, user, team)
    if company not in user.company_ids:
        user = user.browse()
    if team.company_id not in (company, team.company_id.browse()):
        team = team.browse()
    if not team:
        teams = teams.with_context(allowed_company_ids=companies_from(env, company))
        team = default_team(teams, kind, user, company)
    return {'company': company or team.company_id, 'user': user, 'team': team}
