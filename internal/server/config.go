package server

import (
	"log/slog"
	"time"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// Config is everything that an operator can set. The zero Config serves on a free port of 127.0.0.1 with a database
// of its own in the default folder.
type Config struct {
	// Listen is host:port; port 0 takes a free one.
	Listen string
	// BaseURL is where people reach the server from outside, for links in messages; default http://Listen.
	BaseURL string
	// TLSCert and TLSKey are PEM files; both or none.
	TLSCert, TLSKey string
	// TrustedProxies are the networks whose X-Forwarded-* headers are believed.
	TrustedProxies []string

	// DatabaseURL of a PostgreSQL; empty starts our own in DataDir.
	DatabaseURL string
	// DataDir holds our own PostgreSQL and, without SMTP, sent mail; empty takes the default.
	DataDir string
	// MaxConns bounds the pool; 0 means 40.
	MaxConns int
	// NATSURL of a cluster; empty keeps signals within the process.
	NATSURL string

	Router Router
	Push   Push
	Mail   Mail
	Links  Links
	Photos Photos

	// Carriers are where parcels are tracked, each "name=https://example.com/track/{number}".
	Carriers []string
	// SupplyLeadDays is how many working days supplies take to arrive; 0 means five.
	SupplyLeadDays int

	// PositionRetention is how long the history of positions is kept; 0 means seven days.
	PositionRetention time.Duration
	// AuditRetention is how long the audit trail is kept; 0 means five years.
	AuditRetention time.Duration
	// ReadRetention is how long it is kept who was shown personal data; 0 means a year.
	ReadRetention time.Duration
	// OperationRetention is how long the answers of operations are kept for repeats; 0 means thirty days.
	OperationRetention time.Duration
	// Tracing turns OpenTelemetry on; the exporter reads the usual OTEL_ variables.
	Tracing bool
	// Logger gets everything; nil means slog.Default().
	Logger *slog.Logger
	// Clock tells the time; nil means time.Now. A simulation may let it run faster.
	Clock postgres.Clock
	// Identity tunes sign-in; simulations and tests with many people make its hashes cheap.
	Identity identity.Config
	// CallsPerSecond bounds the changes of one session; 0 means 50.
	CallsPerSecond float64
	// AutoAssign gives every new request to the best candidate without waiting for a dispatcher.
	AutoAssign bool
	// Prepare runs once the database is migrated and before anything is served: demo data, for example.
	Prepare func(Parts) error
}

// Router is a road router that gives travel times; without a URL they are estimated.
type Router struct {
	// URL of the router's HTTP interface.
	URL string
	// Kind is "osrm" or "valhalla".
	Kind string
}

// Push configures web push.
type Push struct {
	// Subject is a mail address or https URL where push services reach the operator.
	Subject string
	// AllowedHosts are host:port of push services that may be in a private network: tests and demos.
	AllowedHosts []string
	// PublicKey and PrivateKey are a VAPID pair to take over; empty makes one in the database.
	PublicKey, PrivateKey string
}

// Links are where customers find what is not here; empty ones are not shown.
type Links struct {
	// Downloads has drivers and software, Shop sells what no contract includes, KnowledgeBase is one beside our own.
	Downloads, Shop, KnowledgeBase string
}

// Mail configures e-mail. Without a Host it is written to files in Folder; without either there is none.
type Mail struct {
	Host     string
	Port     int
	User     string
	Password string
	From     string
	// TLS is "starttls", "implicit", "opportunistic" or "none".
	TLS string
	// CA is a PEM file of certificates to trust for the mail server in place of the system's.
	CA     string
	Folder string
	// ShowFolder lets everybody read the mails of the folder at /demo/mail: for the demo. It goes without a Host only.
	ShowFolder bool
	// Connections is how many mails are sent at once at most; 0 means 8.
	Connections int
}
