package main

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// header is a 20-byte IPv4 header with a right checksum, then the payload.
func header(tos, ttl, protocol byte, df bool, payload ...byte) datagram {
	p := datagram{0x45, tos, 0, 0, 0x12, 0x34, 0, 0, ttl, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}
	p = append(p, payload...)
	binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
	if df {
		p[6] = flagDF
	}
	binary.BigEndian.PutUint16(p[10:], checksum(p[:headerLength]))
	return p
}

func TestParseCutsToTheStatedLength(t *testing.T) {
	whole := header(0xb8, 61, 17, true, 1, 2, 3)
	p, ok := parse(append(bytes.Clone(whole), 9, 9))
	if !ok || !bytes.Equal(p, whole) {
		t.Fatalf("%v %x", ok, p)
	}
	if p.tos() != 0xb8 || p.ttl() != 61 || p.protocol() != 17 || !p.df() || p.laterFragment() || p.headerLen() != 20 ||
		p.source() != [4]byte{10, 0, 0, 1} || p.destination() != [4]byte{10, 0, 0, 2} {
		t.Errorf("%x", p)
	}
}

func TestParseRefusesWhatIsNoWholePacket(t *testing.T) {
	bad := map[string]func(p datagram) []byte{
		"empty":                    func(datagram) []byte { return nil },
		"short":                    func(p datagram) []byte { return p[:19] },
		"IPv6":                     func(p datagram) []byte { p[0] = 0x65; return p },
		"header shorter than 20":   func(p datagram) []byte { p[0] = 0x44; return p },
		"header beyond the length": func(p datagram) []byte { p[0] = 0x46; return p },
		"longer than what came":    func(p datagram) []byte { p[3]++; return p },
		"shorter than its header":  func(p datagram) []byte { p[3] = 19; return p },
	}
	for name, spoil := range bad {
		if p, ok := parse(spoil(header(0, 64, 17, false))); ok {
			t.Errorf("%s: taken for %x", name, p)
		}
	}
}

func TestOuterTOSHasTheECNBitsOnly(t *testing.T) {
	for inner, want := range map[byte]byte{0xb8: 0, 0xb9: 1, 0x02: 2, 0xbb: 2} {
		if got := outerTOS(inner); got != want {
			t.Errorf("inner %#x: outer %#x instead of %#x", inner, got, want)
		}
	}
}

func TestCongestionMarksGoInwards(t *testing.T) {
	cases := []struct {
		outer, inner, want byte
		kept               bool
	}{
		{0, 0, 0, true}, {2, 0, 0, true}, {1, 0xb8, 0xb8, true}, {0, 2, 2, true}, {3, 3, 3, true},
		{3, 2, 3, true}, {3, 0xb9, 0xbb, true}, // the mark is carried
		{3, 0, 0, false}, // it cannot be carried: lost
	}
	for _, c := range cases {
		inner := header(c.inner, 64, 6, true)
		kept := decapsulateECN(c.outer, inner)
		if kept != c.kept || inner.tos() != c.want || checksum(inner[:headerLength]) != 0 {
			t.Errorf("%+v: %v, TOS %#x, checksum %#x", c, kept, inner.tos(), checksum(inner[:headerLength]))
		}
	}
}

func TestUnwrapStepsOverOptions(t *testing.T) {
	inner := header(0, 64, protocolTCP, true, 7)
	outer := header(0, 64, 4, true, append([]byte{1, 1, 1, 0}, inner...)...)
	outer[0] = 0x46
	packet, tcp := unwrap(outer)
	if !tcp || !bytes.Equal(packet[offloadHeader:], inner) {
		t.Errorf("%v %x", tcp, packet)
	}
	if packet, _ := unwrap(header(0, 64, 4, false, 0x60, 0, 0)); packet != nil {
		t.Errorf("no inner packet, yet %x", packet)
	}
}

func TestFragNeededQuotesThePacket(t *testing.T) {
	packet := header(0, 64, 17, true, make([]byte, 1400)...)
	m := fragNeeded(packet, 1380)
	if len(m) != icmpMost-headerLength || m[0] != 3 || m[1] != 4 || binary.BigEndian.Uint16(m[6:]) != 1380 ||
		checksum(m) != 0 || !bytes.HasPrefix(packet, m[icmpHeader:]) {
		t.Errorf("%x", m)
	}
	if short := header(0, 64, 17, true, 1, 2, 3); len(fragNeeded(short, 68)) != icmpHeader+23 {
		t.Error("a short packet is quoted whole")
	}
}

func TestNoErrorAboutAnError(t *testing.T) {
	later := header(0, 64, 17, false)
	later[7] = 1
	group := header(0, 64, 17, false)
	group[12] = 224
	for name, c := range map[string]struct {
		packet datagram
		may    bool
	}{
		"UDP":            {header(0, 64, 17, true), true},
		"ping":           {header(0, 64, protocolICMP, true, 8, 0), true},
		"unreachable":    {header(0, 64, protocolICMP, true, 3, 4), false},
		"cut ICMP":       {header(0, 64, protocolICMP, true), false},
		"later fragment": {later, false},
		"from a group":   {group, false},
	} {
		if mayAnswer(c.packet) != c.may {
			t.Errorf("%s: %v", name, !c.may)
		}
	}
}
