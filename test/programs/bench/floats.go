// SSE arithmetic: a dot product, a polynomial and a square root over arrays of float64, N times.
package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
)

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	a, b := make([]float64, 100_000), make([]float64, 100_000)
	for i := range a {
		a[i], b[i] = float64(i)/3, 1/float64(i+1)
	}
	total := 0.0
	for r := 0; r < rounds; r++ {
		sum := 0.0
		for i, x := range a {
			sum += x*b[i] + ((x*1e-5+1)*x*1e-5+1)*1e-3
			b[i] = math.Sqrt(b[i]*b[i] + 1e-12)
		}
		total += sum
	}
	fmt.Println(total)
}
