// A package whose path has dots in its last element; the program beside it imports it.
package dotted

type Named int

const (
	One Named = iota + 1
	Two
)

type Kind struct {
	N    int
	Next *Kind
}

var Global = Kind{N: 5}
