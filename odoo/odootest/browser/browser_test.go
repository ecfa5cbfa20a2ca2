package browser_test

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/odootest/browser"
)

// pictures is where the tests leave what they saw, for whoever wants to look.
func pictures(t *testing.T, name string) string {
	folder := os.Getenv("KROK_TEST_PICTURES")
	if folder == "" {
		folder = t.TempDir()
	}
	return filepath.Join(folder, name)
}

func TestAPersonFillsInAContactAndItIsSaved(t *testing.T) {
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			o := odootest.New(t, version, odootest.Lean())
			contacts := o.Ref(t, "contacts.action_contacts")
			b := browser.New(t, o)

			b.OpenNew(contacts)
			b.Fill("name", "Марта Приклад")
			b.Fill("street", "вул. Тиха, 5")
			b.Pick("country_id", "Ukraine")
			b.Choose("lang", "Ukrainian / українська")
			b.Tab(map[int]string{19: "Notes", 14: "Internal Notes"}[version])
			b.Fill("comment", "Writes in the evening")
			b.Save()

			rows := o.SQL(t, `SELECT p.id, p.street, c.code, p.lang, p.comment LIKE '%Writes in the evening%'
				FROM res_partner p JOIN res_country c ON c.id = p.country_id WHERE p.name = 'Марта Приклад'`)
			require.Len(t, rows, 1)
			require.Equal(t, []string{"вул. Тиха, 5", "UA", "uk_UA", "t"}, rows[0][1:])

			var id int64
			_, err := fmt.Sscan(rows[0][0], &id)
			require.NoError(t, err)
			b.Open(contacts, id)
			require.Contains(t, b.Text(), "Марта Приклад")
			requirePicture(t, b, fmt.Sprintf("contact-%d.png", version))

			b.OpenList(contacts)
			require.Contains(t, b.Text(), "Марта Приклад")
		})
	}
}

func TestAPersonAddsALineToAnOrder(t *testing.T) {
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			o := odootest.New(t, version)
			client := o.Client(t)
			_, err := client.Create(t.Context(), "product.product", map[string]any{"name": "Blue lamp", "list_price": 12.5})
			require.NoError(t, err)
			b := browser.New(t, o)

			b.OpenNew(o.Ref(t, "sale.action_quotations_with_onboarding"))
			b.Pick("partner_id", "My Company")
			b.AddLine("order_line")
			b.Pick(map[int]string{19: "order_line/product_template_id", 14: "order_line/product_id"}[version], "Blue lamp")
			b.Fill("order_line/product_uom_qty", "3")
			b.Save()

			require.Equal(t, [][]string{{"3", "12.50"}},
				o.SQL(t, `SELECT round(product_uom_qty), round(price_unit::numeric, 2) FROM sale_order_line`))
			requirePicture(t, b, fmt.Sprintf("order-%d.png", version))
		})
	}
}

func TestWhatOdooRefusesComesBackAsItsWords(t *testing.T) {
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			o := odootest.New(t, version, odootest.Lean())
			b := browser.New(t, o)
			b.OpenNew(o.Ref(t, "contacts.action_contacts"))
			b.Fill("street", "A street without a name")
			require.Contains(t, b.TrySave(), map[int]string{19: "Missing required fields", 14: "Name"}[version])
			require.Equal(t, [][]string{{"0"}}, o.SQL(t, `SELECT count(*) FROM res_partner WHERE street LIKE 'A street%'`))
		})
	}
}

func TestAnErrorDialogOfTheServerComesBackAsItsWords(t *testing.T) {
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			o := odootest.New(t, version, odootest.Lean())
			b := browser.New(t, o)
			b.Open(o.Ref(t, "base.action_currency_form"), o.Ref(t, "base.EUR"))
			b.Fill("name", "USD")
			require.Contains(t, b.TrySave(), "must be unique")
		})
	}
}

// requirePicture takes a picture and checks that it is one, of a page that has been painted.
func requirePicture(t *testing.T, b *browser.Browser, name string) {
	t.Helper()
	path := pictures(t, name)
	b.Screenshot(path)
	file, err := os.ReadFile(path)
	require.NoError(t, err)
	picture, _, err := image.Decode(bytes.NewReader(file))
	require.NoError(t, err)
	require.Equal(t, 1400, picture.Bounds().Dx())
	colours := map[any]bool{}
	for x := 0; x < picture.Bounds().Dx(); x += 3 {
		for y := 0; y < picture.Bounds().Dy(); y += 3 {
			colours[picture.At(x, y)] = true
		}
	}
	require.Greater(t, len(colours), 50, "the picture is blank")
}
