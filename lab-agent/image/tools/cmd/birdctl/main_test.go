package main

import (
	"bufio"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// ask connects a client to the adapter in front of the given socket.
func ask(t *testing.T, bird string) (net.Conn, *bufio.Reader) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bird.ctl")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go serve(listener, bird)
	client, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client, bufio.NewReader(client)
}

func line(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	text, err := r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCommandsAndRepliesTakeTurns(t *testing.T) {
	bird := filepath.Join(t.TempDir(), "bird2.ctl")
	listener, err := net.Listen("unix", bird)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		conn.Write([]byte("0001 BIRD 2.17.6 ready.\n"))
		for commands := bufio.NewScanner(conn); commands.Scan(); {
			conn.Write([]byte("9001 " + commands.Text() + "\n"))
		}
		conn.Close()
	}()
	client, replies := ask(t, bird)
	if got := line(t, replies); got != "0001 BIRD v2.17.6 ready.\n" {
		t.Errorf("greeting: %q", got)
	}
	for _, command := range []string{"show status\n", "show route\n"} {
		client.Write([]byte(command))
		if got := line(t, replies); got != "9001 "+command {
			t.Errorf("reply: %q", got)
		}
	}
}

// calico-node's probe takes an empty answer for "no peers", that is, for ready.
func TestWithoutBirdTheClientGetsAnError(t *testing.T) {
	_, replies := ask(t, filepath.Join(t.TempDir(), "absent"))
	if got := line(t, replies); !strings.HasPrefix(got, "8000 No answer: ") {
		t.Errorf("got %q", got)
	}
}
