package server

import (
	"cmp"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/riverqueue/river"

	"utsendt/dispatch"
	"utsendt/dispatch/visitfiles"
	"utsendt/geo"
	"utsendt/geo/router"
	"utsendt/internal/audit"
	"utsendt/internal/blob"
	"utsendt/internal/identity"
	"utsendt/internal/jobs"
	"utsendt/internal/live"
	"utsendt/internal/notify"
	"utsendt/internal/notify/email"
	"utsendt/internal/notify/mailbox"
	"utsendt/internal/notify/webpush"
	"utsendt/internal/once"
	"utsendt/internal/picturestore"
	"utsendt/internal/postgres/embedded"
	"utsendt/internal/signedlink"
	"utsendt/portal"
	"utsendt/portal/addresschange"
	"utsendt/portal/backoffice"
	"utsendt/portal/glance"
	"utsendt/portal/knowledge"
	"utsendt/portal/life"
	"utsendt/portal/photos"
	"utsendt/portal/readings"
	"utsendt/portal/readings/bulk"
	"utsendt/portal/readings/reminder"
	"utsendt/portal/registration"
	"utsendt/portal/search"
	"utsendt/portal/supplies"
	"utsendt/portal/tracking"
)

// Parts are the domains and the plumbing of one server, put together on one database.
type Parts struct {
	DB       *Database
	Bus      *live.Bus
	People   *identity.Service
	Notify   *notify.Service
	Dispatch *dispatch.Service
	Fleet    *portal.Service
	Lists    *glance.Service
	// Meters, MeterFiles and Reminders are about meter readings.
	Meters     *readings.Service
	MeterFiles *bulk.Service
	Reminders  *reminder.Service
	Requests   *portal.Requests
	Office     *backoffice.Service
	Articles   *knowledge.Service
	Supplies   *supplies.Service
	// Lives tell what happened to devices.
	Lives *life.Service
	// Registrations say which devices a customer follows, AddressChanges move sites.
	Registrations  *registration.Service
	AddressChanges *addresschange.Service

	// Pictures are where photos are kept, whoever made them.
	Pictures *picturestore.Store
	Photos   *photos.Service
	// VisitFiles are the pictures that technicians make.
	VisitFiles *visitfiles.Service
	Search     *search.Service
	// Tracking are the links by which somebody without an account follows a request.
	Tracking *tracking.Service

	jobs *jobs.Client
	push *webpush.Sender
	// mailbox shows the demo's mail; nil everywhere else.
	mailbox *mailbox.Box
}

