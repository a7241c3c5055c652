package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// get asks a real server, and gives the status and the body.
func get(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	server := httptest.NewServer(handler("blue"))
	defer server.Close()
	return ask(t, server, method, path, body)
}

func ask(t *testing.T, server *httptest.Server, method, path, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "whoami.test"
	request.Header = http.Header{"User-Agent": {"curl/8.0"}, "X-Forwarded-For": {"10.0.0.1"}, "Accept": {"*/*"}}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestTextHasTheOrderOfTheOriginal(t *testing.T) {
	hostname, _ := os.Hostname()
	_, text := get(t, "GET", "/path?a=b", "")
	want := `^Name: blue\nHostname: ` + regexp.QuoteMeta(hostname) + `\n(IP: [0-9a-f.:]+\n)+RemoteAddr: 127\.0\.0\.1:\d+\n` +
		`GET /path\?a=b HTTP/1\.1\r\nHost: whoami\.test\r\nUser-Agent: curl/8\.0\r\n` +
		`Accept: \*/\*\r\nAccept-Encoding: gzip\r\nX-Forwarded-For: 10\.0\.0\.1\r\n\r\n$`
	if !regexp.MustCompile(want).MatchString(text) {
		t.Errorf("got %q", text)
	}
}

func TestAPI(t *testing.T) {
	_, text := get(t, "GET", "/api?x=1", "")
	var said struct {
		Hostname, URL, Host, Method, Name, RemoteAddr string
		IP                                            []string
		Headers                                       http.Header
	}
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		t.Fatal(err)
	}
	if said.URL != "/api?x=1" || said.Host != "whoami.test" || said.Method != "GET" || said.Name != "blue" ||
		len(said.IP) == 0 || said.Headers.Get("User-Agent") != "curl/8.0" {
		t.Errorf("got %s", text)
	}
}

func TestData(t *testing.T) {
	for path, want := range map[string]string{
		"/data?size=30": "|ABCDEFGHIJKLMNOPQRSTUVWXYZ-A|", "/data?size=0": "", "/data": "|",
	} {
		if status, text := get(t, "GET", path, ""); status != 200 || (want != "" && text[:len(text)-1] != want[:len(want)-1]) || len(text) != len(want) {
			t.Errorf("%s: %d %q", path, status, text)
		}
	}
	if _, text := get(t, "GET", "/data?size=2&unit=KB", ""); len(text) != 2048 {
		t.Errorf("2 KB are %d bytes", len(text))
	}
	for _, bad := range []string{"/data?size=-1", "/data?size=x", "/data?size=1&unit=PB", "/data?size=9999999999&unit=TB"} {
		if status, _ := get(t, "GET", bad, ""); status != 400 {
			t.Errorf("%s: %d", bad, status)
		}
	}
}

func TestHealthIsWhatWasPosted(t *testing.T) {
	server := httptest.NewServer(handler(""))
	defer server.Close()
	for _, step := range []struct {
		method, body string
		status       int
	}{{"GET", "", 200}, {"POST", "503", 200}, {"GET", "", 503}, {"POST", "no", 400}, {"POST", "99", 400}, {"GET", "", 503}} {
		if status, _ := ask(t, server, step.method, "/health", step.body); status != step.status {
			t.Errorf("%s %q: %d instead of %d", step.method, step.body, status, step.status)
		}
	}
}

func TestWaitAndBench(t *testing.T) {
	start := time.Now()
	if _, text := get(t, "GET", "/?wait=50ms", ""); time.Since(start) < 50*time.Millisecond || !strings.HasPrefix(text, "Name: ") {
		t.Errorf("after %s: %q", time.Since(start), text)
	}
	if _, text := get(t, "GET", "/bench", ""); text != "1" {
		t.Errorf("bench: %q", text)
	}
}
