// Hashes and ciphers with assembly kernels, each on the best that the processor says it has.
package main

import (
	"fmt"
	"github.com/cespare/xxhash/v2"
	"github.com/minio/highwayhash"
	"github.com/minio/sha256-simd"
	"github.com/zeebo/xxh3"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/sha3"
	"lukechampine.com/blake3"
)

func main() {
	d := make([]byte, 100000)
	for i := range d {
		d[i] = byte(i * i >> 3)
	}
	fmt.Printf("%x\n", blake3.Sum256(d))
	fmt.Println(xxhash.Sum64(d), xxh3.Hash(d))
	fmt.Printf("%x\n", sha256.Sum256(d))
	fmt.Printf("%x\n", sha3.Sum512(d))
	fmt.Printf("%x\n", blake2b.Sum512(d))
	a, _ := chacha20poly1305.New(d[:32])
	s := a.Seal(nil, d[:12], d, nil)
	fmt.Printf("%x\n", blake2b.Sum256(s))
	fmt.Printf("%x\n", argon2.IDKey([]byte("pw"), d[:16], 1, 1024, 2, 32))
	fmt.Printf("%x\n", highwayhash.Sum(d, d[:32]))
	fmt.Println(bcrypt.CompareHashAndPassword([]byte("$2a$04$9FvXvZ1q0cSRoHHxVbTCKeQ6eH2pYz4cZ5i1VJt2zq7vGxqgQ9k4m"), []byte("x")) != nil)
}
