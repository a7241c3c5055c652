package main

import (
	"net"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// TestMain lets the test program be the forwarder too, in a namespace of a test.
func TestMain(m *testing.M) {
	if os.Getenv("TUNL0_UNDER_TEST") != "" {
		os.Args = os.Args[:1]
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// node is a network namespace without a name: it ends with the test.
type node struct {
	t     testing.TB
	space netns.NsHandle
	*netlink.Handle
}

func newNode(t testing.TB) *node {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root: makes network namespaces and a TUN device")
	}
	n := &node{t: t}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	home, err := netns.Get()
	check(t, err)
	defer home.Close()
	n.space, err = netns.New()
	check(t, err)
	check(t, os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644))
	check(t, netns.Set(home))
	n.Handle, err = netlink.NewHandleAt(n.space)
	check(t, err)
	check(t, n.LinkSetUp(n.link("lo")))
	t.Cleanup(func() { n.Handle.Close(); n.space.Close() })
	return n
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// do runs f on a thread that is in the node.
func (n *node) do(f func()) {
	n.t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	home, err := netns.Get()
	check(n.t, err)
	defer home.Close()
	check(n.t, netns.Set(n.space))
	defer func() { check(n.t, netns.Set(home)) }()
	f()
}

func (n *node) link(name string) netlink.Link {
	n.t.Helper()
	link, err := n.LinkByName(name)
	check(n.t, err)
	return link
}

func (n *node) address(device string, addresses ...string) {
	n.t.Helper()
	for _, text := range addresses {
		address, err := netlink.ParseAddr(text)
		check(n.t, err)
		check(n.t, n.AddrAdd(n.link(device), address))
	}
	check(n.t, n.LinkSetUp(n.link(device)))
}

// route leads a network to a gateway through a device, as BIRD writes it.
func (n *node) route(network, gateway, device string) {
	n.t.Helper()
	_, to, err := net.ParseCIDR(network)
	check(n.t, err)
	check(n.t, n.RouteReplace(&netlink.Route{Dst: to, Gw: net.ParseIP(gateway), LinkIndex: n.link(device).Attrs().Index,
		Flags: int(netlink.FLAG_ONLINK)}))
}

// cable joins two nodes; each end has the name of what it leads to.
func cable(a *node, toB string, b *node, toA string) {
	a.t.Helper()
	check(a.t, a.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: toB}, PeerName: toA, PeerNamespace: netlink.NsFd(b.space)}))
}

// program is a forwarder that runs; its error is good once it has ended.
type program struct {
	ended chan struct{}
	err   error
}

// forwarder runs the program in the node until the test ends.
func (n *node) forwarder() *program {
	n.t.Helper()
	self, err := os.Executable()
	check(n.t, err)
	command := exec.Command(self)
	command.Env = append(os.Environ(), "TUNL0_UNDER_TEST=1")
	n.do(func() { check(n.t, command.Start()) })
	p := &program{ended: make(chan struct{})}
	go func() {
		p.err = command.Wait()
		close(p.ended)
	}()
	n.t.Cleanup(func() {
		_ = command.Process.Kill()
		<-p.ended
	})
	until(n.t, "tunl0 is there with its MTU", func() bool {
		link, err := n.LinkByName("tunl0")
		return err == nil && link.Attrs().MTU == 1480
	})
	return p
}

// until waits for a state, and fails after five seconds without it.
func until(t testing.TB, state string, reached func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !reached(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("did not come: %s", state)
		}
	}
}
