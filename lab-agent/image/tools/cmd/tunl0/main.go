// tunl0 does the work of the kernel's ipip device on kernels that lack the
// module: a TUN device named tunl0 and a raw socket of protocol 4.
// It knows nothing of Calico; next hops come from the kernel's routing table,
// addresses and "up" from whoever owns the device (Felix).
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"

	"golang.zx2c4.com/wireguard/tun"
)

func main() {
	name := flag.String("name", "tunl0", "name of the device")
	mtu := flag.Int("mtu", 1480, "MTU of the device when this program makes it")
	flag.Parse()
	// Little is allocated; a small heap matters more than a rare collection.
	debug.SetGCPercent(20)
	err := run(*name, *mtu)
	if errors.Is(err, errKernelHasIpip) {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Fprintln(os.Stderr, "tunl0:", err)
	os.Exit(1)
}

// run forwards until something breaks; it never returns nil.
func run(name string, mtu int) error {
	// First the socket: whoever sees the device may count on all the rest.
	socket, err := openSocket()
	if err != nil {
		return err
	}
	fd, index, err := openDevice(name, mtu)
	if err != nil {
		return err
	}
	device, _, err := tun.CreateUnmonitoredTUNFromFD(fd)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	hops, err := newNextHops(index)
	if err != nil {
		return err
	}
	failed := make(chan error)
	go func() { failed <- hops.watch() }()
	go func() { failed <- (&inbound{device: device, socket: socket}).run() }()
	go func() { failed <- newOutbound(device, socket, hops).run() }()
	return <-failed
}
