// Package kernel has functions in assembly to step through one at a time: no program around them is needed.
package kernel

// Dot is the sum of the products of a's and b's elements; the shorter one decides how many.
func Dot(a, b []float64) float64

// Upper writes src's bytes to dst with ASCII letters in capitals and returns how many it wrote: as many as both hold.
func Upper(dst, src []byte) int
