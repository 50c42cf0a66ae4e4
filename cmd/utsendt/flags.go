package main

import (
	"log/slog"
	"os"
	"time"

	"utsendt/internal/blob"
	"utsendt/internal/server"
)

// database says where the data is. Every command that touches it has these flags.
type database struct {
	DatabaseURL string `env:"DATABASE_URL" placeholder:"URL" help:"A PostgreSQL you have. Empty: our own, in the data folder."`
	DataDir     string `env:"UTSENDT_DATA_DIR" type:"path" placeholder:"DIR" help:"Folder of our own PostgreSQL and of sent mail. Default: /var/lib/utsendt for root, else ~/.local/share/utsendt."`
	MaxConns    int    `env:"UTSENDT_MAX_CONNS" default:"40" help:"Most connections to the database."`
}

func (d database) config(log *slog.Logger) server.Config {
	return server.Config{DatabaseURL: d.DatabaseURL, DataDir: d.DataDir, MaxConns: d.MaxConns, Logger: log}
}

// serving is what serve and demo share.
type serving struct {
	database `embed:"" group:"Database"`

	Listen         string   `env:"UTSENDT_LISTEN" default:"127.0.0.1:8080" help:"Address and port to listen on."`
	BaseURL        string   `env:"UTSENDT_BASE_URL" placeholder:"URL" help:"Where people reach the server, for links in messages. Default: what it listens on."`
	TLSCert        string   `env:"UTSENDT_TLS_CERT" type:"existingfile" placeholder:"FILE" help:"Certificate chain (PEM); with --tls-key."`
	TLSKey         string   `env:"UTSENDT_TLS_KEY" type:"existingfile" placeholder:"FILE" help:"Private key (PEM); with --tls-cert."`
	TrustedProxies []string `env:"UTSENDT_TRUSTED_PROXIES" placeholder:"NET" help:"Networks whose X-Forwarded headers are believed."`
	NATSURL        string   `name:"nats-url" env:"NATS_URL" placeholder:"URL" help:"A NATS cluster, when several servers share one database. Empty: signals stay in the process."`
	AutoAssign     bool     `env:"UTSENDT_AUTO_ASSIGN" help:"Give every new request to the best technician without waiting for a dispatcher."`

	DownloadsURL     string `env:"UTSENDT_DOWNLOADS_URL" placeholder:"URL" help:"Where customers find drivers and software. Empty: no link." group:"Links"`
	ShopURL          string `env:"UTSENDT_SHOP_URL" placeholder:"URL" help:"Where customers buy what no contract includes. Empty: no link." group:"Links"`
	KnowledgeBaseURL string `env:"UTSENDT_KNOWLEDGE_BASE_URL" placeholder:"URL" help:"A knowledge base beside our own. Empty: no link." group:"Links"`

	Carriers       []string `name:"carrier" env:"UTSENDT_CARRIERS" placeholder:"NAME=URL" help:"Where parcels of a carrier are tracked: name=https://…{number}…; once for each carrier." group:"Supplies"`
	SupplyLeadDays int      `env:"UTSENDT_SUPPLY_LEAD_DAYS" default:"5" help:"How many working days supplies take to arrive, for telling when to order." group:"Supplies"`

	S3Endpoint       string `name:"s3-endpoint" env:"UTSENDT_S3_ENDPOINT" placeholder:"URL" help:"Keep photos in an S3-compatible store: https://s3.example.com. Empty: in the database." group:"Photos"`
	S3Bucket         string `name:"s3-bucket" env:"UTSENDT_S3_BUCKET" placeholder:"NAME" help:"Bucket, which must exist." group:"Photos"`
	S3Prefix         string `name:"s3-prefix" env:"UTSENDT_S3_PREFIX" default:"utsendt/photos/" placeholder:"TEXT" help:"Begins the names of all objects." group:"Photos"`
	S3Region         string `name:"s3-region" env:"UTSENDT_S3_REGION" placeholder:"NAME" help:"Region of the bucket." group:"Photos"`
	S3AccessKey      string `name:"s3-access-key" env:"UTSENDT_S3_ACCESS_KEY" placeholder:"KEY" help:"Signs requests to the store." group:"Photos"`
	S3SecretKey      string `name:"s3-secret-key" env:"UTSENDT_S3_SECRET_KEY" placeholder:"KEY" help:"Goes with --s3-access-key." group:"Photos"`
	S3VirtualHost    bool   `name:"s3-virtual-host" env:"UTSENDT_S3_VIRTUAL_HOST" help:"Put the bucket into the host name, as Amazon wants it." group:"Photos"`
	PhotoMaxBytes    int    `env:"UTSENDT_PHOTO_MAX_BYTES" default:"10485760" help:"Largest photo in bytes, at most 33554432." group:"Photos"`
	PhotosPerRequest int    `env:"UTSENDT_PHOTOS_PER_REQUEST" default:"5" help:"How many photos a request may have, at most 100." group:"Photos"`

	RouterURL  string `env:"UTSENDT_ROUTER_URL" placeholder:"URL" help:"A road router for travel times. Empty: estimated from the distance." group:"Travel times"`
	RouterKind string `env:"UTSENDT_ROUTER_KIND" enum:"osrm,valhalla" default:"osrm" help:"What the router speaks: ${enum}." group:"Travel times"`

	PositionRetention time.Duration `env:"UTSENDT_POSITION_RETENTION" default:"168h" help:"How long it is kept where technicians were." group:"Privacy"`
	AuditRetention    time.Duration `env:"UTSENDT_AUDIT_RETENTION" default:"43920h" help:"How long it is kept who changed what (five years)." group:"Privacy"`
	ReadRetention     time.Duration `env:"UTSENDT_READ_RETENTION" default:"8784h" help:"How long it is kept who of staff was shown personal data (a year)." group:"Privacy"`

	PushSubject      string   `env:"UTSENDT_PUSH_SUBJECT" placeholder:"MAIL|URL" help:"Where push services reach you: a mail address or an https URL." group:"Web push"`
	PushAllowedHosts []string `env:"UTSENDT_PUSH_ALLOWED_HOSTS" placeholder:"HOST:PORT" help:"Push services in a private network that may be used: for tests." group:"Web push"`
	VAPIDPublicKey   string   `name:"vapid-public-key" env:"UTSENDT_VAPID_PUBLIC_KEY" placeholder:"KEY" help:"Use this VAPID pair. Empty: one in the database, made at the first start." group:"Web push"`
	VAPIDPrivateKey  string   `name:"vapid-private-key" env:"UTSENDT_VAPID_PRIVATE_KEY" placeholder:"KEY" help:"Goes with --vapid-public-key." group:"Web push"`

	SMTPHost     string `name:"smtp-host" env:"UTSENDT_SMTP_HOST" placeholder:"HOST" help:"Mail server. Empty: mail is written as .eml files in the data folder." group:"Mail"`
	SMTPPort     int    `name:"smtp-port" env:"UTSENDT_SMTP_PORT" help:"Port of the mail server; 0 takes the usual one." group:"Mail"`
	SMTPUser     string `name:"smtp-user" env:"UTSENDT_SMTP_USER" help:"Signs in to the mail server." group:"Mail"`
	SMTPPassword string `name:"smtp-password" env:"UTSENDT_SMTP_PASSWORD" help:"Goes with --smtp-user." group:"Mail"`
	SMTPTLS      string `name:"smtp-tls" env:"UTSENDT_SMTP_TLS" enum:"starttls,implicit,opportunistic,none" default:"starttls" help:"How the mail server is spoken to: ${enum}." group:"Mail"`
	SMTPCA       string `name:"smtp-ca" env:"UTSENDT_SMTP_CA" type:"existingfile" placeholder:"FILE" help:"Certificates (PEM) to trust for the mail server in place of the system's." group:"Mail"`
	SMTPConns    int    `name:"smtp-connections" env:"UTSENDT_SMTP_CONNECTIONS" default:"8" help:"Most connections to the mail server at once; other mail waits." group:"Mail"`
	MailFrom     string `env:"UTSENDT_MAIL_FROM" placeholder:"ADDRESS" help:"Sender of all mail." group:"Mail"`
	MailFolder   string `env:"UTSENDT_MAIL_FOLDER" type:"path" placeholder:"DIR" help:"Where mail is written without a mail server." group:"Mail"`
}

