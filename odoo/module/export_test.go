package module

import (
	"context"

	"github.com/krokbot/krok/odoo/rpc"
)

// WriteLabels writes the words of the module over RPC, as an install on 14 to 17 does, on any Odoo.
func WriteLabels(ctx context.Context, client *rpc.Client) error {
	i := installer{client: client, major: client.Version().Major}
	return i.writeLabels(ctx, Addons()[0])
}
