package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
	"golang.zx2c4.com/wireguard/tun"
)

// mostSegments is how many packets one read may be cut to: 64 KB of a stream
// whose segments are as short as 128 bytes.
const mostSegments = 512

// outbound takes packets from the device, finds where each must go, and sends it on.
type outbound struct {
	device tun.Device
	socket *socket
	hops   *nextHops

	pieces   [][]byte
	sizes    []int
	messages []ipv4.Message
}

func newOutbound(device tun.Device, s *socket, hops *nextHops) *outbound {
	out := &outbound{device: device, socket: s, hops: hops}
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
		if err != nil {
			continue
		}
		if err := out.forward(n); err != nil {
			return err
		}
	}
}

// forward sends what one read gave: a packet, or the n segments of one, which
// differ in nothing that matters here. One that the kernel refuses is lost, as
// with ipip, and its sender told if it was too large.
func (out *outbound) forward(n int) error {
	packet, ok := parse(out.pieces[0][:out.sizes[0]])
	if !ok {
		return nil
	}
	hop := out.hops.to(packet.destination())
	if hop == nil {
		return nil
	}
	if err := out.socket.setDF(packet.df()); err != nil {
		return err
	}
	for i := range n {
		m := &out.messages[i]
		m.Buffers[0], m.Addr = out.pieces[i][:out.sizes[i]], hop
		putControl(m.OOB, packet.ttl(), outerTOS(packet.tos()))
	}
	for rest := out.messages[:n]; len(rest) > 0; rest = rest[n:] {
		var err error
		if n, err = out.socket.WriteBatch(rest, 0); err != nil {
			if errors.Is(err, unix.EMSGSIZE) {
				out.hops.tellTooLarge(rest[0].Buffers[0], hop.IP)
			}
			n = 1
		}
	}
	return nil
}
