package telegramtest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUploadsEndAtFiftyMegabytes(t *testing.T) {
	t.Parallel()
	server := New(t)
	r := &request{bot: server.NewBot("shop_bot")}
	_, refused := r.store(source{upload: &Upload{Name: "a.bin", Data: make([]byte, maxUpload+1)}}, "document")
	require.Equal(t, "Request Entity Too Large", refused.Description)
	_, refused = r.store(source{upload: &Upload{Name: "a.bin", Data: make([]byte, maxUpload)}}, "document")
	require.Nil(t, refused)
}
