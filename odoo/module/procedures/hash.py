# Names the state of all definitions: it changes with every insert, update and delete, also with a late commit, because xmin is the
# transaction that wrote a row. In 14 and 15 translations stand in a table of their own. The groups of whoever asks are in it because some
# problems are theirs: a right that was given takes them away. So are the groups that every user has, since Odoo keeps some settings of its apps
# there (CRM's Leads), and whether the salespersons and teams of steps are archived.
def version_of(env, tables):
    parts = ["SELECT string_agg(code, ',' ORDER BY code) FROM res_lang WHERE active"]
    for table in tables:
        parts.append("SELECT count(*) || ':' || md5(coalesce(string_agg(id || '.' || xmin, ',' ORDER BY id), '')) FROM " + table)
    if 'ir.translation' in env:
        parts.append("SELECT md5(coalesce(string_agg(id || '.' || xmin, ',' ORDER BY id), '')) FROM ir_translation WHERE name LIKE 'x\\_krok\\_%%'")
    parts.append("SELECT md5(coalesce(string_agg(gid::text, ',' ORDER BY gid), '')) FROM res_groups_users_rel WHERE uid = " + str(env.uid))
    parts.append(
        "SELECT md5(coalesce(string_agg(hid::text, ',' ORDER BY hid), '')) FROM res_groups_implied_rel WHERE gid ="
        " (SELECT res_id FROM ir_model_data WHERE module = 'base' AND name = 'group_user')")
    for field, table in [('x_user_id', 'res_users'), ('x_team_id', 'crm_team')]:
        if 'x_krok_step' in tables and field in env['x_krok_step']._fields:
            parts.append("SELECT string_agg(DISTINCT o.id || '.' || o.active, ',') FROM x_krok_step s JOIN " + table + " o ON o.id = s." + field)
    env.cr.execute("SELECT md5(concat((" + "), '/', (".join(parts) + ")))")
    return env.cr.fetchone()[0]
