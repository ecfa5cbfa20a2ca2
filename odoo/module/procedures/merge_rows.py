# Moves rows from one record to another where a row of each would be one too many. Odoo's own merge of contacts moves all rows of a table
# at once, and deletes them all where a single one meets a unique index: so the tables with such an index are dealt with before.
def flush_all(env):
    env['res.partner'].flush() if 'ir.translation' in env else env.flush_all()


def forget_cached(env):
    env.cache.invalidate() if 'ir.translation' in env else env.invalidate_all()


# The tables and columns that refer to a table. Those that a unique index or another condition rests on come with true.
def references_to(env, table):
    env.cr.execute(
        "SELECT t.relname, a.attname,"
        " EXISTS (SELECT 1 FROM pg_index i LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid"
        "  AND d.refobjid = c.conrelid AND d.refobjsubid = c.conkey[1]"
        "  WHERE i.indrelid = c.conrelid AND i.indisunique AND (c.conkey[1] = ANY(i.indkey::int2[]) OR d.objid IS NOT NULL))"
        " OR EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conrelid = c.conrelid AND o.contype IN ('c', 'x') AND c.conkey[1] = ANY(o.conkey))"
        " FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.confrelid = %s::regclass AND array_length(c.conkey, 1) = 1 AND t.relname NOT LIKE 'base_partner_merge%%'"
        " ORDER BY 1, 2", (table,))
    return env.cr.fetchall()


# The keys of the unique indexes that rest on a column, as expressions over the table, and the condition of each.
def unique_keys(env, table, column):
    env.cr.execute(
        "SELECT array_agg(pg_get_indexdef(i.indexrelid, n, true) ORDER BY n), coalesce(pg_get_expr(i.indpred, i.indrelid, true), 'true')"
        " FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = %s CROSS JOIN generate_series(1, i.indnkeyatts) n"
        " WHERE i.indrelid = %s::regclass AND i.indisunique AND (a.attnum = ANY(i.indkey::int2[]) OR EXISTS (SELECT 1 FROM pg_depend d"
        "  WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))"
        " GROUP BY i.indexrelid, i.indpred, i.indrelid", (column, table))
    keys = env.cr.fetchall()
    if table == 'mail_channel_partner':
        keys.append((['channel_id', column], 'true'))  # one member a channel, which 14 does not see to by itself
    return keys


def columns_of(env, table):
    env.cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum", (table,))
    return [row[0] for row in env.cr.fetchall()]


# Finds rows that would equal a row of the other record in a unique index, were they moved: pairs of the two.
def twins(env, table, column, old, new, which, key):
    columns = columns_of(env, table)
    place = 'id' if 'id' in columns else 'ctid'
    moved = []
    for name in columns:
        moved.append('%s::int4 AS "' + name + '"' if name == column else '"' + name + '"')
    names = []
    same = []
    for expression in key[0]:
        names.append('(' + expression.replace('%', '%%') + ') AS krok_' + str(len(names)))
        same.append('s.krok_' + str(len(same)) + ' = t.krok_' + str(len(same)))
    rows = '"' + column + '" = %s AND ' + which
    keys = ', '.join(names) + ' FROM '
    condition = '(' + key[1].replace('%', '%%') + ')'
    env.cr.execute(
        'SELECT s.krok_row::text, t.krok_row::text FROM (SELECT krok_row, ' + keys + '(SELECT ' + place + ' AS krok_row, ' + ', '.join(moved)
        + ' FROM "' + table + '" WHERE ' + rows + ') m WHERE ' + condition + ') s JOIN (SELECT ' + place + ' AS krok_row, ' + keys
        + '"' + table + '" WHERE ' + condition + ' AND (' + rows + ') IS NOT TRUE) t ON ' + ' AND '.join(same), (new, old, old))
    return place, env.cr.fetchall()


# Moves the rows of a table from one record to another. A row that has a twin there goes, and what refers to it moves on to the twin.
def move_rows(env, table, column, old, new, which, depth):
    rows = ' FROM "' + table + '" WHERE "' + column + '" = %s AND ' + which
    env.cr.execute('SELECT 1' + rows + ' LIMIT 1', (old,))
    if not env.cr.fetchone():
        return
    if depth > 4:
        raise UserError('records.too_deep: %s' % table)
    for key in unique_keys(env, table, column):
        place, pairs = twins(env, table, column, old, new, which, key)
        for row, twin in pairs:
            if place == 'id':
                for other, link, bound in references_to(env, table):
                    move_rows(env, other, link, int(row), int(twin), 'true', depth + 1)
            env.cr.execute('DELETE FROM "' + table + '" WHERE ' + place + ' = %s::' + {'id': 'int4', 'ctid': 'tid'}[place], (row,))
    env.cr.execute('UPDATE "' + table + '" SET "' + column + '" = %s WHERE "' + column + '" = %s AND ' + which, (new, old))


# Moves what Odoo's merge would lose: rows of tables with a unique index, followers of the contact itself, and what is planned for it.
def make_room(env, old, new):
    for table, column, bound in references_to(env, 'res_partner'):
        if bound or table == 'mail_channel_partner':
            move_rows(env, table, column, old, new, 'true', 0)
    for table in ('mail_followers', 'mail_activity'):
        move_rows(env, table, 'res_id', old, new, "res_model = 'res.partner'", 0)
