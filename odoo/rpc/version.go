package rpc

import (
	"fmt"
	"strconv"
	"strings"
)

// Oldest is the oldest series of Odoo that krok knows.
const Oldest = 14

// Version is which Odoo answers.
type Version struct {
	Major int    // 14, 15, … ; "saas~18" counts as 18
	Minor int    // 0 of a yearly release, 1 and more of those in between, which Odoo Online has
	Text  string // as Odoo writes it: "19.0", "17.0-20240709", "saas~18.4+e"
}

func (v Version) String() string { return v.Text }

// AtLeast tells whether it is that series or a newer one.
func (v Version) AtLeast(major int) bool { return v.Major >= major }

// parseVersion reads version_info (a list: major, minor, …, where major may be "saas~18"); the text may carry a date.
func parseVersion(text string, info []any) (Version, error) {
	version := Version{Text: text}
	if len(info) < 2 {
		return version, fmt.Errorf("no version in the answer (%q)", text)
	}
	major := strings.TrimPrefix(fmt.Sprint(info[0]), "saas~")
	var err error
	if version.Major, err = strconv.Atoi(major); err != nil {
		return version, fmt.Errorf("reading the version %q: %w", text, err)
	}
	version.Minor, _ = strconv.Atoi(fmt.Sprint(info[1])) // old ones say "0"; what is no number is not needed
	return version, nil
}

// versionOf reads the answer of common.version() and of version_info.
func versionOf(answer any) (Version, error) {
	record, _ := answer.(map[string]any)
	text, _ := record["server_version"].(string)
	info, _ := record["server_version_info"].([]any)
	return parseVersion(text, info)
}
