package pushtest

import (
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

type rfcExamples struct {
	RFC8291 struct {
		Plaintext  string `json:"plaintext_utf8"`
		UAPrivate  string `json:"ua_private"`
		AuthSecret string `json:"auth_secret"`
		Body       string `json:"body"`
	} `json:"rfc8291"`
	RFC8188 []struct {
		Section   string `json:"section"`
		IKM       string `json:"ikm"`
		Plaintext string `json:"plaintext_utf8"`
		KeyID     string `json:"keyid"`
		Body      string `json:"body"`
	} `json:"rfc8188_examples"`
	RFC8292 struct {
		JWT, K, Aud, Sub string
		Exp              int64
	} `json:"rfc8292"`
}

func loadExamples(t *testing.T) rfcExamples {
	t.Helper()
	folder := os.Getenv("UTSENDT_TESTDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	text, err := os.ReadFile(filepath.Join(folder, "webpush", "rfc_examples.json"))
	if err != nil {
		t.Skipf("the RFCs' examples are not there (UTSENDT_TESTDATA): %v", err)
	}
	var examples rfcExamples
	if err := json.Unmarshal(text, &examples); err != nil {
		t.Fatal(err)
	}
	return examples
}

func octets(t *testing.T, text string) []byte {
	t.Helper()
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// TestDecryptOpensTheExampleOfRFC8291 is what makes Decrypt a judge of others.
func TestDecryptOpensTheExampleOfRFC8291(t *testing.T) {
	t.Parallel()
	example := loadExamples(t).RFC8291
	private, err := ecdh.P256().NewPrivateKey(octets(t, example.UAPrivate))
	if err != nil {
		t.Fatal(err)
	}
	auth, body := octets(t, example.AuthSecret), octets(t, example.Body)
	plain, err := Decrypt(private, auth, body)
	if err != nil || string(plain) != example.Plaintext {
		t.Fatalf("got %q, %v; want %q", plain, err, example.Plaintext)
	}
	for i := range body {
		broken := append([]byte(nil), body...)
		broken[i] ^= 1
		// A larger record size changes nothing for a single record; all else must be noticed.
		if opened, err := Decrypt(private, auth, broken); err == nil && (i < 16 || i > 19) {
			t.Fatalf("octet %d changed, and still opened to %q", i, opened)
		}
	}
	for size := range body {
		if _, err := Decrypt(private, auth, body[:size]); err == nil {
			t.Fatalf("cut to %d octets, and still opened", size)
		}
	}
	auth[0] ^= 1
	if _, err := Decrypt(private, auth, body); err == nil {
		t.Fatal("opened with a wrong secret")
	}
}

func TestRecordsOpenTheExamplesOfRFC8188(t *testing.T) {
	t.Parallel()
	examples := loadExamples(t).RFC8188
	if len(examples) == 0 {
		t.Fatal("the file has no examples")
	}
	for _, example := range examples {
		header, err := parseHeader(octets(t, example.Body))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := decryptRecords(octets(t, example.IKM), header)
		if err != nil || string(plain) != example.Plaintext || string(header.keyID) != example.KeyID {
			t.Errorf("section %s: got %q (key %q), %v", example.Section, plain, header.keyID, err)
		}
	}
}

func TestVerifyTokenTakesTheExampleOfRFC8292(t *testing.T) {
	t.Parallel()
	example := loadExamples(t).RFC8292
	header := "vapid t=" + example.JWT + ", k=" + example.K
	token, err := VerifyToken(header)
	want := Token{Key: example.K, Audience: example.Aud, Subject: example.Sub, Expires: time.Unix(example.Exp, 0)}
	if err != nil || token != want {
		t.Fatalf("got %+v, %v; want %+v", token, err, want)
	}
	for _, i := range []int{len("vapid t=") + 60, len(header) - len(example.K) - 20} {
		broken := []byte(header)
		broken[i] ^= 1 // stays in the alphabet of base64 or leaves it; both must be refused
		if _, err := VerifyToken(string(broken)); err == nil {
			t.Errorf("character %d changed, and still verified", i)
		}
	}
}
