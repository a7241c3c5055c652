package main

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	headerLength = 20
	flagDF       = 0x40
	protocolICMP = 1
	protocolTCP  = 6

	ecnMask = 3
	notECT  = 0
	ect0    = 2
	ce      = 3
)

// datagram is a packet that begins with a whole IPv4 header; see parse.
type datagram []byte

// parse cuts a packet to the length that its header states, and refuses what
// is no whole IPv4 packet.
func parse(b []byte) (datagram, bool) {
	if len(b) < headerLength || b[0]>>4 != 4 {
		return nil, false
	}
	header, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if header < headerLength || total < header || total > len(b) {
		return nil, false
	}
	return datagram(b[:total]), true
}

func (p datagram) headerLen() int       { return int(p[0]&15) * 4 }
func (p datagram) tos() byte            { return p[1] }
func (p datagram) df() bool             { return p[6]&flagDF != 0 }
func (p datagram) ttl() byte            { return p[8] }
func (p datagram) protocol() byte       { return p[9] }
func (p datagram) source() [4]byte      { return [4]byte(p[12:16]) }
func (p datagram) destination() [4]byte { return [4]byte(p[16:20]) }

// laterFragment tells whether this is a fragment other than the first.
func (p datagram) laterFragment() bool { return binary.BigEndian.Uint16(p[6:])&0x1fff != 0 }

// outerTOS is what ipip gives the outer header with "tos 0", tunl0's setting:
// no DSCP, and the inner ECN bits, where CE becomes ECT(0) (RFC 3168, 9.1.1).
func outerTOS(inner byte) byte {
	if inner&ecnMask == ce {
		return ect0
	}
	return inner & ecnMask
}

// decapsulateECN carries a congestion mark of the outer header inwards, and
// says whether the packet may go on: a mark that the inner cannot carry drops it.
func decapsulateECN(outerTOS byte, inner datagram) bool {
	if outerTOS&ecnMask != ce || inner.tos()&ecnMask == ce {
		return true
	}
	if inner.tos()&ecnMask == notECT {
		return false
	}
	before := binary.BigEndian.Uint16(inner[0:])
	inner[1] |= ce
	updateChecksum(inner[10:12], before, binary.BigEndian.Uint16(inner[0:]))
	return true
}

// updateChecksum is RFC 1624's: the checksum after one 16-bit word changed.
func updateChecksum(field []byte, before, after uint16) {
	sum := uint32(^binary.BigEndian.Uint16(field)) + uint32(^before) + uint32(after)
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	binary.BigEndian.PutUint16(field, ^uint16(sum))
}

// checksum is the Internet checksum of b.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	if len(b)%2 == 1 {
		sum += uint32(b[len(b)-1]) << 8
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

var controlLength = 2 * unix.CmsgSpace(4)

// putControl writes the control message that sets TTL and TOS of one packet.
func putControl(b []byte, ttl, tos byte) {
	putInt(b, unix.IP_TTL, int32(ttl))
	putInt(b[unix.CmsgSpace(4):], unix.IP_TOS, int32(tos))
}

func putInt(b []byte, kind, value int32) {
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = unix.IPPROTO_IP, kind
	h.SetLen(unix.CmsgLen(4))
	binary.NativeEndian.PutUint32(b[unix.CmsgLen(0):], uint32(value))
}
