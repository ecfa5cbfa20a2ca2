package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/krokbot/krok/flow/texts"
)

// writeFile writes a file that holds no secret, and says why where it cannot.
func writeFile(path string, data []byte) error {
	return cannotWrite(path, os.WriteFile(path, data, 0o644)) //nolint:gosec // neither a bot file nor the module holds a secret
}

func cannotWrite(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return texts.NewError("cmd.no_folder", texts.Args{"file": path}, err)
	case errors.Is(err, fs.ErrPermission):
		return texts.NewError("cmd.no_write_right", texts.Args{"file": path}, err)
	}
	return texts.NewError("cmd.cannot_write", texts.Args{"file": path, "cause": reason(err)}, err)
}

// fileError keeps the words of mistakes in a file and gives words to a file that cannot be read.
func fileError(path string, err error) error {
	var broken *fs.PathError
	switch {
	case !errors.As(err, &broken):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return texts.NewError("cmd.no_file", texts.Args{"file": path}, err)
	case errors.Is(err, fs.ErrPermission):
		return texts.NewError("cmd.no_read_right", texts.Args{"file": path}, err)
	}
	return texts.NewError("cmd.cannot_read", texts.Args{"file": path, "cause": reason(err)}, err)
}

// reason is what the system says of a file, without the name that the sentence has already.
func reason(err error) error {
	var broken *fs.PathError
	if errors.As(err, &broken) {
		return broken.Err
	}
	return err
}
