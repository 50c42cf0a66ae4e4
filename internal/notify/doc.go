// Package notify tells people what happened: by web push, and by e-mail where push does not get through.
// It keeps a ledger of each message's fate.
//
//	sender, err := webpush.NewSender(webpush.Config{Subject: "service@example.com"})
//	mail, err := email.Open(email.Config{Host: "smtp.example.com", From: "Utsendt <service@example.com>"})
//	service, err := notify.New(db, notify.Config{Push: sender, Mail: mail, BaseURL: "https://utsendt.example.com"})
//	service.RegisterWorkers(workers)
//	client, err := jobs.New(db, workers, jobs.Options{…})
//	err = service.UseJobs(client)
//	err = client.Start(ctx)
//
//	err = postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
//		… the change …
//		return service.Notify(ctx, tx, notify.Message{
//			To: notify.Audience{Account: account}, Kind: notify.EnRoute,
//			SubjectKind: "request", SubjectID: id, URL: "/requests/SR-1000017",
//			Params: map[string]string{"number": "SR-1000017", "technician": "Testa", "device": "Fargeskriver"},
//		})
//	})
//
// The life of a message: Notify writes, in the change's own transaction, a notification for each person in
// their language, a delivery for each of their browsers, and a job for each delivery. After the commit a
// worker, on any server, makes the delivery and records its fate:
//
//	queued ── sent          the push service or mail server took it
//	   │ ├─── gone          404, 410: the subscription is removed
//	   │ ├─── failed        refused, blocked, too old, attempts used up
//	   │ └─── superseded    a newer message about the same thing took its place
//	retrying                429, 5xx, network: again after a growing pause, or what Retry-After asks
//
// A further fate is "withheld": mail that the person turned off, that goes to an address which mail servers
// refused three times in a row, or that had become pointless.
//
// # A kind of message
//
// Every kind is an entry of policies in kind.go and its texts in each catalogue/*.json. To add one:
//
//		OrderPlaced Kind = "order_placed"
//
//		OrderPlaced: {class: Orders, life: 3 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways,
//			params: []string{"number", "device", "day", "count"}, labels: []string{"deliver_to"}},
//
//		"order_placed.title": "{{.number}}: Order received",
//		"order_placed.body":  {"one": "One article for {{.device}}.", "other": "{{.count}} articles for {{.device}}."},
//		"order_placed.mail":  "Thank you for the order.\n\nWe deliver on {{.day}}.",
//		"order_placed.link":  "See the order",
//		"label.deliver_to":   "Deliver to",
//
//		notify.Message{
//			To: notify.Audience{Device: device}, Kind: notify.OrderPlaced,
//			SubjectKind: "order", SubjectID: order, URL: "/orders/" + number,
//			Params:  map[string]string{"number": number, "device": name},
//			Dates:   map[string]time.Time{"day": arrival},       // written out: "tirsdag 24. november 2026"
//			Numbers: map[string]int64{"count": articles},        // grouped; "count" chooses the plural form
//			Lines:   []notify.Line{{Key: "deliver_to", Value: address}, {Label: article, Value: "2"}},
//		}
//
//	  - class is what people turn mail off by ([Class]). Security cannot be turned off.
//	  - mail is mailNever, mailStepsIn (where push does not get through) or mailAlways (beside push).
//	  - params are all that the texts may use and that a message may bring: anything else is an error of Notify.
//	    What is missing is empty ("{{if .reason}} …{{end}}"); "number", "device" and "technician" get a general word.
//	    "recipient" fills itself with the name of whoever gets the message.
//	  - title and body are the push, the list entry and the mail's subject and text. "<kind>.mail", where it is
//	    there, is the mail's text instead, with empty lines between paragraphs. "<kind>.link" are the words of
//	    the link, "Open in Utsendt" without. Lines are a table below the text.
//	  - A catalogue with a mistake (a text missing in a language, used by nothing, with an undeclared parameter,
//	    with different parameters in two languages) is an error of New, and TestCatalogueIsComplete lists them all.
//
// Audiences: one Person, an Account's people, a Technician, the followers of a Device, all Staff, or an Address
// that is nobody's yet. The ledger keeps an address masked; the address itself is gone once the mail is.
//
// # Secrets
//
// What must not lie in the ledger, the job table or a log (a temporary password, a link with a token) is made when
// the mail is: the kind declares secrets: []string{"password"}, its "<kind>.mail" uses {{.password}}, which
// title and body cannot, and whoever makes it registers at assembly:
//
//	service.RegisterSecret(notify.TemporaryPassword,
//		func(ctx context.Context, tx postgres.Tx, to notify.Recipient) (map[string]string, error) {
//			… store its hash in tx …
//			return map[string]string{"password": password}, nil
//		})
//
// The value "url" ([SecretURL]) is the path of the mail's link in place of Message.URL; a kind whose only secret is
// its link declares secrets: []string{"url"}. Each attempt makes a new secret. [ErrNotWanted] withholds the mail.
//
// Guarantees:
//
//   - A change that is rolled back tells nobody; one that is committed loses no message.
//   - Each delivery is made at least once, and by one worker at a time. It is made twice only when a process
//     dies between the push service's answer and the ledger; then the tag makes the browser show one.
//   - A message is never sent after its life time ([Kind]), nor after a newer one about the same thing was
//     sent to the same browser. Two that are on their way at the same moment may still change places: their
//     payload has a growing number, "seq", to tell the newer by.
//   - E-mail goes out once per message, however many browsers fail at once.
//   - A browser that changed hands gets nothing meant for its former owner.
//   - A push message always fits: what people typed is cut between characters, and cannot reorder the text
//     around it or add a header to a mail.
//
// The texts are in catalogue/, one file per language. VAPID keys are in the database, where all servers find
// them; retired ones sign for the browsers that subscribed with them until those subscribe anew.
package notify
