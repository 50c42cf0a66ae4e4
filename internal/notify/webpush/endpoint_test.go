package webpush_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"utsendt/internal/fault"
	"utsendt/internal/notify/pushtest"
	"utsendt/internal/notify/webpush"
)

func TestIsPublic(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
		"168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
		"192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
		"239.255.255.250", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
		"2001::1", "2001:2::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1", "fc00::1", "fd00:ec2::254",
		"fe80::1", "fe80::1%eth0", "2600::1%eth0", "fec0::1", "ff02::1",
	} {
		if webpush.IsPublic(netip.MustParseAddr(text)) {
			t.Errorf("%s counts as public", text)
		}
	}
	for _, text := range []string{
		"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
		"172.15.255.255", "172.32.0.0", "192.0.1.0", "223.255.255.255", "2001:200::1", "2001:4860::1",
		"2a00:1450:400f::1", "2606:4700::1",
	} {
		if !webpush.IsPublic(netip.MustParseAddr(text)) {
			t.Errorf("%s does not count as public", text)
		}
	}
	if webpush.IsPublic(netip.Addr{}) {
		t.Error("no address counts as public")
	}
}

// nameServer answers the n-th question about any name with answers[n], and the last one from then on.
func nameServer(t *testing.T, asked *atomic.Int64, answers ...[]string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			var query dnsmessage.Message
			if query.Unpack(buffer[:n]) != nil || len(query.Questions) != 1 {
				continue
			}
			question := query.Questions[0]
			reply := dnsmessage.Message{
				Header:    dnsmessage.Header{ID: query.ID, Response: true, RecursionAvailable: true},
				Questions: query.Questions,
			}
			if question.Type == dnsmessage.TypeA { // AAAA gets an empty answer
				turn := min(int(asked.Add(1)), len(answers)) - 1
				for _, text := range answers[turn] {
					reply.Answers = append(reply.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET},
						Body:   &dnsmessage.AResource{A: netip.MustParseAddr(text).As4()},
					})
				}
				if len(answers[turn]) == 0 {
					reply.RCode = dnsmessage.RCodeNameError
				}
			}
			if packed, err := reply.Pack(); err == nil {
				_, _ = conn.WriteTo(packed, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func TestCheckEndpointLooksAtEveryAddress(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		addresses []string
		reason    string
	}{
		{[]string{"1.1.1.1"}, ""},
		{[]string{"1.1.1.1", "9.9.9.9"}, ""},
		{[]string{"127.0.0.1"}, "push_endpoint_private"},
		{[]string{"169.254.169.254"}, "push_endpoint_private"},
		{[]string{"1.1.1.1", "10.0.0.1"}, "push_endpoint_private"},
		{nil, "push_endpoint_unresolved"},
	} {
		var asked atomic.Int64
		sender := newSender(t, webpush.Config{Resolver: nameServer(t, &asked, tc.addresses)})
		err := sender.CheckEndpoint(t.Context(), "https://push.example.com./send/1")
		if fault.ReasonOf(err) != tc.reason {
			t.Errorf("%v: %v, want %q", tc.addresses, err, tc.reason)
		}
	}
}

// TestRebindingIsStoppedAtTheConnection gives a name that is public when it is checked and points to
// this machine when it is used.
func TestRebindingIsStoppedAtTheConnection(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	sender := newSender(t, webpush.Config{Resolver: nameServer(t, &asked, []string{"1.1.1.1"}, []string{"127.0.0.1"})})
	sub := pushtest.Start(t).NewPhone(t).Subscription()
	sub.Endpoint = "https://rebinding.example.com./send/1"
	if err := sender.CheckEndpoint(t.Context(), sub.Endpoint); err != nil {
		t.Fatal(err)
	}
	got, err := sender.Send(t.Context(), sub, newKeys(t), webpush.Message{TTL: time.Minute})
	if err != nil || got.Class != webpush.Blocked || got.Status != 0 {
		t.Fatalf("%+v, %v; want blocked", got, err)
	}
	if asked.Load() != 2 {
		t.Errorf("the name was asked for %d times; the test proves nothing", asked.Load())
	}
}

// TestSendBlocksAddressesWithoutAsking needs no name server: the address is in the URL.
func TestSendBlocksAddressesWithoutAsking(t *testing.T) {
	t.Parallel()
	sender := newSender(t, webpush.Config{})
	sub := pushtest.Start(t).NewPhone(t).Subscription()
	for _, host := range []string{"127.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "169.254.169.254", "localhost"} {
		sub.Endpoint = "https://" + host + "/send"
		got, err := sender.Send(t.Context(), sub, newKeys(t), webpush.Message{})
		if err != nil || got.Class != webpush.Blocked {
			t.Errorf("%s: %+v, %v", host, got, err)
		}
		if err := sender.CheckEndpoint(t.Context(), sub.Endpoint); !errors.Is(err, webpush.ErrBlocked) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

var refusedEndpoints = []string{
	"", "push", "//push.example.com/", "https:push", "https://", "https:///x", "ftp://push.example.com/",
	"http://push.example.com/", "https://push.example.com:80/", "https://push.example.com:8443/",
	"https://me:pw@push.example.com/", "https://push.example.com/#part",
	"https://push.example.com/a b", "https://push.example.com\\@127.0.0.1/", "https://push.example.com/\r\nHost: x",
	"https://püsh.example.com/", "https://push.example.com/%zz", "javascript:alert(1)", "file:///etc/passwd",
	"https://[::1", "https://push.example.com:99999/",
}

func TestCheckEndpointRefusesForms(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	sender := newSender(t, webpush.Config{Resolver: nameServer(t, &asked, []string{"1.1.1.1"})})
	for _, endpoint := range append(refusedEndpoints, "https://push.example.com/"+strings.Repeat("x", 2048)) {
		if err := sender.CheckEndpoint(t.Context(), endpoint); fault.ReasonOf(err) != "push_endpoint_invalid" {
			t.Errorf("%.60q: %v", endpoint, err)
		}
	}
	if asked.Load() != 0 {
		t.Errorf("a name server was asked %d times about what is no endpoint", asked.Load())
	}
	for _, endpoint := range []string{
		"https://push.example.com/wpush/v2/abc", "https://push.example.com:443/x", "HTTPS://PUSH.EXAMPLE.COM/",
		"https://push.example.com/w/?token=a%2fb%3d",
	} {
		if err := sender.CheckEndpoint(t.Context(), endpoint); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

// TestAllowedHostIsAllowedByHostAndPort shows that allowing one push service opens nothing else.
func TestAllowedHostIsAllowedByHostAndPort(t *testing.T) {
	t.Parallel()
	sender := newSender(t, webpush.Config{AllowedHosts: []string{"127.0.0.1:8123", "Push.Local:80"}})
	for _, endpoint := range []string{"http://127.0.0.1:8123/x", "https://127.0.0.1:8123/x", "http://push.local/x", "http://PUSH.LOCAL:80/"} {
		if err := sender.CheckEndpoint(t.Context(), endpoint); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	for _, endpoint := range []string{"http://127.0.0.1:8124/x", "http://127.0.0.2:8123/x", "https://127.0.0.1/", "http://push.local:81/"} {
		if err := sender.CheckEndpoint(t.Context(), endpoint); err == nil {
			t.Errorf("%s is allowed", endpoint)
		}
	}
	for _, bad := range []string{"", "push.local", "push.local:", ":80", "push.local:0", "push.local:99999", "http://push.local:80"} {
		if _, err := webpush.NewSender(webpush.Config{Subject: "a@example.com", AllowedHosts: []string{bad}}); err == nil {
			t.Errorf("%q is taken as an allowed host", bad)
		}
	}
}

// FuzzCheckEndpoint: whatever the form, nothing passes that is not https, or that names an address
// which is not public. No name resolves, so that only addresses can pass.
func FuzzCheckEndpoint(f *testing.F) {
	for _, seed := range refusedEndpoints {
		f.Add(seed)
	}
	for _, seed := range []string{"https://1.1.1.1/x", "https://127.1/", "https://2130706433/", "https://0x7f.1/", "https://[::ffff:1.1.1.1]/", "https://1.1.1.1.:443/"} {
		f.Add(seed)
	}
	sender, err := webpush.NewSender(webpush.Config{Subject: "a@example.com", Resolver: &net.Resolver{
		PreferGo: true,
		Dial:     func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no names here") },
	}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, endpoint string) {
		if sender.CheckEndpoint(t.Context(), endpoint) != nil {
			return
		}
		rest, ok := strings.CutPrefix(strings.ToLower(endpoint), "https://")
		if !ok {
			t.Fatalf("%q passes without https", endpoint)
		}
		host, _, _ := strings.Cut(rest, "/")
		host, _, _ = strings.Cut(host, "?")
		host = strings.Trim(strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":"), "[]")
		addr, err := netip.ParseAddr(host)
		if err != nil || !webpush.IsPublic(addr) {
			t.Fatalf("%q passes with host %q", endpoint, host)
		}
	})
}
