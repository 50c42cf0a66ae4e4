package notify

import (
	"time"

	"utsendt/internal/notify/webpush"
)

// Kind says what a message is about; title, text, urgency, life time and mail follow from it.
type Kind string

// The kinds of messages about service requests. The first seven go to the customer, the next two to the technician.
const (
	ToBeScheduled Kind = "to_be_scheduled"
	Dispatched    Kind = "dispatched"
	EnRoute       Kind = "en_route"
	NearlyThere   Kind = "nearly_there"
	OnSite        Kind = "on_site"
	Completed     Kind = "completed"
	Cancelled     Kind = "cancelled"

	NewJob       Kind = "new_job"
	JobWithdrawn Kind = "job_withdrawn"

	// RequestUpdated goes to staff: a customer added something to a request.
	RequestUpdated Kind = "request_updated"
	// RequestOpened goes to those of the staff who turned push on: customers opened requests, one or several in a minute.
	RequestOpened Kind = "request_opened"

	// OrderPlaced to OrderCancelled go to the customer who ordered supplies.
	OrderPlaced    Kind = "order_placed"
	OrderChanged   Kind = "order_changed"
	OrderShipped   Kind = "order_shipped"
	OrderDelivered Kind = "order_delivered"
	OrderCancelled Kind = "order_cancelled"

	// ReadingDue and ReadingOverdue ask those who follow devices for meter readings, the second its backup addresses too.
	ReadingDue     Kind = "reading_due"
	ReadingOverdue Kind = "reading_overdue"

	// RegistrationPending to AddressChangeRefused go to customers who follow devices, ApprovalWaiting to staff.
	RegistrationPending   Kind = "registration_pending"
	RegistrationApproved  Kind = "registration_approved"
	RegistrationRefused   Kind = "registration_refused"
	AddressChangeReceived Kind = "address_change_received"
	AddressChangeApproved Kind = "address_change_approved"
	AddressChangeRefused  Kind = "address_change_refused"
	ApprovalWaiting       Kind = "approval_waiting"

	// TemporaryPassword to PasskeyAdded are about somebody's own account. Those who sign up have none yet.
	TemporaryPassword Kind = "temporary_password"
	UserIDReminder    Kind = "user_id_reminder"
	SignUpConfirm     Kind = "sign_up_confirm"
	SignUpApproved    Kind = "sign_up_approved"
	SignUpRefused     Kind = "sign_up_refused"
	EmailConfirm      Kind = "email_confirm"
	EmailChanged      Kind = "email_changed"
	PasswordChanged   Kind = "password_changed"
	PasskeyAdded      Kind = "passkey_added"

	Test Kind = "test"
)

// requestParams come with every message about a service request.
var requestParams = []string{"number", "technician", "device", "reason", "city", "customer"}

// orderParams come with every message about an order of supplies, orderLabels may stand in its mail.
var (
	orderParams = []string{"number", "device", "carrier", "reason"}
	orderLabels = []string{"order_number", "order_device", "delivery_address", "carrier", "tracking_number", "tracking_link"}
)

// registrationParams come with every message about registrations, addressParams about the change of a site's address.
var (
	registrationParams = []string{"device", "count", "answer_by", "reason"}
	addressParams      = []string{"site", "address", "count", "answer_by", "reason"}
)

// readingParams come with every reminder: one device, or how many; the last month of the period, as 2026-03; where files of
// readings are sent, if they are taken.
var readingParams = []string{"device", "count", "period", "bulk"}

// policies say how each kind is treated. Technicians have their job list, and a mail about a job comes too late:
// their kinds go by push alone.
var policies = map[Kind]policy{
	ToBeScheduled: {class: Requests, life: 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailStepsIn, params: requestParams},
	Dispatched:    {class: Requests, life: 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailStepsIn, params: requestParams},
	EnRoute:       {class: Requests, life: 2 * time.Hour, urgency: webpush.UrgencyHigh, mail: mailStepsIn, params: requestParams},
	NearlyThere:   {class: Requests, life: 30 * time.Minute, urgency: webpush.UrgencyHigh, mail: mailStepsIn, params: requestParams},
	OnSite:        {class: Requests, life: 4 * time.Hour, urgency: webpush.UrgencyHigh, mail: mailStepsIn, params: requestParams},
	Completed:     {class: Requests, life: 3 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailStepsIn, params: requestParams},
	Cancelled:     {class: Requests, life: 24 * time.Hour, urgency: webpush.UrgencyHigh, mail: mailStepsIn, params: requestParams},

	NewJob:       {class: Work, life: 12 * time.Hour, urgency: webpush.UrgencyHigh, params: requestParams},
	JobWithdrawn: {class: Work, life: 12 * time.Hour, urgency: webpush.UrgencyHigh, params: requestParams},

	RequestOpened: {class: NewRequests, life: 4 * time.Hour, urgency: webpush.UrgencyNormal, pushAlone: true, params: []string{"number", "device", "city", "customer", "text", "count"}},

	RequestUpdated: {class: Work, life: 24 * time.Hour, urgency: webpush.UrgencyNormal, params: []string{"number", "device", "city", "customer", "text"}},

	OrderPlaced:    {class: Orders, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: orderParams, labels: orderLabels},
	OrderChanged:   {class: Orders, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: orderParams, labels: orderLabels},
	OrderShipped:   {class: Orders, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: orderParams, labels: orderLabels},
	OrderDelivered: {class: Orders, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: orderParams, labels: orderLabels},
	OrderCancelled: {class: Orders, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyHigh, mail: mailAlways, params: orderParams, labels: orderLabels},

	ReadingDue:     {class: Readings, life: 5 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: readingParams, secrets: []string{SecretURL}},
	ReadingOverdue: {class: Readings, life: 5 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: readingParams, secrets: []string{SecretURL}},

	RegistrationPending:   {class: Registrations, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: registrationParams},
	RegistrationApproved:  {class: Registrations, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: registrationParams},
	RegistrationRefused:   {class: Registrations, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: registrationParams},
	AddressChangeReceived: {class: Registrations, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: addressParams},
	AddressChangeApproved: {class: Registrations, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: addressParams},
	AddressChangeRefused:  {class: Registrations, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: addressParams},
	ApprovalWaiting:       {class: Work, life: 3 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailStepsIn, params: []string{"person", "customer", "site", "count", "answer_by"}},

	TemporaryPassword: {class: Security, life: 30 * time.Minute, urgency: webpush.UrgencyHigh, mail: mailAlways, secrets: []string{"password"}},
	UserIDReminder:    {class: Security, life: 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: []string{"user_id"}},
	SignUpConfirm:     {class: Security, life: 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: []string{"name"}, secrets: []string{SecretURL}},
	SignUpApproved:    {class: Security, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: []string{"user_id"}},
	SignUpRefused:     {class: Security, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: []string{"name", "reason"}},
	EmailConfirm:      {class: Security, life: 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, secrets: []string{SecretURL}},
	EmailChanged:      {class: Security, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways},
	PasswordChanged:   {class: Security, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways},
	PasskeyAdded:      {class: Security, life: 7 * 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways, params: []string{"passkey"}},

	Test: {class: Work, life: 10 * time.Minute, urgency: webpush.UrgencyHigh},
}
