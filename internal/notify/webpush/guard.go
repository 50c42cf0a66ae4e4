package webpush

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"utsendt/internal/fault"
)

// guard decides where messages may go.
type guard struct {
	allowed  map[string]bool // host:port in lower case
	resolver *net.Resolver
	plain    *net.Dialer // for allowed hosts
	checked  *net.Dialer // for everyone else: refuses addresses that are not public
}

func newGuard(allowedHosts []string, resolver *net.Resolver) (*guard, error) {
	g := &guard{allowed: make(map[string]bool, len(allowedHosts)), resolver: resolver}
	if g.resolver == nil {
		g.resolver = net.DefaultResolver
	}
	for _, hostPort := range allowedHosts {
		host, port, err := net.SplitHostPort(hostPort)
		if number, e := strconv.ParseUint(port, 10, 16); err != nil || host == "" || e != nil || number == 0 {
			return nil, invalid("allowed_hosts", "An allowed push service must be written as host:port.")
		}
		g.allowed[strings.ToLower(hostPort)] = true
	}
	g.plain = &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Resolver: g.resolver}
	g.checked = &net.Dialer{
		Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Resolver: g.resolver,
		// Called with the address about to be connected to, after the name has been resolved: what is
		// checked here is what is used, whatever the name said before.
		Control: func(_, address string, _ syscall.RawConn) error { return checkDialled(address) },
	}
	return g, nil
}

// dial is the transport's DialContext.
func (g *guard) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	if g.allowed[strings.ToLower(hostPort)] {
		return g.plain.DialContext(ctx, network, hostPort)
	}
	return g.checked.DialContext(ctx, network, hostPort)
}

func checkDialled(address string) error {
	resolved, err := netip.ParseAddrPort(address)
	if err != nil || !IsPublic(resolved.Addr().Unmap()) {
		return ErrBlocked
	}
	return nil
}

// parse reads an endpoint and checks all that can be seen without asking a name server: allowed hosts
// may be anything; all others must be https on its usual port, and not an address that is not public.
func (g *guard) parse(endpoint string) (u *url.URL, allowed bool, err error) {
	u, err = parseEndpoint(endpoint)
	if err != nil {
		return nil, false, err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if g.allowed[strings.ToLower(net.JoinHostPort(u.Hostname(), port))] {
		return u, true, nil
	}
	if u.Scheme != "https" {
		return nil, false, invalid("endpoint", "The push address must begin with https://.")
	}
	if port != "443" {
		// No push service of a browser uses another; others would make this server a port scanner.
		return nil, false, invalid("endpoint", "The push address must use port 443.")
	}
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil && !IsPublic(addr) {
		return nil, false, ErrBlocked
	}
	return u, false, nil
}

// check is parse and a look at every address the host has now. One that is not public is enough to
// refuse: an honest push service has none.
func (g *guard) check(ctx context.Context, endpoint string) error {
	u, allowed, err := g.parse(endpoint)
	if err != nil || allowed {
		return err
	}
	addrs, err := g.resolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errUnresolved.With(fault.Cause(err))
	}
	if len(addrs) == 0 {
		return errUnresolved
	}
	for _, addr := range addrs {
		// The resolver writes IPv4 as IPv4-mapped IPv6; what counts is what will be dialled.
		if !IsPublic(addr.Unmap()) {
			return ErrBlocked
		}
	}
	return nil
}
