package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/notify"
)

// customer is who hears about a request: whoever opened it, else everyone who follows the device.
func (r *Request) customer() notify.Audience {
	if r.OpenedBy != uuid.Nil {
		return notify.Audience{Person: r.OpenedBy}
	}
	return notify.Audience{Device: r.Device.ID}
}

// tellCustomer queues a message about this request to the customer.
func (c *change) tellCustomer(kind notify.Kind, technicianFirstName, reason string) {
	c.messages = append(c.messages, notify.Message{
		To: c.r.customer(), Kind: kind, SubjectKind: "request", SubjectID: c.r.ID,
		URL: "/requests/" + c.r.Number, Params: c.params(technicianFirstName, reason),
	})
}

// tellTechnician queues a message about this request to a technician.
func (c *change) tellTechnician(kind notify.Kind, technician uuid.UUID, reason string) {
	c.messages = append(c.messages, notify.Message{
		To: notify.Audience{Technician: technician}, Kind: kind, SubjectKind: "request", SubjectID: c.r.ID,
		URL: "/tech/jobs/" + c.r.ID.String(), Params: c.params("", reason),
	})
}

// tellStaff queues a message to every dispatcher: a customer said something about this request.
func (c *change) tellStaff(kind notify.Kind, text string) {
	params := c.params("", "")
	delete(params, "technician")
	delete(params, "reason")
	params["text"] = text
	c.messages = append(c.messages, notify.Message{
		To: notify.Audience{Staff: true}, Kind: kind, SubjectKind: "request", SubjectID: c.r.ID,
		URL: "/board/?request=" + c.r.ID.String(), Params: params,
	})
}

// openedTopic is the name space of the topics of new requests.
var openedTopic = uuid.MustParse("5f0c1a52-6c1e-4d0e-9d9c-4b1c8f6f3a10")

// tellOpened tells the staff who turned push on that a customer opened this request. Those of one minute are one topic, so that the
// last, which counts them all, takes the place of the others: they come one after the other, so that none is left out.
func (c *change) tellOpened(ctx context.Context) error {
	if _, err := c.tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('dispatch_request_opened'))`); err != nil {
		return fmt.Errorf("dispatch: waiting to tell of a new request: %w", err)
	}
	minute := c.r.OpenedAt.Truncate(time.Minute)
	count, err := c.tx.NewSelect().Model((*Request)(nil)).Where("opened_at >= ?", minute).Where("opened_at < ?", minute.Add(time.Minute)).
		Where("opened_by IS NOT NULL").Count(ctx)
	if err != nil {
		return fmt.Errorf("dispatch: counting new requests: %w", err)
	}
	params := c.params("", c.r.Description)
	params["text"] = params["reason"]
	delete(params, "technician")
	delete(params, "reason")
	return c.s.notifier.Notify(ctx, c.tx, notify.Message{
		To: notify.Audience{Staff: true}, Kind: notify.RequestOpened, SubjectKind: "new_requests",
		SubjectID: uuid.NewSHA1(openedTopic, []byte(minute.UTC().Format(time.RFC3339))),
		URL:       "/board/?request=" + c.r.ID.String(), Params: params, Numbers: map[string]int64{"count": int64(count)},
	})
}

func (c *change) params(technicianFirstName, reason string) map[string]string {
	device := c.r.Device.FriendlyName
	if device == "" {
		device = c.r.Device.SerialNumber
	}
	return map[string]string{
		"number": c.r.Number, "device": device, "city": c.r.Place.City, "customer": c.r.AccountName,
		"technician": technicianFirstName, "reason": reason,
	}
}
