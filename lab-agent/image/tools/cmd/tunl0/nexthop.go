package main

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// mostKept bounds the cache: a scan of addresses must not fill the memory.
const mostKept = 4096

// nextHops answers from the kernel's routing table, and keeps the answers
// until the kernel says that something about routes changed.
type nextHops struct {
	device  int
	kernel  *netlink.Handle
	events  *nl.NetlinkSocket
	changes atomic.Uint64

	// Of the one goroutine that asks; nil says "not through this device".
	kept   map[[4]byte]*net.IPAddr
	keptAt uint64
}

func newNextHops(device int) (*nextHops, error) {
	// Subscribed before the first answer is kept, so that no change is missed.
	events, err := nl.Subscribe(unix.NETLINK_ROUTE, unix.RTNLGRP_LINK, unix.RTNLGRP_IPV4_IFADDR,
		unix.RTNLGRP_IPV4_ROUTE, unix.RTNLGRP_IPV4_RULE, unix.RTNLGRP_NEXTHOP)
	if err != nil {
		return nil, fmt.Errorf("route events: %w", err)
	}
	kernel, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("routing table: %w", err)
	}
	return &nextHops{device: device, kernel: kernel, events: events, kept: map[[4]byte]*net.IPAddr{}}, nil
}

// watch counts changes for as long as the kernel tells of them.
func (n *nextHops) watch() error {
	for {
		_, _, err := n.events.Receive()
		n.changes.Add(1)
		// ENOBUFS: events were lost, that is, there were changes.
		if err != nil && !errors.Is(err, unix.ENOBUFS) && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("route events: %w", err)
		}
	}
}

// to gives the outer destination of a packet, or nil if there is none.
func (n *nextHops) to(destination [4]byte) *net.IPAddr {
	// Read before asking: an answer that a change overtakes is not kept for long.
	if now := n.changes.Load(); now != n.keptAt || len(n.kept) >= mostKept {
		clear(n.kept)
		n.keptAt = now
	}
	hop, known := n.kept[destination]
	if !known {
		hop = n.ask(destination)
		n.kept[destination] = hop
	}
	return hop
}

func (n *nextHops) ask(destination [4]byte) *net.IPAddr {
	routes, err := n.kernel.RouteGet(net.IP(destination[:]))
	if err != nil || len(routes) == 0 || routes[0].LinkIndex != n.device || routes[0].Gw.To4() == nil {
		return nil
	}
	return &net.IPAddr{IP: routes[0].Gw.To4()}
}

// pathMTU is the kernel's: what ICMP taught it about the way to this host, else
// the route's, else that of the interface.
func (n *nextHops) pathMTU(host net.IP) (int, error) {
	routes, err := n.kernel.RouteGet(host)
	if err != nil {
		return 0, err
	}
	if len(routes) == 0 {
		return 0, unix.ENETUNREACH
	}
	if routes[0].MTU > 0 {
		return routes[0].MTU, nil
	}
	link, err := n.kernel.LinkByIndex(routes[0].LinkIndex)
	if err != nil {
		return 0, err
	}
	return link.Attrs().MTU, nil
}
