package transfer

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"utsendt/internal/identity"
)

// mailClasses are the kinds of mail that people can turn off.
var mailClasses = []string{"requests", "orders", "readings", "registrations", "work"}

var people = table{
	kind: People,
	about: "Who signs in. Known by their user ID. Passwords are not part of an export. People who come from another system may " +
		"bring along their old password's hash; all others cannot sign in with a password until one is set. A file leaves " +
		"somebody an administrator: a row that makes another one must not come in a later file.",
	columns: []column{
		{name: "user_id", need: key, parse: userID, stored: "t.user_id",
			meaning: "What they sign in with; case does not matter", example: "kunde01"},
		{name: "role", need: required, stored: "t.role",
			parse:   oneOf(string(identity.RoleCustomer), string(identity.RoleTechnician), string(identity.RoleDispatcher), string(identity.RoleAdmin)),
			meaning: "customer, technician, dispatcher or admin", example: "customer"},
		{name: "account", parse: text(64), stored: "coalesce(a.number, '')",
			meaning: "Number of a customer's account; empty for all others", example: "K-1001"},
		{name: "technician", parse: text(64), stored: "coalesce(k.number, '')",
			meaning: "Number of the technician; empty for all others", example: "T-01"},
		{name: "first_name", parse: text(100), stored: "t.first_name", show: shownLine(100), free: true,
			meaning: "First name", example: "Demo"},
		{name: "last_name", parse: text(100), stored: "t.last_name", show: shownLine(100), free: true,
			meaning: "Last name", example: "Kunde-01"},
		{name: "email", parse: email, stored: "t.email", free: true,
			meaning: "E-mail address", example: "kunde01@example.com"},
		{name: "phone", parse: text(50), stored: "t.phone", show: shownLine(50), free: true,
			meaning: "Phone number", example: "+47 000 00 101"},
		{name: "language", parse: oneOf("nb", "en"), absent: "nb", stored: "t.language",
			meaning: "nb or en; empty means nb", example: "nb"},
		{name: "disabled", parse: yesNo, absent: "false", stored: "(t.disabled_at IS NOT NULL)::text",
			meaning: "Whether they are kept from signing in: true or false; empty means false", example: "false"},
		{name: "title", parse: text(100), stored: "t.title", show: shownLine(100), free: true,
			meaning: "Title or position", example: "Kontorsjef"},
		{name: "mail_off", parse: list(oneOf(mailClasses...)), stored: `coalesce((SELECT string_agg(o.class, '|' ORDER BY o.class COLLATE "C")
				FROM mail_preferences o WHERE o.person_id = t.id), '')`,
			meaning: "Mail they do not want, with `|` between: " + strings.Join(mailClasses, ", "), example: "orders|readings"},
		// What is stored never leaves; a hash that is not taken is emptied by checkPeople, so that its row changes nothing.
		{name: "password_hash", parse: passwordHash, stored: "''",
			meaning: "Hash of the password in the system they come from: bcrypt ($2a$, $2b$, $2y$) or PBKDF2-SHA256 ($pbkdf2-sha256$i=29000,l=32$salt$hash). " +
				"Taken only for who never had a password here; they must choose a new one when they come in. Empty in every export",
			example: "$2b$10$eksempeleksempeleksempeleksempeleksempeleksempeleksem"},
	},
	from: `people t LEFT JOIN accounts a ON a.id = t.account_id LEFT JOIN technicians k ON k.id = t.technician_id`,
	id:   "t.id::text",
	upsert: `INSERT INTO people AS t (id, user_id, role, account_id, technician_id, first_name, last_name, email, phone,
			language, title, disabled_at, password_hash, must_change_password, created_at, updated_at)
		SELECT r.id::uuid, r.user_id, r.role, a.id, k.id, r.first_name, r.last_name, r.email, r.phone, r.language, r.title,
			CASE WHEN r.disabled::boolean THEN r.now END, nullif(r.password_hash, ''), r.password_hash <> '', r.now, r.now
		FROM r LEFT JOIN accounts a ON a.number = r.account LEFT JOIN technicians k ON k.number = r.technician
		ON CONFLICT (user_id) DO UPDATE SET role = excluded.role, account_id = excluded.account_id,
			technician_id = excluded.technician_id, first_name = excluded.first_name, last_name = excluded.last_name,
			email = excluded.email, phone = excluded.phone, language = excluded.language, title = excluded.title,
			disabled_at = CASE WHEN excluded.disabled_at IS NOT NULL THEN coalesce(t.disabled_at, excluded.disabled_at) END,
			password_hash = CASE WHEN ` + neverIn + ` THEN excluded.password_hash ELSE t.password_hash END,
			must_change_password = t.must_change_password OR excluded.must_change_password AND ` + neverIn + `,
			updated_at = excluded.updated_at`,
	first: staysAdmin,
	check: checkPeople,
	after: func(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
		if err := endSessions(ctx, tx, t, drafts); err != nil {
			return err
		}
		return writeMailOff(ctx, tx, t, drafts)
	},
}

