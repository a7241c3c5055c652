package main

import (
	"encoding/binary"
	"net"
	"net/netip"

	"golang.org/x/net/ipv4"
)

const (
	icmpUnreachable = 3
	icmpFragNeeded  = 4
	icmpHeader      = 8
	// An ICMP error with its own header is at most this long (RFC 1812, 4.3.2.3).
	icmpMost = 576
	// icmpTOS is the kernel's for errors: "internetwork control".
	icmpTOS = 0xc0
	// keptTOS are the bits of the packet's TOS that the kernel gives its errors too.
	keptTOS = 0x1e
)

// tellTooLarge tells the sender of a packet how long it may be on the way to
// this hop. If that cannot be done the packet is lost in silence, as with ipip.
func (n *nextHops) tellTooLarge(packet datagram, hop net.IP) {
	if !mayAnswer(packet) {
		return
	}
	mtu, err := n.pathMTU(hop)
	if err != nil || mtu <= headerLength {
		return
	}
	source := packet.source()
	// A socket for this one answer: the kernel then chooses the source address,
	// as it does for an error of its own.
	conn, err := net.DialIP("ip4:icmp", nil, &net.IPAddr{IP: source[:]})
	if err != nil {
		return
	}
	defer conn.Close()
	_ = ipv4.NewConn(conn).SetTOS(int(icmpTOS | packet.tos()&keptTOS))
	_, _ = conn.Write(fragNeeded(packet, mtu-headerLength))
}

// mayAnswer keeps the rules of RFC 1122, 3.2.2: no error about an error, none
// about a later fragment, none to what is not one host.
func mayAnswer(p datagram) bool {
	source := netip.AddrFrom4(p.source())
	if p.laterFragment() || !source.IsGlobalUnicast() {
		return false
	}
	if p.protocol() != protocolICMP {
		return true
	}
	if len(p) <= p.headerLen() {
		return false
	}
	switch p[p.headerLen()] {
	case 3, 4, 5, 11, 12: // unreachable, quench, redirect, time exceeded, parameter problem
		return false
	}
	return true
}

// fragNeeded is the ICMP message that asks for packets of at most mtu bytes,
// with as much of the packet as may go into it.
func fragNeeded(packet datagram, mtu int) []byte {
	quoted := packet[:min(len(packet), icmpMost-headerLength-icmpHeader)]
	message := make([]byte, icmpHeader+len(quoted))
	message[0], message[1] = icmpUnreachable, icmpFragNeeded
	binary.BigEndian.PutUint16(message[6:], uint16(mtu))
	copy(message[icmpHeader:], quoted)
	binary.BigEndian.PutUint16(message[2:], checksum(message))
	return message
}
