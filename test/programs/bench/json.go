// Encoding and decoding JSON by reflection: N rounds of a document with nested structs, maps, numbers and escapes.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

type station struct {
	Name     string             `json:"name"`
	Place    [2]float64         `json:"place"`
	Readings map[string]float64 `json:"readings"`
	Notes    []string           `json:"notes,omitempty"`
	Parent   *station           `json:"parent,omitempty"`
}

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	var stations []station
	for i := 0; i < 40; i++ {
		s := station{Name: fmt.Sprintf("Küste \"%d\"\t", i), Place: [2]float64{float64(i) * 1.25, -float64(i) / 3}, Readings: map[string]float64{"wind": float64(i%9) + 0.1, "rain": float64(i * i)}}
		if i%3 == 0 {
			s.Notes, s.Parent = []string{"<calm>", "line\nbreak"}, &station{Name: "p" + strconv.Itoa(i)}
		}
		stations = append(stations, s)
	}
	size, sum := 0, 0.0
	for r := 0; r < rounds; r++ {
		text, err := json.Marshal(stations)
		if err != nil {
			panic(err)
		}
		var back []station
		if err := json.Unmarshal(text, &back); err != nil {
			panic(err)
		}
		size += len(text)
		sum += back[r%len(back)].Readings["rain"]
	}
	fmt.Println(size, sum)
}
