// Prints where the packages named on the command line use their own functions and variables, by go/types: FILE OFFSET NAME a line.
// What server/src/golang/scopes.test.ts compares with.
package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
)

func main() {
	for _, path := range os.Args[1:] {
		pkg, err := build.Import(path, filepath.Join(build.Default.GOROOT, "src"), 0)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		files := token.NewFileSet()
		var trees []*ast.File
		for _, name := range pkg.GoFiles {
			tree, err := parser.ParseFile(files, filepath.Join(pkg.Dir, name), nil, 0)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			trees = append(trees, tree)
		}
		info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
		config := types.Config{Error: func(error) {}, Importer: importer.ForCompiler(files, "source", nil)}
		checked, _ := config.Check(path, files, trees, info)
		for _, found := range []map[*ast.Ident]types.Object{info.Defs, info.Uses} {
			for name, object := range found {
				if object == nil || object.Parent() != checked.Scope() {
					continue
				}
				switch object.(type) {
				case *types.Func, *types.Var:
					at := files.Position(name.Pos())
					fmt.Println(at.Filename, at.Offset, name.Name)
				}
			}
		}
	}
}
