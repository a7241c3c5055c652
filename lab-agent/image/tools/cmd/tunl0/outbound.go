package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
	"golang.zx2c4.com/wireguard/tun"
)

// mostSegments is how many packets one read may be cut to: 64 KB of a stream
// whose segments are as short as 128 bytes.
const mostSegments = 512

// outbound takes packets from the device, finds where each must go, and sends
// them on in batches.
type outbound struct {
	device  tun.Device
	sockets sockets
	hops    *nextHops

	pieces   [][]byte
	sizes    []int
	messages []ipv4.Message
}

func newOutbound(device tun.Device, s sockets, hops *nextHops) *outbound {
	out := &outbound{device: device, sockets: s, hops: hops}
	out.sizes, out.messages = make([]int, mostSegments), make([]ipv4.Message, mostSegments)
	for i := range out.messages {
		out.messages[i] = ipv4.Message{Buffers: make([][]byte, 1), OOB: make([]byte, controlLength)}
	}
	return out
}

func (out *outbound) run() (err error) {
	if out.pieces, err = buffers(len(out.messages)); err != nil {
		return err
	}
	for {
		n, err := out.device.Read(out.pieces, out.sizes, 0)
		if lost := (*fs.PathError)(nil); errors.As(err, &lost) || errors.Is(err, os.ErrClosed) {
			return fmt.Errorf("the device is gone: %w", err)
		}
		// Any other error is about one packet that cannot be cut to segments.
		if err == nil {
			out.forward(n)
		}
	}
}

// forward sends the first n packets, those with DF and those without in runs,
// so that the order stays.
func (out *outbound) forward(n int) {
	ready, df := 0, false
	for i := range n {
		packet, ok := parse(out.pieces[i][:out.sizes[i]])
		if !ok {
			continue
		}
		hop := out.hops.to(packet.destination())
		if hop == nil {
			continue
		}
		if ready > 0 && df != packet.df() {
			out.send(out.messages[:ready], df)
			ready = 0
		}
		df = packet.df()
		m := &out.messages[ready]
		m.Buffers[0], m.Addr = packet, hop
		putControl(m.OOB, packet.ttl(), outerTOS(packet.tos()))
		ready++
	}
	out.send(out.messages[:ready], df)
}

// send hands packets to the kernel; one that it refuses is lost, as with ipip,
// and its sender told if it was too large.
func (out *outbound) send(messages []ipv4.Message, df bool) {
	conn := out.sockets.plain
	if df {
		conn = out.sockets.df
	}
	for len(messages) > 0 {
		n, err := conn.WriteBatch(messages, 0)
		if err != nil {
			if errors.Is(err, unix.EMSGSIZE) {
				out.hops.tellTooLarge(messages[0].Buffers[0], messages[0].Addr.(*net.IPAddr).IP)
			}
			n = 1
		}
		messages = messages[n:]
	}
}
