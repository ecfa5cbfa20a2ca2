# A model that is removed from Odoo takes the rules of its external events with it: up to 16 it could not go while they hold on to it.
# include watch_rule
for rule in bound_rules(env):
    if rule.model_id.id == record.id:
        drop_rule(env, rule)
