package main

import (
	"fmt"
	"net"

	"golang.org/x/net/bpf"
	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// receiveBuffer holds a burst while the other goroutine has the processor.
const receiveBuffer = 4 << 20

// sockets are two of protocol 4. The kernel writes the outer header, chooses
// its source, fragments, and compares with the path's MTU, as it does for ipip.
type sockets struct {
	// df sends with DF, and is the one that receives.
	df *ipv4.PacketConn
	// plain lets the kernel fragment.
	plain *ipv4.PacketConn
}

func openSockets() (s sockets, err error) {
	if s.df, err = openSocket(unix.IP_PMTUDISC_DO); err != nil {
		return s, err
	}
	if s.plain, err = openSocket(unix.IP_PMTUDISC_DONT); err != nil {
		return s, err
	}
	// Each raw socket gets a copy of every packet: this one wants none.
	nothing, err := bpf.Assemble([]bpf.Instruction{bpf.RetConstant{Val: 0}})
	if err != nil {
		return s, err
	}
	return s, s.plain.SetBPF(nothing)
}

func openSocket(discovery int) (*ipv4.PacketConn, error) {
	conn, err := net.ListenIP("ip4:4", nil)
	if err != nil {
		return nil, fmt.Errorf("raw socket of protocol 4: %w (it needs CAP_NET_RAW)", err)
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	if e := raw.Control(func(fd uintptr) {
		// More than net.core.rmem_max is refused without harm.
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer)
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, discovery)
	}); e != nil {
		return nil, e
	}
	return ipv4.NewPacketConn(conn), err
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
