package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

func TestATagWithoutANameIsNoneAlsoWhereEnglishIsNotActive(t *testing.T) {
	t.Parallel()
	known := names{{"id": int64(1), "name": flow.Texts{"uk_UA": "Клієнти"}}, {"id": int64(2), "name": flow.Texts{"uk_UA": "Клієнти / VIP"}}}
	require.Nil(t, known.find("", "uk_UA"))
	require.Equal(t, int64(2), known.find("Клієнти / VIP", "uk_UA").ID())
	require.Equal(t, int64(1), known.find("Клієнти", "en_US").ID())
	require.Nil(t, known.find("VIP", "uk_UA"))
}
