// birdctl stands before BIRD 2's control socket and speaks as Calico's BIRD 1.6
// does, because calicoctl, calico-node and its probes know that form only.
// It knows nothing of the commands: it translates replies, whatever was asked.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("birdctl: ")
	if len(os.Args) != 3 {
		log.Fatal("usage: birdctl LISTEN BIRD_SOCKET (the socket to make, and the one that BIRD 2 made)")
	}
	listen, bird := os.Args[1], os.Args[2]
	// A former life may have left its socket.
	if err := os.Remove(listen); err != nil && !os.IsNotExist(err) {
		log.Fatal(err)
	}
	listener, err := net.Listen("unix", listen)
	if err != nil {
		log.Fatal(err)
	}
	// As BIRD makes its own.
	if err := os.Chmod(listen, 0o660); err != nil {
		log.Fatal(err)
	}
	log.Fatal(serve(listener, bird))
}

// serve answers every client until the listener fails.
func serve(listener net.Listener, bird string) error {
	for {
		client, err := listener.Accept()
		if err != nil {
			return err
		}
		go answer(client, bird)
	}
}

// answer joins one client with BIRD. Where BIRD is not there, the client gets an
// error reply: an empty answer would read as "no peers", that is, as ready.
func answer(client net.Conn, bird string) {
	defer client.Close()
	server, err := net.Dial("unix", bird)
	if err != nil {
		fmt.Fprintf(client, "8000 No answer: %v\n", err)
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.(*net.UnixConn).CloseWrite()
	}()
	if err := translate(client, server); err != nil {
		log.Print(err)
	}
}

// translate copies lines from BIRD 2 to the client, in the form of BIRD 1.6.
// What is complete is sent at once, since the client may wait for just that.
func translate(client io.Writer, bird io.Reader) error {
	lines := bufio.NewReader(bird)
	out := bufio.NewWriter(client)
	var form translator
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for _, old := range form.line(line[:len(line)-1]) {
			out.WriteString(old + "\n")
		}
		if lines.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}
