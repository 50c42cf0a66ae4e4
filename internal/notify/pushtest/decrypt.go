package pushtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// Decrypt opens the body of a push message as the browser does (RFC 8291): private and auth are the
// subscription's own key and secret, body is what was posted. Exactly one record is allowed.
func Decrypt(private *ecdh.PrivateKey, auth, body []byte) ([]byte, error) {
	header, err := parseHeader(body)
	if err != nil {
		return nil, err
	}
	senderKey, err := ecdh.P256().NewPublicKey(header.keyID)
	if err != nil {
		return nil, fmt.Errorf("the sender's key: %w", err)
	}
	if len(header.records) > int(header.recordSize) {
		return nil, errors.New("more than one record")
	}
	shared, err := private.ECDH(senderKey)
	if err != nil {
		return nil, fmt.Errorf("key agreement: %w", err)
	}
	info := "WebPush: info\x00" + string(private.PublicKey().Bytes()) + string(header.keyID)
	material, err := hkdf.Key(sha256.New, shared, auth, info, 32)
	if err != nil {
		return nil, err
	}
	return decryptRecords(material, header)
}

// codingHeader is the header of the aes128gcm content coding (RFC 8188, 2.1).
type codingHeader struct {
	salt       []byte
	recordSize uint32 // octets of a sealed record
	keyID      []byte
	records    []byte // what follows the header
}

func parseHeader(body []byte) (codingHeader, error) {
	if len(body) < 21 || len(body) < 21+int(body[20]) {
		return codingHeader{}, errors.New("the body is shorter than its header")
	}
	end := 21 + int(body[20])
	header := codingHeader{
		salt: body[:16], recordSize: binary.BigEndian.Uint32(body[16:20]), keyID: body[21:end], records: body[end:],
	}
	if header.recordSize < 18 {
		return codingHeader{}, errors.New("the record size is below 18")
	}
	return header, nil
}

// decryptRecords opens all records (RFC 8188, 2.2 and 2.3) with the input keying material.
func decryptRecords(material []byte, header codingHeader) ([]byte, error) {
	contentKey, err := hkdf.Key(sha256.New, material, header.salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	baseNonce, err := hkdf.Key(sha256.New, material, header.salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(contentKey)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	var plain []byte
	for number, rest := uint64(0), header.records; ; number++ {
		size := min(len(rest), int(header.recordSize))
		nonce := append([]byte(nil), baseNonce...)
		binary.BigEndian.PutUint64(nonce[4:], binary.BigEndian.Uint64(nonce[4:])^number)
		record, err := gcm.Open(nil, nonce, rest[:size], nil)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", number, err)
		}
		rest = rest[size:]
		content, err := unpad(record, len(rest) == 0)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", number, err)
		}
		plain = append(plain, content...)
		if len(rest) == 0 {
			return plain, nil
		}
	}
}

// unpad removes the zeros and the delimiter: 2 in the last record, 1 in the others.
func unpad(record []byte, last bool) ([]byte, error) {
	end := len(record) - 1
	for end >= 0 && record[end] == 0 {
		end--
	}
	want := byte(1)
	if last {
		want = 2
	}
	if end < 0 || record[end] != want {
		return nil, errors.New("wrong padding delimiter")
	}
	return record[:end], nil
}
