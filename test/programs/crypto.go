// Hashes, ciphers and signatures that use the assembly kernels of the standard library, checked against known answers.
package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"hash/crc64"
	"hash/fnv"
	"hash/maphash"
)

func main() {
	data := make([]byte, 10_007)
	for i := range data {
		data[i] = byte(i*i + i>>8)
	}
	fmt.Printf("%x\n%x\n%x\n%x\n%x\n", md5.Sum(data), sha1.Sum(data), sha256.Sum256(data), sha512.Sum512(data), sha256.Sum224([]byte("abc")))
	fmt.Println(crc32.ChecksumIEEE(data), crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)), crc64.Checksum(data, crc64.MakeTable(crc64.ECMA)), adler32.Checksum(data))
	f := fnv.New64a()
	f.Write(data)
	fmt.Println(f.Sum64())
	mac := hmac.New(sha256.New, []byte("key"))
	mac.Write(data)
	fmt.Println(hex.EncodeToString(mac.Sum(nil)))
	for _, size := range []int{16, 24, 32} {
		block, err := aes.NewCipher(data[:size])
		if err != nil {
			panic(err)
		}
		out := append([]byte(nil), data[:4096]...)
		cipher.NewCBCEncrypter(block, data[100:116]).CryptBlocks(out, out)
		ctr := append([]byte(nil), data[:1001]...)
		cipher.NewCTR(block, data[7:23]).XORKeyStream(ctr, ctr)
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			panic(err)
		}
		sealed := gcm.Seal(nil, data[:12], data[:777], []byte("extra"))
		opened, err := gcm.Open(nil, data[:12], sealed, []byte("extra"))
		_, broken := gcm.Open(nil, data[:12], sealed, []byte("other"))
		fmt.Printf("%d %x %x %x %v %v %v\n", size, sha1.Sum(out), sha1.Sum(ctr), sealed[777:], bytes.Equal(opened, data[:777]), err, broken)
	}
	key := ed25519.NewKeyFromSeed(data[:32])
	signature := ed25519.Sign(key, data)
	fmt.Println(base64.StdEncoding.EncodeToString(signature), ed25519.Verify(key.Public().(ed25519.PublicKey), data, signature), ed25519.Verify(key.Public().(ed25519.PublicKey), data[1:], signature))
	var one, two maphash.Hash
	two.SetSeed(one.Seed())
	one.Write(data)
	two.Write(data)
	fmt.Println(one.Sum64() == two.Sum64())
}
