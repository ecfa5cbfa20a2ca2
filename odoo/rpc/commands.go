package rpc

// Command is one change of a one2many or many2many field, as the value of the field is a list of them.
type Command []any

// Make creates a record in the field.
func Make(values map[string]any) Command { return Command{0, 0, values} }

// Change writes to a record of the field.
func Change(id int64, values map[string]any) Command { return Command{1, id, values} }

// Delete deletes a record of the field.
func Delete(id int64) Command { return Command{2, id, 0} }

// Unlink takes a record out of the field; of a many2many it stays otherwise.
func Unlink(id int64) Command { return Command{3, id, 0} }

// Link adds a record to the field.
func Link(id int64) Command { return Command{4, id, 0} }

// Clear takes all records out of the field.
func Clear() Command { return Command{5, 0, 0} }

// Set makes these the only records of the field.
func Set(ids ...int64) Command {
	if ids == nil {
		ids = []int64{}
	}
	return Command{6, 0, ids}
}
