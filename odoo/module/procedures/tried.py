# Tries what an admin's words may make impossible. What was saved before stays saved.
def save_so_far(env):
    env['res.partner'].flush() if 'ir.translation' in env else env.flush_all()


# Gives what a function gives for an argument, or something else where anything goes wrong in it: then it has done nothing.
def tried(env, function, argument, otherwise):
    save_so_far(env)
    env.cr.execute('SAVEPOINT krok_tried')
    try:
        result = function(env, argument)
        env.cr.execute('RELEASE SAVEPOINT krok_tried')
        return result
    except Exception:
        env.cr.execute('ROLLBACK TO SAVEPOINT krok_tried')
        env.cr.execute('RELEASE SAVEPOINT krok_tried')
        return otherwise
