// What Go's own debug packages read out of a program: functions, line rows, types and variables, one per line, as truth for the symbol reader.
package main

import (
	"bufio"
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	file, err := elf.Open(os.Args[1])
	check(err)
	w := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer w.Flush()
	data, err := file.DWARF()
	check(err)
	reader := data.Reader()
	for {
		entry, err := reader.Next()
		check(err)
		if entry == nil {
			break
		}
		name, _ := entry.Val(dwarf.AttrName).(string)
		switch entry.Tag {
		case dwarf.TagCompileUnit:
			lines(w, data, entry)
			continue
		case dwarf.TagSubprogram:
			if ranges, _ := data.Ranges(entry); len(ranges) > 0 {
				if origin, ok := entry.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset); ok {
					other := data.Reader()
					other.Seek(origin)
					abstract, err := other.Next()
					check(err)
					name, _ = abstract.Val(dwarf.AttrName).(string)
				}
				fmt.Fprintf(w, "F %x %x %s\n", ranges[0][0], ranges[0][1], name)
			}
		case dwarf.TagStructType:
			typ, err := data.Type(entry.Offset)
			check(err)
			if s, ok := typ.(*dwarf.StructType); ok && !strings.ContainsAny(name, "<{ ") {
				fmt.Fprintf(w, "T %s %d", name, s.ByteSize)
				for _, f := range s.Field {
					fmt.Fprintf(w, " %s@%d", f.Name, f.ByteOffset)
				}
				fmt.Fprintln(w)
			}
		case dwarf.TagVariable:
			if location, ok := entry.Val(dwarf.AttrLocation).([]byte); ok && len(location) == 9 && location[0] == 3 {
				address := uint64(0)
				for i := 8; i > 0; i-- {
					address = address<<8 | uint64(location[i])
				}
				if address != 0 {
					fmt.Fprintf(w, "V %x %s\n", address, name)
				}
			}
		}
		reader.SkipChildren()
	}
}

func lines(w io.Writer, data *dwarf.Data, unit *dwarf.Entry) {
	reader, err := data.LineReader(unit)
	check(err)
	if reader == nil {
		return
	}
	var row dwarf.LineEntry
	for reader.Next(&row) == nil {
		if row.EndSequence {
			continue
		}
		file := ""
		if row.File != nil {
			file = row.File.Name
		}
		fmt.Fprintf(w, "L %x %s:%d %t %t\n", row.Address, file, row.Line, row.IsStmt, row.PrologueEnd)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
