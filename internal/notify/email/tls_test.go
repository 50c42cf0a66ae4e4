package email

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// guarded is a mail server that lets nobody send without TLS and signing in.
type guarded struct {
	mu     sync.Mutex
	mails  []string
	tries  []string // "user:password" of each sign-in
	secure bool     // every sign-in and mail came over TLS
}

type guardedSession struct {
	server *guarded
	conn   *smtp.Conn
	known  bool
}

var errNotSignedIn = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "sign in first"}

func (g *guarded) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &guardedSession{server: g, conn: c}, nil
}

func (s *guardedSession) note(fn func()) {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if _, ok := s.conn.TLSConnectionState(); !ok {
		s.server.secure = false
	}
	fn()
}

func (*guardedSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *guardedSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.note(func() { s.server.tries = append(s.server.tries, user+":"+password) })
		if user != "utsendt" || password != "brevdue" {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (*guardedSession) Reset()        {}
func (*guardedSession) Logout() error { return nil }
func (s *guardedSession) Mail(string, *smtp.MailOptions) error {
	if !s.known {
		return errNotSignedIn
	}
	return nil
}
func (s *guardedSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *guardedSession) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	s.note(func() { s.server.mails = append(s.server.mails, string(content)) })
	return err
}

// authority is a CA of the test's own: its certificate as a PEM file, and a server's certificate for a name.
func authority(t *testing.T, name string) (caFile string, server tls.Certificate) {
	t.Helper()
	sign := func(template, parent *x509.Certificate, by *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if by == nil {
			by = key
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
		if err != nil {
			t.Fatal(err)
		}
		return der, key
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, caKey := sign(ca, ca, nil)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mail"}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	} else {
		leaf.DNSNames = []string{name}
	}
	leafDER, leafKey := sign(leaf, ca, caKey)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}), 0o600); err != nil {
		t.Fatal(err)
	}
	return caFile, tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: leafKey}
}

func startGuarded(t *testing.T, certificate tls.Certificate, implicit bool) (*guarded, Config) {
	t.Helper()
	g := &guarded{secure: true}
	server := smtp.NewServer(g)
	server.Domain = "localhost"
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mode := "starttls"
	port := listener.Addr().(*net.TCPAddr).Port
	if implicit {
		mode, listener = "implicit", tls.NewListener(listener, server.TLSConfig)
	}
	go server.Serve(listener) //nolint:errcheck // ends with Close
	t.Cleanup(func() { server.Close() })
	return g, Config{
		Host: "127.0.0.1", Port: port, TLS: mode, User: "utsendt", Password: "brevdue", From: from, Timeout: 10 * time.Second,
	}
}

func TestSignsInOverTLS(t *testing.T) {
	t.Parallel()
	ca, certificate := authority(t, "127.0.0.1")
	for name, implicit := range map[string]bool{"STARTTLS": false, "TLS from the start": true} {
		server, cfg := startGuarded(t, certificate, implicit)
		cfg.CA = ca
		sender, err := Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := sender.Send(t.Context(), message()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		server.mu.Lock()
		if !server.secure || len(server.mails) != 2 || len(server.tries) != 2 || server.tries[0] != "utsendt:brevdue" ||
			!strings.Contains(server.mails[0], "Message-ID: <0199-abc@example.com>") {
			t.Errorf("%s: secure %v, %d mails, sign-ins %q", name, server.secure, len(server.mails), server.tries)
		}
		server.mu.Unlock()
	}
}

// A server that cannot prove who it is gets neither the password nor the mail, and the mail may be tried again.
func TestServersThatAreNotTrusted(t *testing.T) {
	t.Parallel()
	ca, certificate := authority(t, "127.0.0.1")
	otherCA, _ := authority(t, "127.0.0.1")
	namedCA, named := authority(t, "mail.example.com")
	for name, c := range map[string]struct {
		ca          string
		certificate tls.Certificate
		password    string
		detail      string
		signsIn     bool
	}{
		"the system's certificates": {"", certificate, "brevdue", "the mail server's certificate is not one that we trust", false},
		"another authority":         {otherCA, certificate, "brevdue", "the mail server's certificate is not one that we trust", false},
		"another server's name":     {namedCA, named, "brevdue", "the mail server's certificate is not one that we trust", false},
		"wrong password":            {ca, certificate, "duebrev", "the mail server refused our sign-in", true},
	} {
		for _, implicit := range []bool{false, true} {
			server, cfg := startGuarded(t, c.certificate, implicit)
			cfg.CA, cfg.Password = c.ca, c.password
			sender, err := Open(cfg)
			if err != nil {
				t.Fatal(err)
			}
			var failure *Error
			if err := sender.Send(t.Context(), message()); !errors.As(err, &failure) || failure.Refused || failure.BadAddress ||
				failure.Detail != c.detail || strings.Contains(failure.Detail, c.password) {
				t.Errorf("%s, implicit %v: %+v (%v)", name, implicit, failure, err)
			}
			server.mu.Lock()
			if len(server.mails) != 0 || len(server.tries) > 0 != c.signsIn {
				t.Errorf("%s, implicit %v: %d mails, sign-ins %q", name, implicit, len(server.mails), server.tries)
			}
			server.mu.Unlock()
		}
	}
	nonsense := filepath.Join(t.TempDir(), "nonsense.pem")
	if err := os.WriteFile(nonsense, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{nonsense, nonsense + ".absent"} {
		if _, err := Open(Config{Host: "127.0.0.1", From: from, CA: file}); err == nil {
			t.Errorf("%s is taken for certificates", file)
		}
	}
}
