// Writes the SDKs of a package schema: `sdks SCHEMA FOLDER` makes FOLDER/python, FOLDER/nodejs and FOLDER/go. They are
// those of `pulumi package gen-sdk`, which needs the vendor's language hosts. Made by Pulumi 3.259: what 3.274 makes for
// TypeScript needs @pulumi/pulumi 3.269, and with it Node 22.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// What the headers of the files name as their maker.
const tool = "pulumi-wallaroo"

type files = map[string][]byte

// The schemas of other packages: this one refers to none. A loader that is nil would be replaced by one that looks for
// plugins.
type noOther struct{ schema.ReferenceLoader }

var languages = []struct {
	name     string
	generate func(*schema.Package) (files, error)
}{
	{"python", func(bound *schema.Package) (files, error) {
		made, err := python.GeneratePackage(tool, bound, files{}, noOther{})
		if err == nil {
			// pyproject.toml names it there.
			made["README.md"] = made["pulumi_wallaroo/README.md"]
		}
		return made, err
	}},
	{"nodejs", func(bound *schema.Package) (files, error) {
		return nodejs.GeneratePackage(tool, bound, files{}, nil, false, noOther{})
	}},
	{"go", func(bound *schema.Package) (files, error) {
		return golang.GeneratePackage(tool, bound, nil)
	}},
}

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: sdks SCHEMA FOLDER"))
	}
	text, err := os.ReadFile(os.Args[1])
	fail(err)
	out := os.Args[2]
	// Nothing is deleted: the folder may be a wrong one.
	if entries, _ := os.ReadDir(out); len(entries) > 0 {
		fail(fmt.Errorf("Could not write the SDKs to %s: the folder is not empty. Name a new one, or empty it.", out))
	}
	for _, language := range languages {
		made, err := language.generate(bind(text))
		fail(err)
		fail(write(filepath.Join(out, language.name), made))
		fmt.Println(filepath.Join(out, language.name))
	}
}

// Reads the schema for one language: a generator changes what it is given.
func bind(text []byte) *schema.Package {
	var spec schema.PackageSpec
	fail(json.Unmarshal(text, &spec))
	bound, diagnostics, err := schema.BindSpec(spec, noOther{}, schema.ValidationOptions{})
	fail(err)
	if diagnostics.HasErrors() {
		fail(diagnostics)
	}
	return bound
}

func write(folder string, made files) error {
	for name, text := range made {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
