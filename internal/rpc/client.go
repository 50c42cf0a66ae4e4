package rpc

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"utsendt/internal/fault/wording"
	"utsendt/internal/identity"
)

// Client is what the connection tells about whoever calls.
type Client struct {
	// Address is the IP address, without port; empty when it is not known.
	Address string
	// Secure is true when the client speaks TLS, to us or to a trusted proxy before us.
	Secure bool
	// Languages is the Accept-Language header: what the client would like to read.
	Languages string
}

type clientKey struct{}

// WithClient gives a context that carries the client; the middleware does it for every request.
func WithClient(ctx context.Context, client Client) context.Context {
	return context.WithValue(ctx, clientKey{}, client)
}

// ClientFrom gives the client of the context; the zero Client when there is none.
func ClientFrom(ctx context.Context) Client {
	client, _ := ctx.Value(clientKey{}).(Client)
	return client
}

// Language is that of the page or phone that asks, "nb" or "en": what is answered for people to read is in it, as errors are. The
// person's own, which mail is written in, counts where the request names none.
func Language(ctx context.Context) string {
	return wording.Choose(ClientFrom(ctx).Languages, identity.Caller(ctx).Language)
}

// Proxies are the networks of the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
// Without any, both headers are ignored.
type Proxies []netip.Prefix

// ParseProxies reads IP addresses and networks ("10.0.0.7", "10.0.0.0/8", "fd00::/8").
func ParseProxies(list ...string) (Proxies, error) {
	var proxies Proxies
	for _, text := range list {
		if ip, err := netip.ParseAddr(text); err == nil {
			proxies = append(proxies, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("rpc: trusted proxy %q is no IP address or network", text)
		}
		proxies = append(proxies, prefix.Masked())
	}
	return proxies, nil
}

func (p Proxies) trust(ip netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// client finds out who calls. Of the addresses in X-Forwarded-For the last that is no trusted proxy counts:
// those before it could have been made up.
func (p Proxies) client(r *http.Request) Client {
	client := Client{Secure: r.TLS != nil, Languages: r.Header.Get("Accept-Language")}
	ip, ok := parseAddress(r.RemoteAddr)
	if !ok {
		return client
	}
	if p.trust(ip) {
		proto := lastOf(r.Header.Values("X-Forwarded-Proto"))
		client.Secure = client.Secure || strings.EqualFold(proto, "https")
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0 && p.trust(ip); i-- {
			hop, ok := parseAddress(strings.TrimSpace(hops[i]))
			if !ok {
				break
			}
			ip = hop
		}
	}
	client.Address = ip.String()
	return client
}

// parseAddress reads an IP address with or without a port.
func parseAddress(text string) (netip.Addr, bool) {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone(""), true
	}
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return ip.Unmap().WithZone(""), err == nil
}

// lastOf gives the last item of a header's comma-separated lists.
func lastOf(values []string) string {
	all := strings.Join(values, ",")
	return strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:])
}
