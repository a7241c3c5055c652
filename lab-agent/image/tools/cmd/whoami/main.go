// whoami answers as the image traefik/whoami does: who the server is, and what
// request reached it. Written anew; the wording of the answers is the same.
package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

func main() {
	port := flag.String("port", cmp.Or(os.Getenv("WHOAMI_PORT_NUMBER"), "80"), "port to listen on")
	name := flag.String("name", os.Getenv("WHOAMI_NAME"), "name to give in answers")
	flag.Parse()
	log.Printf("Starting up on port %s", *port)
	log.Fatal(http.ListenAndServe(":"+*port, handler(*name)))
}

func handler(name string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { text(w, r, name) })
	mux.HandleFunc("/api", func(w http.ResponseWriter, r *http.Request) { api(w, r, name) })
	mux.HandleFunc("/bench", bench)
	mux.HandleFunc("/data", data)
	mux.HandleFunc("/health", new(health).serve)
	return mux
}

// text names the server, then repeats the request as it came.
func text(w http.ResponseWriter, r *http.Request, name string) {
	if wait, err := time.ParseDuration(r.URL.Query().Get("wait")); err == nil {
		select {
		case <-time.After(wait):
		case <-r.Context().Done():
			return
		}
	}
	if name != "" {
		fmt.Fprintln(w, "Name:", name)
	}
	hostname, _ := os.Hostname()
	fmt.Fprintln(w, "Hostname:", hostname)
	for _, address := range addresses() {
		fmt.Fprintln(w, "IP:", address)
	}
	fmt.Fprintln(w, "RemoteAddr:", r.RemoteAddr)
	_ = r.Write(w)
}

// api says the same as JSON.
func api(w http.ResponseWriter, r *http.Request, name string) {
	hostname, _ := os.Hostname()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(struct {
		Hostname   string      `json:"hostname,omitempty"`
		IP         []string    `json:"ip,omitempty"`
		Headers    http.Header `json:"headers,omitempty"`
		URL        string      `json:"url,omitempty"`
		Host       string      `json:"host,omitempty"`
		Method     string      `json:"method,omitempty"`
		Name       string      `json:"name,omitempty"`
		RemoteAddr string      `json:"remoteAddr,omitempty"`
	}{hostname, addresses(), r.Header, r.URL.RequestURI(), r.Host, r.Method, name, r.RemoteAddr})
}

// addresses are those of all interfaces, loopback first.
func addresses() (found []string) {
	interfaces, _ := net.Interfaces()
	for _, i := range interfaces {
		list, _ := i.Addrs()
		for _, address := range list {
			if network, ok := address.(*net.IPNet); ok {
				found = append(found, network.IP.String())
			}
		}
	}
	return found
}

func bench(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Connection", "keep-alive")
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprint(w, "1")
}

// health answers GET with the status that was last POSTed.
type health struct{ status atomic.Int32 }

func (h *health) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.WriteHeader(cmp.Or(int(h.status.Load()), http.StatusOK))
		return
	}
	var status int32
	if _, err := fmt.Fscan(http.MaxBytesReader(w, r.Body, 16), &status); err != nil || status < 200 || status > 599 {
		http.Error(w, "the body must be a status from 200 to 599", http.StatusBadRequest)
		return
	}
	h.status.Store(status)
}
