# An external event has one rule of Odoo, made and changed with it in the same save. Its code is fixed: a row for krok, and nothing else, so
# that a user's save costs next to nothing and never fails for it. Only model, domains and fields come from the form.
# include fixed_domain
# include tried
# include named_fields
# include watch_rule
keep_rule(env, record.sudo())
