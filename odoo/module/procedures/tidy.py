# Forgets what commits came to more than 30 days ago, some at a time. Where none is that old it is one look into an index, and writes
# nothing: so it hangs on a call that is made all the time, and no turn waits for it.
def tidy(env):
    env.cr.execute(
        "DELETE FROM x_krok_commit WHERE id IN (SELECT id FROM x_krok_commit WHERE x_date < now() AT TIME ZONE 'UTC' - interval '30 days'"
        " ORDER BY x_date LIMIT 200 FOR UPDATE SKIP LOCKED)")
