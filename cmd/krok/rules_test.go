package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/texts"
)

const moduleName = "github.com/krokbot/krok/"

// source is one Go file of the repository.
type source struct {
	path, room string // "flow/turn.go", "flow"
	file       *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	root := filepath.Join("..", "..")
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		path, err = filepath.Rel(root, path)
		all = append(all, source{path: filepath.ToSlash(path), room: filepath.ToSlash(filepath.Dir(path)), file: file})
		return err
	}))
	require.NotEmpty(t, all)
	return all
}

// A newer telego than the one tried may read the Bot API otherwise: it is taken on purpose, never by the way.
func TestTelegoIsTheVersionThatWasTried(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	require.NoError(t, err)
	require.Contains(t, string(mod), "github.com/mymmrac/telego v1.12.1")
}

// What a room may not import. Imports point inwards: cmd, then connector, odoo and config, then flow.
var forbidden = map[string][]string{
	"flow": {moduleName + "cmd", moduleName + "connector", moduleName + "odoo", moduleName + "config", "github.com/mymmrac/telego",
		"github.com/kolo/xmlrpc", "github.com/redis/go-redis"},
	"connector": {moduleName + "cmd", moduleName + "odoo", moduleName + "config"},
	"odoo":      {moduleName + "cmd", moduleName + "connector", moduleName + "config"},
	"config":    {moduleName + "cmd", moduleName + "connector", moduleName + "odoo"},
}

func TestImportsPointInwards(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		top, _, _ := strings.Cut(s.path, "/")
		for _, spec := range s.file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			if strings.HasSuffix(s.path, "_test.go") && path == moduleName+"cmd/krok/sample" {
				continue // the sample bot is a test's best example
			}
			for _, no := range forbidden[top] {
				if strings.HasPrefix(s.room, "flow/store") && strings.Contains(no, "go-redis") {
					continue
				}
				require.False(t, path == no || strings.HasPrefix(path, no+"/"), "%s imports %s", s.path, path)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	docs := map[string]bool{}
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		docs[s.room] = docs[s.room] || s.file.Doc != nil
	}
	for room, has := range docs {
		require.True(t, has, "package in %s has no doc", room)
	}
}

// key is how a text is named in code: "area.name".
var key = regexp.MustCompile(`^[a-z]+\.[a-z0-9_-]*[a-z0-9]$`)

func TestEveryTextThatCodeNamesStandsInTheCatalogue(t *testing.T) {
	t.Parallel()
	areas := map[string]bool{}
	for _, one := range texts.Keys(texts.Default) {
		area, _, _ := strings.Cut(one, ".")
		areas[area] = true
	}
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			literal, ok := node.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			area, name, _ := strings.Cut(text, ".")
			if err == nil && key.MatchString(text) && areas[area] && !slices.Contains([]string{"yaml", "html", "go", "py", "zip", "xml", "svg", "png", "sh"}, name) && isKeyPlace(s, area) {
				require.True(t, texts.Has(text), "%s names the text %q, which is not in the catalogue", s.path, text)
			}
			return true
		})
	}
}

// isKeyPlace leaves out words that only look like keys: names of Odoo's models in its rooms, of indexes and sounds elsewhere.
func isKeyPlace(s source, area string) bool {
	return !(strings.HasPrefix(s.path, "odoo/module/") && area == "module") && area != "store" || strings.HasPrefix(s.path, "flow/")
}

func TestEveryProblemHasARemedy(t *testing.T) {
	t.Parallel()
	for _, one := range texts.Keys(texts.Default) {
		if strings.HasPrefix(one, "problem.") && !strings.HasSuffix(one, "_remedy") {
			require.True(t, texts.Has(one+"_remedy"), one)
		}
	}
}
