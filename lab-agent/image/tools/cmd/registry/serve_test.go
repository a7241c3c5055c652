package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"

// shop is a registry with one image, whose manifest and layer are given back.
type shop struct {
	*httptest.Server
	folder, manifest, layer string
}

func open(t *testing.T) *shop {
	t.Helper()
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "sha256"), 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(text string) string {
		digest := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
		if err := os.WriteFile(filepath.Join(folder, "sha256", digest), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return "sha256:" + digest
	}
	s := &shop{folder: folder, layer: put("0123456789")}
	s.manifest = put(`{"schemaVersion":2,"mediaType":"` + dockerManifest + `"}`)
	images := names{
		"docker.io/library/nginx": {"latest": s.manifest, "oci": put(`{"schemaVersion":2,"layers":[]}`), "index": put(`{"schemaVersion":2,"manifests":[]}`)},
		"quay.io/calico/node":     {"v3.31.0": s.manifest},
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(&registry{images, root})
	t.Cleanup(func() { s.Close(); root.Close() })
	return s
}

func (s *shop) ask(t *testing.T, method, path string, header http.Header) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	response, err := s.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestManifestByTagAndByDigest(t *testing.T) {
	s := open(t)
	for _, path := range []string{"/v2/library/nginx/manifests/latest?ns=docker.io", "/v2/library/nginx/manifests/latest",
		"/v2/library/nginx/manifests/" + s.manifest, "/v2/calico/node/manifests/v3.31.0?ns=quay.io"} {
		for method, length := range map[string]int{"GET": 86, "HEAD": 0} {
			r, body := s.ask(t, method, path, nil)
			if r.StatusCode != 200 || r.Header.Get("Content-Type") != dockerManifest || r.Header.Get("Docker-Content-Digest") != s.manifest ||
				r.ContentLength != 86 || len(body) != length {
				t.Errorf("%s %s: %s %v %q", method, path, r.Status, r.Header, body)
			}
		}
	}
}

func TestAManifestWithoutATypeIsOCI(t *testing.T) {
	s := open(t)
	for tag, kind := range map[string]string{"oci": ociManifest, "index": ociIndex} {
		if r, _ := s.ask(t, "GET", "/v2/library/nginx/manifests/"+tag, nil); r.Header.Get("Content-Type") != kind {
			t.Errorf("%s: %v", tag, r.Header)
		}
	}
}

func TestBlobAndAPartOfIt(t *testing.T) {
	s := open(t)
	path := "/v2/library/nginx/blobs/" + s.layer
	if r, body := s.ask(t, "GET", path, nil); body != "0123456789" || r.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%s %q", r.Status, body)
	}
	if r, body := s.ask(t, "GET", path, http.Header{"Range": {"bytes=3-5"}}); r.StatusCode != 206 || body != "345" {
		t.Errorf("%s %q", r.Status, body)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	s := open(t)
	absent := "sha256:" + strings.Repeat("0", 64)
	for path, code := range map[string]string{
		"/v2/library/nope/manifests/latest":              "NAME_UNKNOWN",
		"/v2/library/nginx/manifests/latest?ns=quay.io":  "NAME_UNKNOWN",
		"/v2/library/nginx/manifests/1.99":               "MANIFEST_UNKNOWN",
		"/v2/library/nginx/manifests/" + absent:          "MANIFEST_UNKNOWN",
		"/v2/library/nginx/manifests/" + s.layer:         "MANIFEST_UNKNOWN",
		"/v2/library/nginx/blobs/" + absent:              "BLOB_UNKNOWN",
		"/v2/library/nginx/blobs/latest":                 "BLOB_UNKNOWN",
		"/v2/library/nginx/tags/list":                    "NAME_UNKNOWN",
		"/":                                              "NAME_UNKNOWN",
		"/v2/../v2/library/nginx/blobs/..%2f..%2fpasswd": "NAME_UNKNOWN",
	} {
		r, body := s.ask(t, "GET", path, nil)
		if r.StatusCode != 404 || r.Header.Get("Content-Type") != "application/json" || !strings.HasPrefix(body, `{"errors":[{"code":"`+code+`","message":"`) {
			t.Errorf("%s: %s %s", path, r.Status, body)
		}
	}
	if r, _ := s.ask(t, "GET", "/v2/", nil); r.StatusCode != 200 {
		t.Errorf("/v2/: %s", r.Status)
	}
	if r, body := s.ask(t, "PUT", "/v2/library/nginx/manifests/latest", nil); r.StatusCode != 405 || !strings.Contains(body, "UNSUPPORTED") {
		t.Errorf("PUT: %s %s", r.Status, body)
	}
}

// Raw requests, since Go's client would tidy these paths.
func TestNoPathLeadsOutOfTheStore(t *testing.T) {
	s := open(t)
	secret := filepath.Join(filepath.Dir(s.folder), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	link := strings.Repeat("a", 64)
	if err := os.Symlink(secret, filepath.Join(s.folder, "sha256", link)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v2/library/nginx/blobs/../../secret", "/v2/library/nginx/blobs/sha256:../../../secret",
		"/v2/library/nginx/blobs/sha256:%2e%2e%2fsecret", "/v2/library/nginx/blobs/sha256:" + link, "/v2/library/nginx/manifests/..",
		"//v2/library/nginx/blobs/..\\secret", "/v2/library/nginx/blobs/sha256:" + link + "?ns=../.."} {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path)
		answer, err := io.ReadAll(conn)
		conn.Close()
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 404") || strings.Contains(string(answer), "secret\n") {
			t.Errorf("%s: %v %s", path, err, answer)
		}
	}
}

func TestTheIndexIsReadStrictly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "index.json")
	for text, want := range map[string]string{
		`{"docker.io/library/nginx": {"latest": "../../etc/passwd"}}`: "is no digest",
		`["nginx"]`: "cannot unmarshal",
	} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readIndex(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
