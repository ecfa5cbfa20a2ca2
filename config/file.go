package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/goccy/go-yaml"
	"github.com/knadh/koanf/v2"

	"github.com/krokbot/krok/flow/texts"
)

// unreadable says why a settings file cannot be read.
func unreadable(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return texts.NewError("config.no_file", texts.Args{"file": path}, err)
	case errors.Is(err, fs.ErrPermission):
		return texts.NewError("config.no_read_right", texts.Args{"file": path}, err)
	}
	return texts.NewError("config.cannot_read", texts.Args{"file": path, "cause": withoutPath(err)}, err)
}

func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// badFile says where a file is no YAML. What stands there may be a secret, so it is not shown, and neither is the library's own text.
func badFile(path string, err error) error {
	line, column := 1, 1
	var broken yaml.Error
	if errors.As(err, &broken) && broken.GetToken() != nil && broken.GetToken().Position != nil {
		line, column = broken.GetToken().Position.Line, broken.GetToken().Position.Column
	}
	return texts.NewError("config.bad_file", texts.Args{"file": path, "line": line, "column": column}, nil)
}

// parser lets koanf read YAML with a library whose errors know the place.
type parser struct{}

func (parser) Unmarshal(data []byte) (map[string]any, error) {
	values := map[string]any{}
	if err := yaml.Unmarshal(data, &values); err != nil {
		return nil, err
	}
	return values, nil
}

func (parser) Marshal(values map[string]any) ([]byte, error) { return yaml.Marshal(values) }

// checkFile refuses what is no setting and what is no value.
func checkFile(path string, k *koanf.Koanf) error {
	for key, value := range k.Raw() {
		_, isList := value.([]any)
		tokens, isMapping := value.(map[string]any)
		switch {
		case key == "tokens" && value != nil && !isMapping:
			return texts.NewError("config.bad_tokens", texts.Args{"file": path}, nil)
		case key == "tokens":
			for code, token := range tokens {
				if _, isText := token.(string); !isText {
					return texts.NewError("config.bad_value", texts.Args{"file": path, "name": "tokens." + code}, nil)
				}
			}
		case !isSetting(key):
			return texts.NewError("config.unknown", texts.Args{"file": path, "name": key}, nil)
		case isList || isMapping:
			return texts.NewError("config.bad_value", texts.Args{"file": path, "name": key}, nil)
		}
	}
	return nil
}

// Save writes what install found out to a file that only its owner may read. Settings that stand in the file and are not given
// here stay.
func Save(path string, values map[string]string) error {
	kept := map[string]any{}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := yaml.Unmarshal(data, &kept); err != nil {
		return badFile(path, err)
	}
	if kept == nil { // an empty file
		kept = map[string]any{}
	}
	for name, value := range values {
		kept[name] = value
	}
	out, err := yaml.Marshal(kept)
	if err != nil {
		return fmt.Errorf("writing settings: %w", err)
	}
	next := path + ".new"
	if err := os.WriteFile(next, out, 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}
