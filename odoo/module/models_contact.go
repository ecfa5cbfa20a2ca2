package module

import (
	"fmt"
	"strings"
)

// stepContactFields are those of a step that updates the client's contact.
func stepContactFields() []Field {
	field := link("x_field_id", "ir.model.fields", "Update contact field", "Оновити контактні поля").help(
		"The field of the contact that the client's answer goes into. Empty: only the tags are changed, and nothing is asked.",
		"Поле контакту, у яке потрапить відповідь клієнта. Порожньо: змінюються лише теги, і бот нічого не питає.",
	)
	field.Domain = askableDomain()
	return []Field{
		field,
		{Name: "x_field_name", Type: "char", Label: Words{"Name of the field", "Ім’я поля"}, Related: "x_field_id.name", Readonly: true, NotKept: true},
		tags("x_add_tag_ids", "Add contact tags", "Додати тег контакту").
			help("The contact gets these tags.", "Контакт отримає ці теги."),
		tags("x_remove_tag_ids", "Remove contact tags", "Видалити тег контакту").
			help("The contact loses these tags.", "Контакт втратить ці теги."),
		{
			Name: "x_text_after", Type: "text", Translate: true,
			Label: Words{"Message after the update of contact information", "Повідомлення після оновлення контактної інформації"},
			Help: Words{
				"What the client reads when their contact is up to date. Placeholders such as {{ partner.name }} are filled in. Empty: nothing is said.",
				"Що читає клієнт, коли його контакт оновлено. Замість {{ partner.name }} буде підставлено значення. Порожньо: бот нічого не каже.",
			},
		},
		{
			Name: "x_merge_by_phone", Type: "boolean", Label: Words{"Merge by phone number", "Об’єднати за номером телефону"},
			Help: Words{
				"When the client shares their own number, and a contact with that number is in Odoo already, the two become one: the older contact stays.",
				"Коли клієнт ділиться власним номером, а в Odoo вже є контакт з таким номером, обидва стають одним: залишається давніший контакт.",
			},
		},
		{
			Name: "x_share_button", Type: "char", Translate: true, Label: Words{"Name of the share contact button", "Назва кнопки відправки контакту"},
			Help: Words{"The button with which clients send their phone number.", "Кнопка, якою клієнт надсилає свій номер телефону."},
		},
	}
}

// tags is a relation to tags of contacts.
func tags(name, en, uk string) Field {
	return Field{Name: name, Type: "many2many", Relation: "res.partner.category", Label: Words{en, uk}}
}

// askableTypes are the types of fields that a client can be asked for.
var askableTypes = []string{
	"char", "text", "html", "integer", "float", "monetary", "date", "datetime", "boolean", "selection", "many2one", "many2many", "binary",
}

// protectedNames are fields of res.partner, of any Odoo from 14 to 19, that a client must not answer: what Odoo itself keeps, what
// makes a contact a company or a part of one, and the company's own word on the client.
var protectedNames = []string{
	"id", "create_uid", "create_date", "write_uid", "write_date", "display_name", "complete_name", "active", "color", "type", "self",
	"parent_id", "parent_name", "is_company", "company_type", "company_id", "child_ids", "user_ids", "employee", "partner_share", "ref_company_ids",
	"email_normalized", "phone_sanitized", "phone_sanitized_blacklisted", "phone_blacklisted", "mobile_blacklisted", "phone_mobile_search",
	"is_blacklisted", "barcode", "contact_address", "contact_address_complete", "partner_gid", "additional_info", "ocn_token",
	"credit_limit", "debit_limit", "use_partner_credit_limit", "trust", "customer_rank", "supplier_rank", "autopost_bills", "channel_ids", "meeting_ids",
	"is_pickup_location", "global_location_number", "is_published", "is_seo_optimized", "invoice_warn", "invoice_warn_msg", "sale_warn",
	"sale_warn_msg", "picking_warn", "picking_warn_msg", "purchase_warn", "purchase_warn_msg", "image_medium", "image_small",
	"image_1024", "image_512", "image_256", "image_128",
}

// protectedBeginnings are how the names of whole families of such fields begin. Fields of the company (property_…) are the accountants'.
var protectedBeginnings = []string{
	"x_krok_", "commercial_", "signup_", "message_", "activity_", "calendar_", "property_", "specific_property_", "avatar_", "website_", "ignore_abnormal_",
	"invoice_", "peppol_", "same_", "duplicated_", "credit_to_", "days_sales_",
}

// askableDomain finds the fields that a form offers.
func askableDomain() string {
	var domain strings.Builder
	fmt.Fprintf(&domain, "[('model', '=', 'res.partner'), ('store', '=', True), ('readonly', '=', False), ('ttype', 'in', %s), ('name', 'not in', %s)",
		pythonList(askableTypes), pythonList(protectedNames))
	for _, beginning := range protectedBeginnings {
		fmt.Fprintf(&domain, ", '!', ('name', '=like', '%s%%')", beginning)
	}
	domain.WriteString("]")
	return domain.String()
}

// askableLists are the same rules as lines of Python, for the procedures.
func askableLists() string {
	return "ASKABLE_TYPES = " + pythonList(askableTypes) + "\nPROTECTED_NAMES = " + pythonList(protectedNames) +
		"\nPROTECTED_BEGINNINGS = " + pythonList(protectedBeginnings) + "\n"
}

func pythonList(words []string) string { return "['" + strings.Join(words, "', '") + "']" }
