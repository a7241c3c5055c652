package main

import (
	"io"
	"math"
	"net/http"
	"strconv"
	"time"
)

var units = map[string]int64{"": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}

// data sends `size` bytes of letters, made as they are read.
func data(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	size := int64(1)
	if text := query.Get("size"); text != "" {
		var err error
		if size, err = strconv.ParseInt(text, 10, 64); err != nil || size < 0 {
			http.Error(w, "size must be a whole number of bytes, or of the unit", http.StatusBadRequest)
			return
		}
	}
	unit, known := units[query.Get("unit")]
	if !known || size > math.MaxInt64/unit {
		http.Error(w, "unit must be KB, MB, GB or TB, and the whole must fit", http.StatusBadRequest)
		return
	}
	if attachment, _ := strconv.ParseBool(query.Get("attachment")); attachment {
		w.Header().Set("Content-Disposition", "Attachment")
	}
	size *= unit
	http.ServeContent(w, r, "data.txt", time.Time{}, io.NewSectionReader(letters(size), 0, size))
}

// letters is a text of so many bytes, with a bar at either end.
type letters int64

const alphabet = "-ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func (size letters) ReadAt(b []byte, from int64) (int, error) {
	for i := range b {
		switch at := from + int64(i); at {
		case int64(size):
			return i, io.EOF
		case 0, int64(size) - 1:
			b[i] = '|'
		default:
			b[i] = alphabet[at%int64(len(alphabet))]
		}
	}
	return len(b), nil
}
