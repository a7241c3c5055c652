// registry serves container images read-only on plain HTTP, out of a folder laid
// out as containerd's content store. It knows names and digests, not layers.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("registry: ")
	listen := flag.String("listen", ":5000", "address to listen on")
	index := flag.String("index", "", `file: {"docker.io/library/nginx": {"latest": "sha256:…"}, …}`)
	blobs := flag.String("blobs", "", "folder with sha256/HEX")
	flag.Parse()
	images, err := readIndex(*index)
	if err != nil {
		log.Fatal(err)
	}
	store, err := os.OpenRoot(*blobs)
	if err != nil {
		log.Fatalf("-blobs: %v", err)
	}
	server := &http.Server{Addr: *listen, Handler: &registry{images, store}, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// names are image names (with the upstream registry), their tags, and the
// digest of each one's manifest.
type names map[string]map[string]string

// readIndex reads the file of names and refuses what could not be served.
func readIndex(file string) (names, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("-index: %w", err)
	}
	var images names
	if err := json.Unmarshal(text, &images); err != nil {
		return nil, fmt.Errorf("-index %s: %w", file, err)
	}
	for name, tags := range images {
		for tag, digest := range tags {
			if !digestForm.MatchString(digest) {
				return nil, fmt.Errorf("-index %s: %s: tag %q: %q is no digest (sha256: and 64 hex digits)", file, name, tag, digest)
			}
		}
	}
	return images, nil
}