// neverIn is who has no password and was never in: to give anybody else an old password would let in who knows it.
const neverIn = "(coalesce(t.password_hash, '') = '' AND t.activated_at IS NULL)"

func passwordHash(s string) (string, error) {
	if !identity.ValidHash(s) {
		return "", refuse("password_hash_malformed", "", "The password hash must be bcrypt or PBKDF2-SHA256, and stand alone.")
	}
	return s, nil
}

// takeHashes keeps the hashes of those who were never in, and empties the others: the same file again changes nothing.
func takeHashes(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	hash := t.at("password_hash")
	var ids []string
	for _, d := range drafts {
		if d.stored != nil && d.cells[hash] != "" {
			ids = append(ids, d.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	// meetStored has locked these rows, so that they stay as they are.
	has, err := pairs(ctx, tx, `SELECT id::text, coalesce(nullif(password_hash, ''), '-') FROM people t
		WHERE id = ANY($1::uuid[]) AND NOT `+neverIn, ids)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if had := has[d.id]; had != "" && d.stored != nil && d.cells[hash] != "" {
			if had != d.cells[hash] {
				d.note = remark("password_kept", "They have chosen a password here or were given one, so the old one was not taken.")
			}
			d.cells[hash] = ""
		}
	}
	return nil
}

// staysAdmin tells the rows to be written first: before somebody stops being the last admin, another is one.
func staysAdmin(t *table, d *draft) bool {
	return d.cells[t.at("role")] == string(identity.RoleAdmin) && d.cells[t.at("disabled")] == "false"
}

func checkPeople(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	role, account, technician := t.at("role"), t.at("account"), t.at("technician")
	if err := accountsExist(ctx, tx, drafts, account); err != nil {
		return err
	}
	known, err := pairs(ctx, tx, `SELECT number, number FROM technicians WHERE number = ANY($1)`, cellsOf(drafts, technician))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if number := d.cells[technician]; number != "" && known[number] == "" {
			d.refuse("technician_unknown", "technician", "There is no technician %s.", number)
		}
		if (d.cells[role] == string(identity.RoleCustomer)) != (d.cells[account] != "") {
			d.refuse("account_and_role", "account", "A customer has an account, and nobody else has one.")
		}
		if (d.cells[role] == string(identity.RoleTechnician)) != (d.cells[technician] != "") {
			d.refuse("technician_and_role", "technician", "A person with the role technician has a technician number, and nobody else has one.")
		}
	}
	return takeHashes(ctx, tx, t, drafts)
}

// endSessions signs out whoever was disabled, or is now somebody else than they signed in as.
func endSessions(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	role, account, technician, disabled := t.at("role"), t.at("account"), t.at("technician"), t.at("disabled")
	var ids []string
	for _, d := range drafts {
		if d.stored == nil {
			continue
		}
		for _, i := range []int{role, account, technician, disabled} {
			if d.stored[i] != d.cells[i] {
				ids = append(ids, d.id)
				break
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE sessions s SET revoked_at = p.updated_at FROM people p
		WHERE p.id = s.person_id AND s.person_id = ANY($1::uuid[]) AND s.revoked_at IS NULL`, ids)
	return err
}

// writeMailOff makes what mail people turned off what their rows say.
func writeMailOff(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	id, off := t.at("user_id"), t.at("mail_off")
	_, err := tx.Exec(ctx, `WITH w AS (SELECT p.id, p.updated_at, w.off FROM unnest($1::text[], $2::text[]) AS w(user_id, off)
			JOIN people p ON p.user_id = w.user_id),
		gone AS (DELETE FROM mail_preferences o USING w WHERE o.person_id = w.id AND NOT o.class = ANY(string_to_array(w.off, '|')))
		INSERT INTO mail_preferences (person_id, class, off_at)
		SELECT w.id, c.class, w.updated_at FROM w CROSS JOIN unnest(string_to_array(w.off, '|')) AS c(class)
		ON CONFLICT DO NOTHING`, cellsOf(drafts, id), cellsOf(drafts, off))
	return err
}
