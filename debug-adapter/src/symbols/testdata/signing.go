// Signs and verifies: since Go 1.24 parts of the crypto packages lie together, apart from the rest of their packages.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
)

func main() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	digest := make([]byte, 32)
	signature, err := ecdsa.SignASN1(rand.Reader, key, digest)
	fmt.Println(len(signature) > 0, err, ecdsa.VerifyASN1(&key.PublicKey, digest, signature))
}
