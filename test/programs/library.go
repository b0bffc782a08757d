// A walk through the standard library: maps, sort, strings, strconv, JSON, regexp, text/template, time formatting.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"text/tabwriter"
	"text/template"
	"time"
	"unicode/utf8"
)

type address struct {
	Street string   `json:"street"`
	Lines  []string `json:"lines,omitempty"`
}

type person struct {
	Name    string             `json:"name"`
	Age     int                `json:"age"`
	Scores  map[string]float64 `json:"scores"`
	Address *address           `json:"address"`
	Any     interface{}        `json:"any"`
}

func main() {
	text := strings.Repeat("the quick brown fox jumps over the lazy dog, and the dog sleeps; ", 40)
	words := map[string]int{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;", r) }) {
		words[word]++
	}
	keys := make([]string, 0, len(words))
	for word := range words {
		keys = append(keys, word)
	}
	sort.Slice(keys, func(i, j int) bool {
		return words[keys[i]] > words[keys[j]] || words[keys[i]] == words[keys[j]] && keys[i] < keys[j]
	})
	for _, key := range keys {
		fmt.Print(key, "=", words[key], " ")
	}
	fmt.Println()

	var builder strings.Builder
	for i := 0; i < 200; i++ {
		builder.WriteString(strconv.Itoa(i * i))
		builder.WriteByte('.')
	}
	fmt.Println(builder.Len(), strings.Count(builder.String(), "9"), strings.LastIndex(builder.String(), "144"), strings.ToTitle("grüße"), utf8.RuneCountInString("日本語"))

	for _, s := range []string{"12", "-0x1f", "1e3", "99999999999999999999", "3.25", "NaN", "truE", "0b101"} {
		i, errI := strconv.ParseInt(s, 0, 64)
		f, errF := strconv.ParseFloat(s, 64)
		b, errB := strconv.ParseBool(s)
		fmt.Println(i, errI, f, errF, b, errB)
	}
	fmt.Println(strconv.Quote("tab\tnul\x00\u2028"), strconv.FormatFloat(1.0/3, 'g', -1, 32), strconv.AppendInt(nil, -255, 16))

	in := person{"Ada", 36, map[string]float64{"math": 9.75, "art": 1e-7, "big": 1e21}, &address{"Main <St>", []string{"a", "b"}}, []interface{}{1, "two", nil, true, map[string]interface{}{"k": 3.5}}}
	data, err := json.MarshalIndent(in, "", " ")
	fmt.Println(string(data), err)
	var out person
	fmt.Println(json.Unmarshal(data, &out), out.Name, out.Scores, *out.Address, out.Any)
	fmt.Println(json.Unmarshal([]byte(`{"name": 5}`), &out))
	fmt.Println(json.Unmarshal([]byte(`{"name": "x",}`), &out))

	re := regexp.MustCompile(`(?i)(\w+)@(\w+)\.(com|org)`)
	mail := "write to Bob@example.com, or ALICE@host.ORG; not to x@y.net"
	fmt.Println(re.FindAllStringSubmatch(mail, -1), re.ReplaceAllString(mail, "$2 at $1"))
	fmt.Println(regexp.MustCompile(`^(a+)+$`).MatchString(strings.Repeat("a", 500)+"b"), regexp.MustCompile(`\p{Greek}+`).FindString("abc αβγ def"))

	template.Must(template.New("t").Funcs(template.FuncMap{"up": strings.ToUpper}).Parse("{{range $i, $e := .}}{{if $i}}, {{end}}{{$e | up | printf \"%q\"}}{{else}}none{{end}}\n")).Execute(os.Stdout, keys[:3])
	table := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', tabwriter.AlignRight|tabwriter.Debug)
	fmt.Fprintln(table, "a\tbbb\tc")
	fmt.Fprintln(table, "aaaa\tb\tccccc")
	table.Flush()

	when := time.Date(2024, time.February, 29, 13, 4, 5, 678901234, time.UTC)
	fmt.Println(when.Format(time.RFC3339Nano), when.AddDate(1, 0, 0).Format(time.RFC1123), when.YearDay(), when.Weekday(), when.Truncate(time.Hour).Unix())
	parsed, err := time.Parse("2006-01-02 15:04:05 -0700", "2021-12-31 23:59:59 +0530")
	fmt.Println(parsed.UTC(), err, when.Sub(parsed))
	fmt.Println(bytes.Fields([]byte(" a  b c ")), bytes.EqualFold([]byte("Go"), []byte("GO")))
}
