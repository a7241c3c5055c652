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

const (
	inboundBatch = 64
	// offloadHeader is the room that the device wants before each packet; the
	// outer header, which is no longer needed, is longer.
	offloadHeader = 10
	// burst packets at once are a stream. After them more are let gather, which
	// costs a stream nothing and saves a fifth of the processor: fewer wake-ups,
	// and more segments joined to one write. Single packets never wait.
	burst = 3
)

var gather = unix.Timespec{Nsec: 20_000}

// inbound takes IPIP packets from the network and hands the inner ones to the device.
type inbound struct {
	device tun.Device
	socket *socket
}

func (in *inbound) run() error {
	pieces, err := buffers(inboundBatch)
	if err != nil {
		return err
	}
	messages := make([]ipv4.Message, inboundBatch)
	for i := range messages {
		messages[i].Buffers = pieces[i : i+1]
	}
	stream := make([][]byte, 0, inboundBatch)
	for {
		n, err := in.socket.ReadBatch(messages, 0)
		if err != nil {
			return fmt.Errorf("receiving: %w", err)
		}
		if n >= burst && n < inboundBatch {
			_ = unix.Nanosleep(&gather, nil)
		}
		stream = stream[:0]
		for _, m := range messages[:n] {
			packet, tcp := unwrap(m.Buffers[0][:m.N])
			switch {
			case packet == nil:
			case tcp:
				stream = append(stream, packet)
			default:
				// One by one: the device would join datagrams to large ones,
				// which ipip does not, and which a capture in a pod would show.
				err = errors.Join(err, in.write([][]byte{packet}))
			}
		}
		if err = errors.Join(err, in.write(stream)); err != nil {
			return err
		}
	}
}

// unwrap gives the inner packet with room for the offload header before it, or
// nil, and whether it is TCP. Options of the outer header are left behind.
func unwrap(b []byte) (packet []byte, tcp bool) {
	outer, ok := parse(b)
	if !ok {
		return nil, false
	}
	start := outer.headerLen()
	inner, ok := parse(outer[start:])
	if !ok || !decapsulateECN(outer.tos(), inner) {
		return nil, false
	}
	// The capacity stays: packets of one stream are joined in place.
	return b[start-offloadHeader : start+len(inner)], inner.protocol() == protocolTCP
}

// write passes packets on; those that the kernel refuses (a device that is
// down) are lost, as they are with ipip.
func (in *inbound) write(packets [][]byte) error {
	if len(packets) == 0 {
		return nil
	}
	_, err := in.device.Write(packets, offloadHeader)
	if errors.Is(err, os.ErrClosed) || errors.Is(err, fs.ErrClosed) {
		return fmt.Errorf("the device is gone: %w", err)
	}
	return nil
}
