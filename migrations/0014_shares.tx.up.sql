-- Links by which somebody without an account follows one service request. The token in a link names the row; what it is
-- worth is asked of the row each time.
CREATE TABLE request_shares (
    id             uuid PRIMARY KEY,
    request_id     uuid NOT NULL REFERENCES service_requests (id),
    -- Who made it, a customer or staff.
    created_by     uuid NOT NULL,
    created_at     timestamptz NOT NULL,
    -- As chosen; a link also stops 24 hours after the request's end.
    expires_at     timestamptz NOT NULL,
    revoked_at     timestamptz,
    revoked_by     uuid,
    -- When somebody last opened it, to the minute.
    last_opened_at timestamptz,
    CONSTRAINT request_shares_life CHECK (expires_at > created_at AND expires_at <= created_at + interval '720 hours'),
    CONSTRAINT request_shares_revoked CHECK ((revoked_at IS NULL) = (revoked_by IS NULL) AND revoked_at >= created_at)
);
CREATE INDEX request_shares_of_request ON request_shares (request_id, created_at DESC, id DESC);
-- For throwing away what is old.
CREATE INDEX request_shares_age ON request_shares (expires_at);

-- What a link was made for stays, and one that was taken back stays taken back.
CREATE FUNCTION request_share_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.request_id, NEW.created_by, NEW.created_at, NEW.expires_at)
        IS DISTINCT FROM (OLD.id, OLD.request_id, OLD.created_by, OLD.created_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'a link stays as it was made' USING ERRCODE = 'check_violation', CONSTRAINT = 'request_shares_fixed';
    END IF;
    IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revoked_by) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by) THEN
        RAISE EXCEPTION 'a link that was taken back stays so' USING ERRCODE = 'check_violation', CONSTRAINT = 'request_shares_final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER request_shares_step BEFORE UPDATE ON request_shares FOR EACH ROW EXECUTE FUNCTION request_share_step();
