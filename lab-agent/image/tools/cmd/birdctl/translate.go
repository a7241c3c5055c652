package main

import (
	"fmt"
	"regexp"
	"strings"
)

// Reply codes of BIRD's control protocol (doc/reply_codes); a line that begins
// with a blank belongs to the code before it.
const (
	codeReady     = "0001"
	codeGraceful  = "0024"
	codeVersion   = "1000"
	codeProtocol  = "1002"
	codeDetails   = "1006"
	codeRoute     = "1007"
	codeStatus    = "1011"
	codeProtocols = "2002"
)

var (
	milliseconds = regexp.MustCompile(`(\d\d:\d\d:\d\d)\.\d+`)
	fraction     = regexp.MustCompile(`(\d)\.\d+/`)
	version      = regexp.MustCompile(`BIRD (\d)`)
	tableName    = regexp.MustCompile(`^Table \S+:$`)
	// DEST unicast [PROTOCOL TIME …] * (PREFERENCE) …; DEST is absent in further routes to it.
	unicast = regexp.MustCompile(`^(\S*)\s+unicast (\[.*)$`)
	nextHop = regexp.MustCompile(`^\t(via \S+ on \S+|dev \S+)`)
)

// translator turns the lines of one connection, one after another.
type translator struct {
	code string
	// Of the routes being listed: where the next hops that follow lead to.
	destination, source string
	// started says that the reply's first row, which carries the code, is out.
	started bool
}

// line gives the lines of BIRD 1.6 that stand for one of BIRD 2.
func (t *translator) line(line string) []string {
	separator, text := "-", strings.TrimPrefix(line, " ")
	if len(line) > 4 && line[0] != ' ' && line[0] != '+' {
		t.started = t.started && t.code == line[:4] && line[4] == '-'
		t.code, separator, text = line[:4], line[4:5], line[5:]
	}
	if separator == " " && t.code != codeReady {
		return []string{line}
	}
	switch t.code {
	case codeReady, codeVersion:
		return []string{version.ReplaceAllString(line, "BIRD v$1")}
	case codeGraceful:
		return []string{fraction.ReplaceAllString(line, "$1/")}
	case codeStatus:
		if strings.HasPrefix(text, "Hostname is ") {
			return nil
		}
		return []string{milliseconds.ReplaceAllString(line, "$1")}
	case codeProtocols:
		return []string{codeProtocols + "-name     proto    table    state  since       info"}
	case codeProtocol:
		return []string{line[:len(line)-len(text)] + protocolRow(text)}
	case codeDetails:
		// Never in the first line, where calico-node takes the code for a part of the state.
		if line[0] != ' ' && strings.HasPrefix(text, "  BGP state:") {
			return []string{codeDetails + "-", " " + text}
		}
	case codeRoute:
		return t.route(milliseconds.ReplaceAllString(text, "$1"))
	}
	return []string{line}
}

// protocolRow writes NAME PROTO TABLE STATE SINCE INFO in the old columns. In
// BIRD 1 every protocol has a table, and the first is "master".
func protocolRow(text string) string {
	fields := strings.Fields(milliseconds.ReplaceAllString(text, "$1"))
	if len(fields) < 5 {
		return text
	}
	if table := fields[2]; table == "---" || table == "master4" || table == "master6" {
		fields[2] = "master"
	}
	info := ""
	if len(fields) > 5 {
		info = fmt.Sprintf("%-14s%s", fields[5], strings.Join(fields[6:], " "))
	}
	return fmt.Sprintf("%-8s %-8s %-8s %-5s  %-10s  %s", fields[0], fields[1], fields[2], fields[3], fields[4], info)
}

// route writes one line per next hop, `DEST via GATEWAY on INTERFACE [SOURCE]`,
// where BIRD 2 has the next hops below the route. Only the first row has a code.
func (t *translator) route(text string) []string {
	if tableName.MatchString(text) || text == "" {
		return nil
	}
	if found := unicast.FindStringSubmatch(text); found != nil {
		t.destination, t.source = found[1], found[2]
		return nil
	}
	if found := nextHop.FindStringSubmatch(text); found != nil && t.source != "" {
		text = fmt.Sprintf("%-18s %s %s", t.destination, found[1], t.source)
		// A further next hop is a further row of the same destination.
		t.destination = ""
	} else if destination, rest, _ := strings.Cut(text, " "); destination == "" || strings.Contains(destination, "/") {
		text = fmt.Sprintf("%-18s %s", destination, strings.TrimLeft(rest, " "))
	}
	prefix := " "
	if !t.started {
		prefix, t.started = codeRoute+"-", true
	}
	return []string{prefix + text}
}
