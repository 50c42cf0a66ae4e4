package picture

import (
	"bytes"
	"encoding/binary"
)

// jpegFacts is what the segments of a JPEG tell before it is decoded.
type jpegFacts struct {
	// progressive ones are unpacked into all their coefficients first.
	progressive bool
	scans       int
	// orientation is EXIF's, 1 to 8; 1 is upright.
	orientation int
}

// scanJPEG walks over the segments (ITU-T T.81, annex B). Of a broken file it tells what came before the break.
func scanJPEG(data []byte) jpegFacts {
	facts := jpegFacts{orientation: 1}
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xff {
			at++ // within a scan
			continue
		}
		marker := data[at+1]
		switch {
		case marker == 0xff: // fill
			at++
			continue
		case marker == 0x00, marker >= 0xd0 && marker <= 0xd8, marker == 0x01: // stuffing, restarts
			at += 2
			continue
		case marker == 0xd9: // the end
			return facts
		}
		length := int(binary.BigEndian.Uint16(data[at+2:]))
		if length < 2 || at+2+length > len(data) {
			return facts
		}
		body := data[at+4 : at+2+length]
		switch marker {
		case 0xc2:
			facts.progressive = true
		case 0xda:
			facts.scans++
		case 0xe1:
			if o := exifOrientation(body); o != 0 {
				facts.orientation = o
			}
		}
		at += 2 + length
	}
	return facts
}

// exifOrientation reads tag 0x0112 of the first directory of an APP1 segment (CIPA DC-008, 4.6.4); 0 when there is none.
func exifOrientation(app1 []byte) int {
	tiff, ok := bytes.CutPrefix(app1, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder
	switch string(tiff[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return 0
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == 0x0112 {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}
