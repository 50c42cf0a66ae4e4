package picture

import (
	"bytes"
	"encoding/binary"
)

// Format is what a file is by its content.
type Format string

// The formats that are read.
const (
	JPEG Format = "image/jpeg"
	PNG  Format = "image/png"
	HEIC Format = "image/heic"
)

// FormatOf tells by its first octets what a file is; "" when it is none of the formats that are read.
func FormatOf(data []byte) Format {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xd8, 0xff}):
		return JPEG
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case isHEIC(data):
		return HEIC
	}
	return ""
}

// isHEIC looks for a brand with HEVC pictures in the first box: ISO/IEC 23008-12, annex B.4.
func isHEIC(data []byte) bool {
	if len(data) < 16 || string(data[4:8]) != "ftyp" {
		return false
	}
	size := int(binary.BigEndian.Uint32(data))
	if size < 16 || size > len(data) || size > 1024 {
		return false
	}
	for at := 8; at+4 <= size; at += 4 {
		if at == 12 {
			continue // the version
		}
		switch string(data[at : at+4]) {
		case "heic", "heix", "heim", "heis":
			return true
		}
	}
	return false
}

// heicSize gives the largest width and height that any picture in a HEIC file says it has (boxes meta, iprp, ipco, ispe); 0
// where it says nothing.
func heicSize(data []byte) (width, height int) {
	each(data, func(kind string, body []byte) {
		if kind != "meta" || len(body) < 4 {
			return
		}
		each(body[4:], func(kind string, body []byte) {
			if kind != "iprp" {
				return
			}
			each(body, func(kind string, body []byte) {
				if kind != "ipco" {
					return
				}
				each(body, func(kind string, body []byte) {
					if kind == "ispe" && len(body) >= 12 {
						width = max(width, int(binary.BigEndian.Uint32(body[4:])))
						height = max(height, int(binary.BigEndian.Uint32(body[8:])))
					}
				})
			})
		})
	})
	return width, height
}

// each calls fn with every box of an ISO base media file, as far as they are whole.
func each(data []byte, fn func(kind string, body []byte)) {
	for len(data) >= 8 {
		size, head := uint64(binary.BigEndian.Uint32(data)), uint64(8)
		switch {
		case size == 0: // up to the end
			size = uint64(len(data))
		case size == 1 && len(data) >= 16:
			size, head = binary.BigEndian.Uint64(data[8:]), 16
		}
		if size < head || size > uint64(len(data)) {
			return
		}
		fn(string(data[4:8]), data[head:size])
		data = data[size:]
	}
}
