package registration

import (
	"context"
	"fmt"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// rename gives a device the name that one of its followers chose; empty leaves it.
func rename(ctx context.Context, tx postgres.Tx, actor identity.Actor, d *portal.DeviceDetail, name string) error {
	if name == "" {
		return nil
	}
	return setName(ctx, tx, actor, d, name)
}

// setName is rename that also takes a name away.
func setName(ctx context.Context, tx postgres.Tx, actor identity.Actor, d *portal.DeviceDetail, name string) error {
	if name == d.FriendlyName {
		return nil
	}
	if _, err := tx.NewRaw(`UPDATE devices SET friendly_name = ?, updated_at = ? WHERE id = ?`, name, tx.Now(), d.ID).Exec(ctx); err != nil {
		return fmt.Errorf("registration: naming a device: %w", err)
	}
	before := d.FriendlyName
	d.FriendlyName, d.UpdatedAt = name, tx.Now()
	return audit.Write(ctx, tx, actor, "device.rename", "device", d.ID,
		map[string]string{"friendly_name": before}, map[string]string{"friendly_name": name})
}
