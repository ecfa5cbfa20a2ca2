# Writes the module's words in one language, for the series that do not read them from a file (14 to 17). Argument rows: [model, id,
# field, piece by piece?, English, translation]; lang.


def in_translation_table(rows, lang):
    # 14 and 15 keep translations in a table of their own.
    table = env['ir.translation'].sudo()
    for model, res_id, field, term, source, value in rows:
        found = [('name', '=', model + ',' + field), ('lang', '=', lang), ('res_id', '=', res_id)]
        if term:
            found.append(('src', '=', source))
        row = table.search(found, limit=1)
        if row:
            row.write({'src': source, 'value': value, 'state': 'translated'})
        else:
            table.create({
                'name': model + ',' + field, 'lang': lang, 'res_id': res_id, 'src': source, 'value': value, 'module': 'krok',
                'type': 'model_terms' if term else 'model', 'state': 'translated'})


def in_columns(rows, lang):
    # From 16 on the column itself holds all languages. Those of models and fields are written past the ORM, which would set up
    # all models anew for each. Not even an administrator may write a category of groups.
    terms = {}
    for model, res_id, field, term, source, value in rows:
        if term:
            terms.setdefault((model, res_id, field), {})[source] = value
        elif model.startswith('ir.model'):
            env.cr.execute(
                'UPDATE ' + model.replace('.', '_') + ' SET ' + field + " = coalesce(" + field + ", '{}'::jsonb) || jsonb_build_object(%s, %s) WHERE id = %s",
                (lang, value, res_id))
        else:
            env[model].sudo().browse(res_id).update_field_translations(field, {lang: value})
    for key in terms:
        env[key[0]].sudo().browse(key[1]).update_field_translations(key[2], {lang: terms[key]})


env.cr.execute("SELECT to_regclass('ir_translation') IS NOT NULL")
if env.cr.fetchone()[0]:
    in_translation_table(env.context['krok']['rows'], env.context['krok']['lang'])
else:
    in_columns(env.context['krok']['rows'], env.context['krok']['lang'])
if env['ir.module.module'].sudo().search([('name', '=', 'base')]).latest_version[:3] in ('17.', '18.', '19.'):
    env.registry.clear_cache()
    env.registry.clear_cache('templates')
else:
    env.registry.clear_caches()
action = {'rows': len(env.context['krok']['rows'])}
