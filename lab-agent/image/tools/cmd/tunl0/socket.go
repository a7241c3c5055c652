package main

import (
	"fmt"
	"net"
	"syscall"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// receiveBuffer holds a burst while others have the processor.
const receiveBuffer = 4 << 20

// socket is one of protocol 4. The kernel writes the outer header, chooses its
// source, fragments, and compares with the path's MTU, as it does for ipip.
type socket struct {
	*ipv4.PacketConn
	raw syscall.RawConn
	// df is how it sends now: with DF, or so that the kernel may fragment.
	df bool
}

func openSocket() (*socket, error) {
	conn, err := net.ListenIP("ip4:4", nil)
	if err != nil {
		return nil, fmt.Errorf("raw socket of protocol 4: %w (it needs CAP_NET_RAW)", err)
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &socket{PacketConn: ipv4.NewPacketConn(conn), raw: raw}
	// More than net.core.rmem_max is refused without harm.
	_ = conn.SetReadBuffer(receiveBuffer)
	return s, s.setDF(true)
}

// setDF changes how what follows is sent. A second socket instead would get,
// as raw sockets do, a copy of every packet that comes in.
func (s *socket) setDF(df bool) (err error) {
	if df == s.df {
		return nil
	}
	discovery := unix.IP_PMTUDISC_DONT
	if df {
		discovery = unix.IP_PMTUDISC_DO
	}
	if failed := s.raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, discovery)
	}); failed != nil {
		return failed
	}
	if err != nil {
		return fmt.Errorf("DF of a raw socket: %w", err)
	}
	s.df = df
	return nil
}

// buffers are n pieces of 64 KB that cost memory only once they are written:
// mapped, so that Go's collector neither counts nor clears them.
func buffers(n int) ([][]byte, error) {
	const size = 1 << 16
	all, err := unix.Mmap(-1, 0, n*size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("memory for %d packets: %w", n, err)
	}
	pieces := make([][]byte, n)
	for i := range pieces {
		pieces[i] = all[i*size : (i+1)*size : (i+1)*size]
	}
	return pieces, nil
}
