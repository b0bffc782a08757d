// Regular expressions: N rounds of finding and replacing in a text of log lines, by one-pass, backtracking and NFA matchers.
package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	var b strings.Builder
	for i := 0; i < 300; i++ {
		fmt.Fprintf(&b, "%02d:%02d:%02d level=%s user=u%d@site%d.org took %d.%dms path=/x/%x\n", i%24, i%60, i*7%60, []string{"info", "warn", "error"}[i%3], i, i%5, i%40, i%10, i*i)
	}
	text := b.String()
	address := regexp.MustCompile(`(\w+)@(\w+(?:\.\w+)+)`)
	clock := regexp.MustCompile(`(?m)^([01]\d|2[0-3]):([0-5]\d)`)
	slow := regexp.MustCompile(`(?:error|warn).*?took ([2-9]\d|1\d\d)\.`)
	sum := 0
	for r := 0; r < rounds; r++ {
		sum += len(address.ReplaceAllString(text, "$2 at $1"))
		for _, m := range clock.FindAllStringSubmatch(text, -1) {
			sum += int(m[1][1]) + int(m[2][0])
		}
		for _, m := range slow.FindAllStringIndex(text, -1) {
			sum += m[1] - m[0]
		}
	}
	fmt.Println(sum)
}
