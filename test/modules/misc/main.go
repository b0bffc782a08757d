// Encoders, loggers, caches and pools, some with code made at run time (sonic).
package main

import (
	"fmt"
	"github.com/BurntSushi/toml"
	"github.com/bytedance/sonic"
	"github.com/dgraph-io/ristretto/v2"
	"github.com/goccy/go-json"
	"github.com/google/uuid"
	"github.com/panjf2000/ants/v2"
	"github.com/puzpuzpuz/xsync/v3"
	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
	"gopkg.in/yaml.v3"
	"os"
	"sync"
)

func main() {
	var v map[string]any
	fmt.Println(json.Unmarshal([]byte(`{"a":[1,2,{"b":null}],"c":"d"}`), &v), v)
	var y any
	fmt.Println(yaml.Unmarshal([]byte("a: [1, two]\nb: {c: 1.5}"), &y), y)
	var t map[string]any
	_, err := toml.Decode("x=1\n[y]\nz=\"q\"", &t)
	fmt.Println(t, err)
	c := &cobra.Command{Use: "x", Run: func(c *cobra.Command, a []string) { fmt.Println("ran", a) }}
	c.SetArgs([]string{"1", "2"})
	c.Execute()
	l := zerolog.New(os.Stdout)
	l.Info().Int("n", 3).Msg("hi")
	fmt.Println(len(uuid.NewString()))
	m := xsync.NewMapOf[int, int]()
	for i := 0; i < 1000; i++ {
		m.Store(i, i*i)
	}
	fmt.Println(m.Size())
	r, err := ristretto.NewCache(&ristretto.Config[string, int]{NumCounters: 1000, MaxCost: 100, BufferItems: 64})
	fmt.Println(err)
	r.Set("a", 1, 1)
	r.Wait()
	fmt.Println(r.Get("a"))
	s, err := sonic.Marshal(v)
	fmt.Println(len(s), err)
	var w any
	fmt.Println(sonic.Unmarshal([]byte(`{"x":[1.5,true,"é"]}`), &w), w)
	fmt.Println(gjson.Get(`{"a":{"b":[1,2,3]}}`, "a.b.#"))
	var wg sync.WaitGroup
	p, _ := ants.NewPool(10)
	n := 0
	var mu sync.Mutex
	for i := 0; i < 100; i++ {
		wg.Add(1)
		p.Submit(func() { mu.Lock(); n++; mu.Unlock(); wg.Done() })
	}
	wg.Wait()
	fmt.Println(n)
}
