package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"
)

// Forms of the OCI distribution specification; what does not fit is not looked for.
var (
	request    = regexp.MustCompile(`^/v2/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)/(manifests|blobs)/([A-Za-z0-9_.:-]+)$`)
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

const (
	upstream = "docker.io"
	// largestManifest is what the specification asks a registry to take.
	largestManifest = 4 << 20
	ociManifest     = "application/vnd.oci.image.manifest.v1+json"
	ociIndex        = "application/vnd.oci.image.index.v1+json"
)

type registry struct {
	images names
	store  *os.Root
}

func (reg *registry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", "this registry is read-only")
		return
	}
	if r.URL.Path == "/v2/" || r.URL.Path == "/v2" {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, "{}")
		return
	}
	asked := request.FindStringSubmatch(r.URL.Path)
	if asked == nil {
		refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "not found: "+r.URL.Path)
		return
	}
	name := cmp.Or(r.URL.Query().Get("ns"), upstream) + "/" + asked[1]
	tags, known := reg.images[name]
	switch {
	case !known:
		refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "repository not found: "+name)
	case asked[2] == "manifests":
		reg.manifest(w, r, cmp.Or(tags[asked[3]], asked[3]))
	default:
		reg.blob(w, r, asked[3])
	}
}

// manifest sends a manifest or an index with the type that it states.
func (reg *registry) manifest(w http.ResponseWriter, r *http.Request, digest string) {
	file := reg.open(digest)
	if file == nil {
		refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "manifest not found: "+digest)
		return
	}
	defer file.Close()
	kind, err := mediaType(io.LimitReader(file, largestManifest))
	if err != nil {
		refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "no manifest: "+digest)
		return
	}
	send(w, r, file, kind, digest)
}

// blob sends layers and configurations, or the part of one that is asked for.
func (reg *registry) blob(w http.ResponseWriter, r *http.Request, digest string) {
	file := reg.open(digest)
	if file == nil {
		refuse(w, http.StatusNotFound, "BLOB_UNKNOWN", "blob not found: "+digest)
		return
	}
	defer file.Close()
	send(w, r, file, "application/octet-stream", digest)
}

func send(w http.ResponseWriter, r *http.Request, file io.ReadSeeker, kind, digest string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Docker-Content-Digest", digest)
	w.Header().Set("Etag", `"`+digest+`"`)
	http.ServeContent(w, r, "", time.Time{}, file)
}

// open gives the file of a digest, or nil if there is none. The root keeps even
// a symbolic link from leading out of the store.
func (reg *registry) open(digest string) *os.File {
	if !digestForm.MatchString(digest) {
		return nil
	}
	file, err := reg.store.Open(strings.Replace(digest, ":", "/", 1))
	if err != nil {
		return nil
	}
	if about, err := file.Stat(); err != nil || !about.Mode().IsRegular() {
		file.Close()
		return nil
	}
	return file
}

// mediaType reads what a manifest is; the field is optional in OCI's.
func mediaType(manifest io.Reader) (string, error) {
	var about struct {
		SchemaVersion int               `json:"schemaVersion"`
		MediaType     string            `json:"mediaType"`
		Manifests     []json.RawMessage `json:"manifests"`
	}
	if err := json.NewDecoder(manifest).Decode(&about); err != nil {
		return "", err
	}
	if about.SchemaVersion != 2 {
		return "", fmt.Errorf("schemaVersion %d", about.SchemaVersion)
	}
	if about.Manifests != nil {
		return cmp.Or(about.MediaType, ociIndex), nil
	}
	return cmp.Or(about.MediaType, ociManifest), nil
}

// refuse answers with an error in OCI's form.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{{"code": code, "message": message}}})
}
