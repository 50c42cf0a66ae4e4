package simulate

import (
	"context"
	"time"

	"connectrpc.com/connect"

	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// What one customer has open at most: less when it is a visitor who assigns, so that the queue can be managed.
const (
	openAtMost        = 3
	openAtMostByHands = 1
)

// complaints are what customers say, by what is wrong.
var complaints = map[dispatchv1.FaultCategory][]string{
	dispatchv1.FaultCategory_FAULT_CATEGORY_PAPER_JAM:     {"Papiret setter seg fast i skuff 2", "Paper jams at every other page"},
	dispatchv1.FaultCategory_FAULT_CATEGORY_PRINT_QUALITY: {"Striper på alle utskrifter", "Colours are pale on one side"},
	dispatchv1.FaultCategory_FAULT_CATEGORY_NOT_PRINTING:  {"Skriver ikke ut noe", "Jobs vanish without being printed"},
	dispatchv1.FaultCategory_FAULT_CATEGORY_ERROR_CODE:    {"Viser feilkode og stanser", "Shows an error code after start"},
	dispatchv1.FaultCategory_FAULT_CATEGORY_NOISE:         {"Skraper og uler", "Grinds when it warms up"},
	dispatchv1.FaultCategory_FAULT_CATEGORY_SCANNING:      {"Skanner til e-post virker ikke", "Scans are black"},
	dispatchv1.FaultCategory_FAULT_CATEGORY_NETWORK:       {"Mister nettet flere ganger om dagen", "Cannot be found on the network"},
	dispatchv1.FaultCategory_FAULT_CATEGORY_FINISHING:     {"Stifter ikke", "The stapler eats the corner"},
	dispatchv1.FaultCategory_FAULT_CATEGORY_OTHER:         {"Luken lar seg ikke lukke", "The lid does not stay open"},
}

// customers report faults, one of them at a time.
type customers struct {
	w        *world
	draw     *chance
	browsers []*client.Browser
	reported int
	// gone are those who cannot sign in.
	gone map[int]bool
}

func newCustomers(w *world) *customers {
	c := &customers{w: w, draw: newChance(w.cfg.Seed, "customers"), gone: map[int]bool{}}
	for _, who := range w.cfg.Customers {
		c.browsers = append(c.browsers, w.browser(who))
	}
	return c
}

// live reports the opening's faults, then others at a natural rhythm.
func (c *customers) live(ctx context.Context) error {
	if len(c.browsers) == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	if !client.Sleep(ctx, c.w.opening.headStart()) {
		return ctx.Err()
	}
	for _, f := range c.w.opening.faults {
		if c.enough() {
			break
		}
		if err := c.report(ctx, f.customer, f.deviceID); err != nil {
			return err
		}
	}
	for !c.enough() {
		wait := min(c.draw.ExpFloat64(), 4) * float64(c.w.cfg.RequestEvery)
		if !client.Sleep(ctx, time.Duration(wait)) {
			return ctx.Err()
		}
		if err := c.somebody(ctx); err != nil {
			return err
		}
	}
	return c.waitForEnd(ctx)
}

func (c *customers) enough() bool { return c.w.cfg.Requests > 0 && c.reported >= c.w.cfg.Requests }

// somebody reports a fault on a device that has none open.
func (c *customers) somebody(ctx context.Context) error {
	i := c.draw.IntN(len(c.browsers))
	if c.gone[i] {
		return nil
	}
	devices, err := c.w.devices(ctx, c.browsers[i])
	if err != nil {
		return c.excuse(ctx, i, err)
	}
	var well []*portalv1.Device
	ill := 0
	for _, d := range devices {
		if d.OpenRequestId == "" {
			well = append(well, d)
		} else {
			ill++
		}
	}
	most := openAtMost
	if !c.w.cfg.Dispatch {
		most = openAtMostByHands
	}
	if len(well) == 0 || ill >= most {
		return nil
	}
	return c.report(ctx, i, pick(c.draw, well).Id)
}

func (c *customers) report(ctx context.Context, customer int, deviceID string) error {
	b := c.browsers[customer]
	offered, err := client.Call(ctx, &b.Session, b.Portal.ListFaultCategories, &portalv1.ListFaultCategoriesRequest{DeviceId: deviceID})
	if err != nil {
		return c.excuse(ctx, customer, err)
	}
	category := pick(c.draw, offered.Categories)
	req := &portalv1.OpenRequestRequest{
		OperationId: operationID(), DeviceId: deviceID, Category: category, Description: pick(c.draw, complaints[category]),
	}
	_, err = client.Call(ctx, &b.Session, b.Portal.OpenRequest, req)
	switch {
	case err == nil:
		c.reported++
		return nil
	case connect.CodeOf(err) == connect.CodeAlreadyExists: // a visitor was faster
		return nil
	}
	return c.excuse(ctx, customer, err)
}

// excuse lets one customer fail without ending the others. Who cannot sign in does not try again.
func (c *customers) excuse(ctx context.Context, customer int, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.w.log.Debug("a customer could not report", "who", c.w.cfg.Customers[customer].UserID, "error", err)
	if connect.CodeOf(err) == connect.CodeUnauthenticated {
		c.gone[customer] = true
		if len(c.gone) == len(c.browsers) {
			return err
		}
	}
	return nil
}

// devices lists what a customer sees, at most five pages of it.
func (w *world) devices(ctx context.Context, b *client.Browser) ([]*portalv1.Device, error) {
	var all []*portalv1.Device
	req := &portalv1.ListDevicesRequest{PageSize: 100}
	for range 5 {
		res, err := client.Call(ctx, &b.Session, b.Portal.ListDevices, req)
		if err != nil {
			return nil, err
		}
		all = append(all, res.Devices...)
		if req.PageToken = res.NextPageToken; req.PageToken == "" {
			break
		}
	}
	return all, nil
}

// waitForEnd waits until no customer has an open request.
func (c *customers) waitForEnd(ctx context.Context) error {
	for i := 0; i < len(c.browsers); {
		if c.gone[i] {
			i++
			continue
		}
		b := c.browsers[i]
		res, err := client.Call(ctx, &b.Session, b.Portal.ListRequests, &portalv1.ListRequestsRequest{OpenOnly: true, PageSize: 1})
		if err != nil {
			return err
		}
		if len(res.Requests) == 0 {
			i++
		} else if !client.Sleep(ctx, 250*time.Millisecond) {
			return ctx.Err()
		}
	}
	return errAllEnded
}
