package live_test

import (
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"utsendt/internal/live"
)

// natsServer starts one server of a cluster on 127.0.0.1.
func natsServer(t *testing.T, name string, port int, routes ...*url.URL) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		ServerName: name, Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true, Routes: routes,
		Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("NATS did not get ready")
	}
	return s
}

func connect(t *testing.T, s *server.Server) *live.Bus {
	t.Helper()
	bus, err := live.Open(live.Config{URL: s.ClientURL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	return bus
}

// What one server signals reaches the readers of another, over a cluster of two.
func TestSignalsCrossACluster(t *testing.T) {
	one := natsServer(t, "one", -1)
	route := &url.URL{Scheme: "nats", Host: one.ClusterAddr().String()}
	two := natsServer(t, "two", -1, route)
	here, there := connect(t, one), connect(t, two)
	sub := there.Subscribe("request.7")
	defer sub.Close()
	// The cluster learns of the subscription in its own time; a signal before that is lost, as any may be.
	deadline := time.Now().Add(30 * time.Second)
	for v := int64(1); ; v++ {
		publish(t, here, live.Signal{Subject: "request.7", Version: v, Data: []byte("x")})
		select {
		case <-sub.C():
			signals, lost := sub.Take()
			if lost || len(signals) != 1 || signals[0].Subject != "request.7" || string(signals[0].Data) != "x" {
				t.Fatalf("got %v, lost %v", signals, lost)
			}
			return
		case <-time.After(50 * time.Millisecond):
			if time.Now().After(deadline) {
				t.Fatal("no signal crossed the cluster")
			}
		}
	}
}

// After a broken connection readers are told that signals may be missing.
func TestReadersAreToldOfABrokenConnection(t *testing.T) {
	first := natsServer(t, "first", -1)
	bus := connect(t, first)
	sub := bus.Subscribe("request.7")
	defer sub.Close()
	port := first.Addr().(*net.TCPAddr).Port
	first.Shutdown()
	first.WaitForShutdown()
	natsServer(t, "second", port)
	waitFor(t, sub, func(_ map[string]live.Signal, lost bool) bool { return lost })
	publish(t, bus, live.Signal{Subject: "request.7", Version: 3})
	waitFor(t, sub, func(seen map[string]live.Signal, _ bool) bool { return seen["request.7"].Version == 3 })
}
