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
// When the last push of a message to a customer has failed or is gone, one e-mail steps in.
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