func (s serving) config(log *slog.Logger) server.Config {
	cfg := s.database.config(log)
	cfg.Listen, cfg.BaseURL, cfg.TLSCert, cfg.TLSKey = s.Listen, s.BaseURL, s.TLSCert, s.TLSKey
	cfg.TrustedProxies, cfg.NATSURL, cfg.AutoAssign = s.TrustedProxies, s.NATSURL, s.AutoAssign
	cfg.PositionRetention = s.PositionRetention
	cfg.AuditRetention, cfg.ReadRetention = s.AuditRetention, s.ReadRetention
	if s.RouterURL != "" {
		cfg.Router = server.Router{URL: s.RouterURL, Kind: s.RouterKind}
	}
	cfg.Carriers, cfg.SupplyLeadDays = s.Carriers, s.SupplyLeadDays
	cfg.Links = server.Links{Downloads: s.DownloadsURL, Shop: s.ShopURL, KnowledgeBase: s.KnowledgeBaseURL}
	cfg.Photos = server.Photos{MaxBytes: s.PhotoMaxBytes, PerRequest: s.PhotosPerRequest, S3: blob.S3Config{
		Endpoint: s.S3Endpoint, Bucket: s.S3Bucket, Prefix: s.S3Prefix, Region: s.S3Region, AccessKey: s.S3AccessKey,
		SecretKey: s.S3SecretKey, VirtualHost: s.S3VirtualHost,
	}}
	cfg.Push = server.Push{
		Subject: s.PushSubject, AllowedHosts: s.PushAllowedHosts,
		PublicKey: s.VAPIDPublicKey, PrivateKey: s.VAPIDPrivateKey,
	}
	cfg.Mail = server.Mail{
		Host: s.SMTPHost, Port: s.SMTPPort, User: s.SMTPUser, Password: s.SMTPPassword, TLS: s.SMTPTLS,
		CA: s.SMTPCA, Connections: s.SMTPConns, From: s.MailFrom, Folder: s.MailFolder,
	}
	// OpenTelemetry is on when its own variables say where to send.
	cfg.Tracing = os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
	return cfg
}
