-- Toner and other supplies: what fits what, what a contract includes, and what was ordered.
CREATE TABLE supplies (
    id      uuid PRIMARY KEY,
    -- What is on the box; unique.
    number  text NOT NULL UNIQUE CHECK (number <> ''),
    name_nb text NOT NULL CHECK (name_nb <> ''),
    name_en text NOT NULL CHECK (name_en <> ''),
    kind    text NOT NULL CHECK (kind IN ('toner', 'drum', 'waste_toner', 'staples', 'fuser', 'other')),
    -- The colour of a toner or drum; empty for what has none.
    colour  text NOT NULL DEFAULT '' CHECK (colour IN ('', 'black', 'cyan', 'magenta', 'yellow')),
    -- How many pages one lasts by its maker's word; absent where pages do not wear it.
    yield   integer CHECK (yield > 0),
    -- Orderable no more, but kept for the orders of the past.
    retired boolean NOT NULL DEFAULT false
);

CREATE TABLE supply_models (
    supply_id uuid NOT NULL REFERENCES supplies (id) ON DELETE CASCADE,
    model_id  uuid NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    PRIMARY KEY (supply_id, model_id)
);
CREATE INDEX supply_models_model ON supply_models (model_id);

-- The kinds of supplies that a contract includes.
ALTER TABLE contracts
    ADD COLUMN supply_kinds text[] NOT NULL DEFAULT '{toner,waste_toner}'
        CHECK (supply_kinds <@ '{toner,drum,waste_toner,staples,fuser,other}'::text[]);

-- The numbers of orders, before their check digit.
CREATE SEQUENCE supply_order_number START 100001;

-- An order. It keeps a copy of the device and the address, so that it stays true when they change.
CREATE TABLE supply_orders (
    id              uuid PRIMARY KEY,
    number          text NOT NULL UNIQUE,
    state           text NOT NULL CHECK (state IN ('placed', 'picked', 'shipped', 'delivered', 'cancelled')),
    version         bigint NOT NULL CHECK (version > 0),
    account_id      uuid NOT NULL REFERENCES accounts (id),
    device_id       uuid NOT NULL REFERENCES devices (id),
    serial_number   text NOT NULL,
    model           text NOT NULL,
    friendly_name   text NOT NULL DEFAULT '',
    contract_number text NOT NULL,
    -- Who ordered: a customer, or staff on their behalf.
    ordered_by      uuid NOT NULL REFERENCES people (id),
    -- Where it goes: the device's delivery address of the time.
    name            text NOT NULL DEFAULT '',
    line1           text NOT NULL,
    line2           text NOT NULL DEFAULT '',
    line3           text NOT NULL DEFAULT '',
    postal_code     text NOT NULL,
    city            text NOT NULL,
    country         text NOT NULL,
    -- Whom to ask for at the door.
    contact_name    text NOT NULL DEFAULT '',
    contact_phone   text NOT NULL DEFAULT '',
    contact_email   text NOT NULL DEFAULT '',
    placed_at       timestamptz NOT NULL,
    picked_at       timestamptz,
    shipped_at      timestamptz,
    delivered_at    timestamptz,
    cancelled_at    timestamptz,
    cancel_reason   text NOT NULL DEFAULT '',
    -- Known from shipping on.
    carrier         text NOT NULL DEFAULT '',
    tracking_number text NOT NULL DEFAULT '',
    updated_at      timestamptz NOT NULL,
    CONSTRAINT supply_orders_picked CHECK ((state IN ('picked', 'shipped', 'delivered')) = (picked_at IS NOT NULL)),
    CONSTRAINT supply_orders_shipped CHECK ((state IN ('shipped', 'delivered')) = (shipped_at IS NOT NULL)
        AND (shipped_at IS NOT NULL) = (carrier <> '') AND (carrier <> '' OR tracking_number = '')),
    CONSTRAINT supply_orders_delivered CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
    CONSTRAINT supply_orders_cancelled CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL)
        AND (state = 'cancelled') = (cancel_reason <> ''))
);
CREATE INDEX supply_orders_account ON supply_orders (account_id, placed_at DESC, id);
CREATE INDEX supply_orders_device ON supply_orders (device_id, placed_at DESC, id);
CREATE INDEX supply_orders_staff ON supply_orders (placed_at DESC, id DESC);
CREATE INDEX supply_orders_open ON supply_orders (placed_at, id) WHERE state IN ('placed', 'picked');

CREATE TABLE supply_order_lines (
    order_id      uuid NOT NULL REFERENCES supply_orders (id) ON DELETE CASCADE,
    line          integer NOT NULL CHECK (line > 0),
    supply_id     uuid NOT NULL REFERENCES supplies (id),
    supply_number text NOT NULL,
    name_nb       text NOT NULL,
    name_en       text NOT NULL,
    quantity      integer NOT NULL CHECK (quantity BETWEEN 1 AND 100),
    PRIMARY KEY (order_id, line),
    UNIQUE (order_id, supply_id)
);
CREATE INDEX supply_order_lines_supply ON supply_order_lines (supply_id);

-- The steps of portal/supplies/machine.go, and no others; a test compares the two.
CREATE FUNCTION supply_order_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'placed' THEN
            RAISE EXCEPTION 'an order begins in placed, not in %', NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_orders_step';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'the version of an order only rises'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_orders_version';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('placed', 'placed'), ('placed', 'picked'), ('placed', 'cancelled'),
        ('picked', 'shipped'), ('shipped', 'shipped'), ('shipped', 'delivered')) THEN
        RAISE EXCEPTION 'an order does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_orders_step';
    END IF;
    IF (OLD.number, OLD.account_id, OLD.device_id, OLD.ordered_by, OLD.placed_at)
        IS DISTINCT FROM (NEW.number, NEW.account_id, NEW.device_id, NEW.ordered_by, NEW.placed_at) THEN
        RAISE EXCEPTION 'whose order it is does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_orders_whose';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supply_orders_step BEFORE INSERT OR UPDATE ON supply_orders
    FOR EACH ROW EXECUTE FUNCTION supply_order_step();

-- What was ordered changes only until it is picked. The order's row is locked, so that picking waits for the change or
-- the change sees it picked.
CREATE FUNCTION supply_order_lines_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    present text;
BEGIN
    SELECT state INTO present FROM supply_orders WHERE id = coalesce(NEW.order_id, OLD.order_id) FOR NO KEY UPDATE;
    IF present <> 'placed' THEN
        RAISE EXCEPTION 'the lines of an order that is % do not change', present
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_order_lines_placed';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER supply_order_lines_placed BEFORE INSERT OR UPDATE OR DELETE ON supply_order_lines
    FOR EACH ROW EXECUTE FUNCTION supply_order_lines_change();
