// Assembly kernels of cryptography, erasure codes and columns: each takes the best path that CPUID offers.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/math"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/cloudflare/circl/dh/x25519"
	"github.com/cloudflare/circl/ecc/fourq"
	"github.com/cloudflare/circl/sign/ed448"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/klauspost/reedsolomon"
	"github.com/parquet-go/parquet-go"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func codes(random *rand.Rand) {
	encoder, err := reedsolomon.New(10, 4)
	check(err)
	shards := make([][]byte, 14)
	for i := range shards {
		shards[i] = make([]byte, 10_007)
		if i < 10 {
			random.Read(shards[i])
		}
	}
	check(encoder.Encode(shards))
	whole := sha256.Sum256(bytes.Join(shards, nil))
	shards[0], shards[5], shards[11] = nil, nil, nil
	check(encoder.Reconstruct(shards))
	fmt.Printf("%x %v\n", whole, whole == sha256.Sum256(bytes.Join(shards, nil)))
}

func curves(random *rand.Rand) {
	var secret, public x25519.Key
	random.Read(secret[:])
	x25519.KeyGen(&public, &secret)
	fmt.Printf("%x\n", public)
	var point fourq.Point
	var scalar [32]byte
	random.Read(scalar[:])
	point.ScalarBaseMult(&scalar)
	var packed [32]byte
	point.Marshal(&packed)
	fmt.Printf("%x\n", packed)
	_, key, err := ed448.GenerateKey(random)
	check(err)
	fmt.Printf("%x\n", sha256.Sum256(ed448.Sign(key, []byte("words"), "")))

	_, _, g1, g2 := bn254.Generators()
	var a, b fr.Element
	a.SetUint64(123456789)
	b.Exp(a, big.NewInt(987654321))
	pairing, err := bn254.Pair([]bn254.G1Affine{g1}, []bn254.G2Affine{g2})
	check(err)
	fmt.Println(b.String(), pairing.IsInSubGroup())
}

func columns(random *rand.Rand) {
	builder := array.NewFloat64Builder(memory.DefaultAllocator)
	bitmap := roaring.New()
	type row struct {
		ID   int64
		Name string
		X    float64
	}
	rows := make([]row, 2000)
	for i := range rows {
		x := random.Float64()
		builder.Append(x)
		bitmap.Add(uint32(random.Intn(1 << 20)))
		rows[i] = row{int64(i) * 3, fmt.Sprint("name", i%13), x}
	}
	fmt.Println(math.Float64.Sum(builder.NewFloat64Array()), bitmap.GetCardinality(), bitmap.Rank(1<<19))
	var file bytes.Buffer
	check(parquet.Write(&file, rows))
	back, err := parquet.Read[row](bytes.NewReader(file.Bytes()), int64(file.Len()))
	check(err)
	same := len(back) == len(rows)
	for i := range back {
		same = same && back[i] == rows[i]
	}
	fmt.Println(same)
}

func main() {
	random := rand.New(rand.NewSource(1))
	codes(random)
	curves(random)
	columns(random)
}
