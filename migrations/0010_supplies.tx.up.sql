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
    name            text NOT NULL DEFAULT '',
    line1           text NOT NULL,
    line2           text NOT NULL DEFAULT '',
    line3           text NOT NULL DEFAULT '',
    postal_code     text NOT NULL,
    city            text NOT NULL,
    country         text NOT NULL,
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
    CONSTRAINT supply_orders_cancelled CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL)
        AND (state = 'cancelled') = (cancel_reason <> '')),
    CONSTRAINT supply_orders_shipped CHECK ((state IN ('shipped', 'delivered')) = (shipped_at IS NOT NULL)
        AND (shipped_at IS NOT NULL OR (carrier = '' AND tracking_number = '')))
);
CREATE INDEX supply_orders_account ON supply_orders (account_id, placed_at DESC, id);
CREATE INDEX supply_orders_device ON supply_orders (device_id, placed_at DESC, id);
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
