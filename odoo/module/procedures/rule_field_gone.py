# A field that is removed from Odoo takes the rules of external events with it whose domains name it: Odoo could not apply them any more, and
# nobody could save such a record. The event itself stays, and krok tells the admin.
# include fixed_domain
# include named_fields
# include watch_rule
for rule in bound_rules(env):
    if is_named(env, rule, (record.model, record.name)):
        drop_rule(env, rule)
