// gonum: linear algebra, statistics and Fourier transforms with assembly kernels.
package main

import (
	"fmt"
	"github.com/shopspring/decimal"
	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"math/rand"
)

func main() {
	r := rand.New(rand.NewSource(1))
	n := 30
	d := make([]float64, n*n)
	for i := range d {
		d[i] = r.NormFloat64()
	}
	a := mat.NewDense(n, n, d)
	var c, inv mat.Dense
	c.Mul(a, a.T())
	fmt.Println(inv.Inverse(&c))
	var e mat.Eigen
	fmt.Println(e.Factorize(a, mat.EigenRight))
	fmt.Println(e.Values(nil)[:3])
	fmt.Println(mat.Det(a), stat.Mean(d, nil), stat.StdDev(d, nil))
	f := fourier.NewFFT(64)
	fmt.Println(f.Coefficients(nil, d[:64])[:3])
	x, _ := decimal.NewFromString("123.456789")
	fmt.Println(x.Mul(x).Div(decimal.NewFromInt(7)))
}
