package dispatch

import (
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
