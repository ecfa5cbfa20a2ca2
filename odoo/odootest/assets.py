# Fed to "odoo shell" when a template is made: has the web client's bundles ready in it, so that not every
# test in a browser makes them anew. 14 and 19 name the bundles and the method differently.
from odoo.release import version_info

qweb = env['ir.qweb']  # noqa: F821 (the shell provides env)
if version_info[0] == 14:
    for name in ('web.assets_common', 'web.assets_backend', 'web.assets_backend_prod_only'):
        qweb._get_asset_nodes(name, {}, css=True, js=True)
else:
    bundle = qweb._get_asset_bundle('web.assets_web', css=True, js=True)
    bundle.js()
    bundle.css()
env.cr.commit()  # noqa: F821
