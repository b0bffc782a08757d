// Floating point to the last bit: math functions, rounding, conversions, denormals, NaN, and formatting of the results.
package main

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/cmplx"
	"math/rand"
)

func main() {
	for _, x := range []float64{0, 0.1, 0.5, 1, 2, 10, 1e-310, 1e300, -1.5, -0.0, math.Pi, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.NaN()} {
		fmt.Println(x, math.Sqrt(x), math.Sin(x), math.Exp(x), math.Log(x), math.Atan(x), math.Cbrt(x), math.Floor(x), math.Ceil(x), math.Trunc(x), math.RoundToEven(x))
		fmt.Println(math.Float64bits(x), math.Float32bits(float32(x)), math.Pow(x, 1.5), math.Mod(x, 0.3), math.Hypot(x, 3), math.FMA(x, x, 1), math.Tanh(x), math.Gamma(x))
	}
	sum, harmonic := 0.0, float32(0)
	for i := 1; i <= 100000; i++ {
		sum += 1 / float64(i) / float64(i)
		harmonic += 1 / float32(i)
	}
	fmt.Println(sum, harmonic, math.Sqrt(sum*6))
	for _, f := range []float64{1.5, -1.5, 2.5, 1e10, -1e18, 255.99, 0.49999999999999994} {
		fmt.Println(int8(int(f)), int32(int64(f)), int64(f), uint64(math.Abs(f)), uint32(int64(f)), math.Round(f), float32(f))
	}
	for _, n := range []uint64{0, 1, 1 << 52, 1<<53 + 1, 1 << 63, math.MaxUint64} {
		fmt.Println(float64(n), float32(n), float64(int64(n)), bits.LeadingZeros64(n), bits.TrailingZeros64(n), bits.OnesCount64(n), bits.Reverse64(n), bits.RotateLeft64(n, 7))
	}
	hi, lo := bits.Mul64(0xdeadbeefcafebabe, 0x123456789abcdef)
	quo, rem := bits.Div64(5, 7, 11)
	add, carry := bits.Add64(math.MaxUint64, 1, 1)
	fmt.Println(hi, lo, quo, rem, add, carry)
	fmt.Println(cmplx.Sqrt(-1), cmplx.Exp(complex(0, math.Pi)), cmplx.Pow(2i, 3), complex64(1+2i)/complex64(3-4i))
	f := new(big.Int).MulRange(1, 200)
	fmt.Println(f, new(big.Int).Exp(big.NewInt(3), big.NewInt(1000), big.NewInt(1_000_000_007)), new(big.Int).Sqrt(f).BitLen())
	pi, _ := new(big.Float).SetPrec(300).SetString("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
	fmt.Println(new(big.Float).Mul(pi, pi).Text('g', 70), new(big.Rat).Add(big.NewRat(1, 3), big.NewRat(5, 7)))
	r := rand.New(rand.NewSource(7))
	fmt.Println(r.Int63(), r.Float64(), r.NormFloat64(), r.ExpFloat64(), r.Perm(10))
	matrix := [8][8]float64{}
	for i := range matrix {
		for j := range matrix[i] {
			matrix[i][j] = 1 / float64(i+j+1)
		}
	}
	det := 1.0
	for i := range matrix {
		det *= matrix[i][i]
		for j := i + 1; j < 8; j++ {
			factor := matrix[j][i] / matrix[i][i]
			for k := i; k < 8; k++ {
				matrix[j][k] -= factor * matrix[i][k]
			}
		}
	}
	fmt.Printf("%.17g %x %b %e\n", det, det, float32(det), det)
}
