package main

import (
	"errors"
	"fmt"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

const tunPath = "/dev/net/tun"

var errKernelHasIpip = errors.New("tunl0: the kernel has ipip and made the device itself: nothing to do")

// openDevice attaches to the TUN device, making it if absent, and gives its
// file descriptor and its interface index.
func openDevice(name string, mtu int) (fd, index int, err error) {
	existing, err := netlink.LinkByName(name)
	if err == nil && existing.Type() == "ipip" {
		return 0, 0, errKernelHasIpip
	}
	if fd, err = attach(name); err != nil {
		return 0, 0, err
	}
	link, err := netlink.LinkByName(name)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: made, but not found: %w", name, err)
	}
	if existing == nil {
		err = dress(fd, link, mtu)
	}
	return fd, link.Attrs().Index, err
}

// attach asks for packets with offload headers: one read or write then carries
// up to 64 KB of a TCP stream, which is what makes a Gbit/s possible.
func attach(name string) (int, error) {
	fd, err := unix.Open(tunPath, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("%s: %w (the node needs this device, readable and writable by its root)", tunPath, err)
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		return 0, fmt.Errorf("device name %q: %w", name, err)
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI | unix.IFF_VNET_HDR)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return 0, fmt.Errorf("%s: cannot be made a TUN device: %w (busy: another forwarder runs)", name, err)
	}
	return fd, nil
}

// dress gives a new device the looks of the kernel's tunl0: its MTU, and the
// link type, so that `ip` says link/ipip and no IPv6 address appears by itself.
func dress(fd int, link netlink.Link, mtu int) error {
	if err := unix.IoctlSetInt(fd, unix.TUNSETLINK, unix.ARPHRD_TUNNEL); err != nil {
		return fmt.Errorf("link type of %s: %w", link.Attrs().Name, err)
	}
	if err := netlink.LinkSetMTU(link, mtu); err != nil {
		return fmt.Errorf("MTU %d of %s: %w", mtu, link.Attrs().Name, err)
	}
	return nil
}