// assemble puts everything together and starts nothing. close undoes it.
func assemble(db *Database, cfg Config, baseURL string) (p Parts, err error) {
	p = Parts{DB: db}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.Bus, err = live.Open(live.Config{URL: cfg.NATSURL, Logger: cfg.Logger}); err != nil {
		return p, err
	}
	cfg.Identity.BaseURL = cmp.Or(cfg.Identity.BaseURL, baseURL)
	p.People = identity.New(db.DB, cfg.Identity)
	if p.push, err = webpush.NewSender(webpush.Config{
		Subject:      cmp.Or(cfg.Push.Subject, "https://utsendt.example"),
		AllowedHosts: cfg.Push.AllowedHosts,
	}); err != nil {
		return p, err
	}
	mail, box, err := openMail(cfg)
	if err != nil {
		return p, err
	}
	p.mailbox = box
	if p.Notify, err = notify.New(db.DB, notify.Config{Push: p.push, Mail: mail, MailWorkers: cfg.Mail.Connections, BaseURL: baseURL, Logger: cfg.Logger}); err != nil {
		return p, err
	}
	travel, err := travelTimes(cfg.Router, cfg.Logger)
	if err != nil {
		return p, err
	}
	p.Meters, p.MeterFiles = readings.New(db.DB), bulk.New(db.DB)
	p.Dispatch = dispatch.New(dispatch.Config{
		DB: db.DB, Readings: readings.FromVisit, Counters: p.Meters.LastValues, SiteNotes: portal.SiteNotes(db.DB.DB), Bus: p.Bus, Notifier: p.Notify, Travel: travel, Logger: cfg.Logger,
		PositionRetention: cfg.PositionRetention,
	})
	p.Fleet = portal.New(db.DB)
	p.Reminders = reminder.New(reminder.Config{
		DB: db.DB, Notifier: p.Notify, Keys: signedlink.New(db.DB), BaseURL: baseURL, Logger: cfg.Logger,
	})
	p.Notify.RegisterSecret(notify.ReadingDue, p.Reminders.Link)
	p.Notify.RegisterSecret(notify.ReadingOverdue, p.Reminders.Link)
	p.Articles = knowledge.New(db.DB)
	carriers, err := supplies.ParseCarriers(cfg.Carriers...)
	if err != nil {
		return p, err
	}
	p.Supplies = supplies.New(supplies.Config{
		DB: db.DB, Notifier: p.Notify, Carriers: carriers, ShopURL: cfg.Links.Shop, LeadDays: cfg.SupplyLeadDays,
	})
	p.Lists = glance.New(db.DB, p.Fleet, p.Supplies)
	p.Registrations, p.AddressChanges = registration.New(db.DB, p.Notify), addresschange.New(db.DB, p.Notify)
	p.Requests = portal.NewRequests(db.DB, p.Dispatch)
	if p.Pictures, err = openPictures(db, cfg); err != nil {
		return p, err
	}
	p.Photos = photos.New(db.DB, p.Pictures, photos.Config{PerRequest: cfg.Photos.PerRequest})
	p.VisitFiles = visitfiles.New(visitfiles.Config{DB: db.DB, Pictures: p.Pictures, Customers: portal.SeesVisits, Logger: cfg.Logger})
	p.Requests.UsePhotos(p.Photos)
	p.Requests.UseAddressChanges(p.AddressChanges.WithRequest)
	p.Search = search.New(db.DB)
	p.Tracking = tracking.New(tracking.Config{DB: db.DB, Dispatch: p.Dispatch, Bus: p.Bus, BaseURL: baseURL, Logger: cfg.Logger})
	p.Lives = life.New(db.DB, p.Supplies)
	p.Office = backoffice.New(backoffice.Config{DB: db.DB, People: p.People, Dispatch: p.Dispatch})

	mails := accountMail{p.Notify}
	p.People.UseMail(mails)
	mails.registerSecrets(p.People)

	workers := river.NewWorkers()
	p.Notify.RegisterWorkers(workers)
	p.People.RegisterWorkers(workers)
	river.AddWorker(workers, &sweeper{now: db.Now, pictures: p.Pictures, tables: []blob.Names{p.Photos.Names, p.VisitFiles.Names}})
	river.AddWorker(workers, p.Reminders.Worker())
	river.AddWorker(workers, &housekeeper{
		parts: &p, log: cfg.Logger, operations: cmp.Or(cfg.OperationRetention, once.Keep),
		changes: cmp.Or(cfg.AuditRetention, audit.KeepChanges), reads: cmp.Or(cfg.ReadRetention, audit.KeepReads),
	})
	p.jobs, err = jobs.New(db.DB, workers, jobs.Options{Logger: cfg.Logger, Periodic: []*river.PeriodicJob{
		reminder.Hourly(),
		river.NewPeriodicJob(river.PeriodicInterval(time.Hour), housekeeping, &river.PeriodicJobOpts{RunOnStart: true}),
		sweeping(),
	}})
	if err != nil {
		return p, err
	}
	p.People.UseJobs(p.jobs)
	return p, p.Notify.UseJobs(p.jobs)
}

func (p *Parts) close() {
	if p.mailbox != nil {
		_ = p.mailbox.Close() // it was only read from
	}
	if p.push != nil {
		p.push.Close()
	}
	if p.Bus != nil {
		p.Bus.Close()
	}
}

func travelTimes(cfg Router, log *slog.Logger) (geo.TravelTimes, error) {
	if cfg.URL == "" {
		return geo.StandardEstimator(), nil
	}
	times, err := router.New(router.Config{Engine: router.Engine(cfg.Kind), URL: cfg.URL})
	if err != nil {
		return nil, fmt.Errorf("travel times: %w", err)
	}
	log.Info("travel times by a road router", "kind", cfg.Kind, "url", cfg.URL)
	return times, nil
}

// mailFolder is where mail is written: none with a mail server, or where nothing says so.
func mailFolder(cfg Config) (string, error) {
	if cfg.Mail.Host != "" {
		return "", nil
	}
	if cfg.Mail.Folder != "" || cfg.DatabaseURL != "" {
		return cfg.Mail.Folder, nil
	}
	dir := cfg.DataDir
	if dir == "" {
		var err error
		if dir, err = embedded.DefaultDir(); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, "mail"), nil
}

// openMail makes what sends mail, and what shows it where it is to be shown.
func openMail(cfg Config) (email.Sender, *mailbox.Box, error) {
	folder, err := mailFolder(cfg)
	if err != nil {
		return nil, nil, err
	}
	sender, err := email.Open(email.Config{
		Host: cfg.Mail.Host, Port: cfg.Mail.Port, User: cfg.Mail.User, Password: cfg.Mail.Password, TLS: cfg.Mail.TLS,
		CA: cfg.Mail.CA, From: cmp.Or(cfg.Mail.From, "utsendt@utsendt.example"), Folder: folder,
	})
	if err != nil || !cfg.Mail.ShowFolder || folder == "" {
		return sender, nil, err
	}
	box, err := mailbox.Open(folder)
	return sender, box, err
}
