# Names the state of all definitions: it changes with every insert, update and delete, also with a late commit, because xmin is the
# transaction that wrote a row. In 14 and 15 translations stand in a table of their own. The groups of whoever asks are in it because some
# problems are theirs: a right that was given takes them away.
def version_of(env, tables):
    parts = ["SELECT string_agg(code, ',' ORDER BY code) FROM res_lang WHERE active"]
    for table in tables:
        parts.append("SELECT count(*) || ':' || md5(coalesce(string_agg(id || '.' || xmin, ',' ORDER BY id), '')) FROM " + table)
    if 'ir.translation' in env:
        parts.append("SELECT md5(coalesce(string_agg(id || '.' || xmin, ',' ORDER BY id), '')) FROM ir_translation WHERE name LIKE 'x\\_krok\\_%%'")
    parts.append("SELECT md5(coalesce(string_agg(gid::text, ',' ORDER BY gid), '')) FROM res_groups_users_rel WHERE uid = " + str(env.uid))
    env.cr.execute("SELECT md5(concat((" + "), '/', (".join(parts) + ")))")
    return env.cr.fetchone()[0]
