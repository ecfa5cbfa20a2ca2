# Forgets what is old, some at a time: what commits came to more than 30 days ago, and lines of conversations that their bot keeps no longer.
# Where nothing is that old it is two looks into an index, and writes nothing: so it hangs on a call that is made all the time, and no
# turn waits for it.
def tidy_commits(env):
    env.cr.execute(
        "DELETE FROM x_krok_commit WHERE id IN (SELECT id FROM x_krok_commit WHERE x_date < now() AT TIME ZONE 'UTC' - interval '30 days'"
        " ORDER BY x_date LIMIT 200 FOR UPDATE SKIP LOCKED)")


def tidy_lines(env):
    env.cr.execute(
        "DELETE FROM x_krok_message WHERE id IN (SELECT l.id FROM x_krok_bot b CROSS JOIN LATERAL (SELECT m.id FROM x_krok_message m"
        "  WHERE m.x_bot_id = b.id AND m.x_date < now() AT TIME ZONE 'UTC' - least(b.x_keep_days, 36500) * interval '1 day'"
        "  ORDER BY m.x_date LIMIT 200 FOR UPDATE SKIP LOCKED) l WHERE b.x_keep_days > 0) RETURNING x_attachment_id")
    files = set([row[0] for row in env.cr.fetchall()])
    files.discard(None)
    if files:
        env.cr.execute('SELECT x_attachment_id FROM x_krok_message WHERE x_attachment_id IN %s', (tuple(files),))
        for row in env.cr.fetchall():
            files.discard(row[0])
        env['ir.attachment'].sudo().browse(sorted(files)).exists().unlink()


def tidy(env):
    tidy_commits(env)
    tidy_lines(env)
