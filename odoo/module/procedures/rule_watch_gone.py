# The rule of an external event goes with it.
# include watch_rule
drop_rule(env, bound_rule(env, record.id))
