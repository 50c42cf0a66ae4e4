package backoffice

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// deletable says of each kind where it is kept and what may hang on it, by table and column.
var deletable = map[string]struct {
	table string
	row   func() thing
	holds []holder
}{
	"account": {"accounts", func() thing { return new(Account) }, []holder{
		{"sites", "account_id"}, {"contracts", "account_id"}, {"devices", "account_id"}, {"people", "account_id"},
		{"service_requests", "account_id"}, {"supply_orders", "account_id"}, {"address_changes", "account_id"}, {"sign_ups", "account_id"},
	}},
	"site":     {"sites", func() thing { return new(Site) }, []holder{{"devices", "site_id"}, {"address_changes", "site_id"}}},
	"model":    {"models", func() thing { return new(Model) }, []holder{{"devices", "model_id"}, {"supply_models", "model_id"}, {"article_models", "model_id"}}},
	"contract": {"contracts", func() thing { return new(Contract) }, []holder{{"devices", "contract_id"}}},
	"device": {"devices", func() thing { return new(Device) }, []holder{
		{"registrations", "device_id"}, {"service_requests", "device_id"}, {"supply_orders", "device_id"}, {"meter_readings", "device_id"},
		{"delivery_addresses", "device_id"}, {"address_changes", "device_id"},
	}},
}

type holder struct{ table, column string }

// Delete removes what was made by mistake: an account, site, model, contract or device on which nothing hangs. For staff;
// contracts for admins. NotFound; WrongState in_use with what hangs on it in the parameter "by".
func (s *Service) Delete(ctx context.Context, actor identity.Actor, op uuid.UUID, kind string, id uuid.UUID) error {
	may := staff
	if kind == "contract" {
		may = admins
	}
	if err := may(actor); err != nil {
		return err
	}
	what, known := deletable[kind]
	if !known {
		return fault.NewInvalid("kind", "kind_unknown", "This kind of thing cannot be removed here.")
	}
	_, err := do(ctx, s, actor, op, kind+".delete", id, func(ctx context.Context, tx postgres.Tx) (bool, error) {
		row := what.row()
		if err := lock(ctx, tx, kind, id, row); err != nil {
			return false, err
		}
		if err := unheld(ctx, tx, what.holds, id); err != nil {
			return false, err
		}
		if _, err := tx.NewDelete().TableExpr("?", bun.Ident(what.table)).Where("id = ?", id).Exec(ctx); err != nil {
			if postgres.IsForeignKey(err, "") {
				return false, inUse("others")
			}
			return false, fmt.Errorf("backoffice: removing a %s: %w", kind, err)
		}
		return true, audit.Write(ctx, tx, actor, kind+".delete", kind, id, row.fields().Audited(), nil)
	})
	return err
}

func unheld(ctx context.Context, tx postgres.Tx, holds []holder, id uuid.UUID) error {
	var by []string
	for _, h := range holds {
		var held bool
		if err := tx.NewRaw("SELECT EXISTS (SELECT FROM ? WHERE ? = ?)", bun.Ident(h.table), bun.Ident(h.column), id).Scan(ctx, &held); err != nil {
			return fmt.Errorf("backoffice: looking for what hangs on it: %w", err)
		}
		if held {
			by = append(by, strings.ReplaceAll(h.table, "_", " "))
		}
	}
	if len(by) > 0 {
		return inUse(strings.Join(by, ", "))
	}
	return nil
}

func inUse(by string) error {
	return fault.NewWrongState("in_use", "This has a history or something hanging on it ("+by+") and cannot be removed.", fault.Param("by", by))
}
