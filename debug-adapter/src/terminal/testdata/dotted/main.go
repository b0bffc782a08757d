// A package whose path has dots in its last element, which symbols write as %2e.
package main

import (
	"fmt"

	dotted "example.com/some.thing/dotted/v1.2/dotted.pkg"
)

func main() {
	two, both, kind := dotted.Two, dotted.One|dotted.Two, &dotted.Global
	held := []any{dotted.One, *kind}
	fmt.Println(two, both, kind, held) // dotted
}
