-- Who may do what where.

CREATE TABLE centre (
    code text PRIMARY KEY CONSTRAINT centre_code CHECK (code ~ '^[0-9A-Z]{1,8}$'),
    name text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE principal (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE,
    kind text NOT NULL CONSTRAINT principal_kind CHECK (kind IN ('client', 'person')),
    secret_digest bytea,
    public_keys text,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);

CREATE TABLE access_grant (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    principal uuid NOT NULL REFERENCES principal (id),
    role text NOT NULL,
    centre text REFERENCES centre (code),
    granted_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz,
    revoked_at timestamptz
);

CREATE INDEX ix_access_grant_principal ON access_grant (principal);

CREATE TABLE used_assertion (
    principal uuid NOT NULL REFERENCES principal (id),
    identity text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (principal, identity)
);

CREATE INDEX ix_used_assertion_expires_at ON used_assertion (expires_at);

-- Who takes part.

CREATE TABLE subject (
    subject text PRIMARY KEY,
    centre text NOT NULL REFERENCES centre (code),
    CONSTRAINT subject_of_centre UNIQUE (subject, centre)
);

CREATE TABLE slot (
    number integer PRIMARY KEY,
    subject text NOT NULL UNIQUE,
    centre text NOT NULL,
    CONSTRAINT slot_subject FOREIGN KEY (subject, centre) REFERENCES subject (subject, centre)
);

-- What changed, and who read what.

CREATE TABLE ledger_event (
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id bigint GENERATED ALWAYS AS IDENTITY,
    action text NOT NULL,
    principal text NOT NULL,
    role text,
    centre text,
    subject text,
    kind text,
    record_id uuid,
    version integer,
    route text NOT NULL,
    reason text,
    request_id text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    commitment bytea,
    PRIMARY KEY (transaction_id, id)
);

CREATE TABLE ledger_entry (
    seq bigint PRIMARY KEY,
    transaction_id xid8 NOT NULL,
    event bigint NOT NULL UNIQUE,
    leaf_hash bytea NOT NULL,
    sequenced_at timestamptz NOT NULL
);

CREATE INDEX ix_ledger_entry_transaction_id ON ledger_entry (transaction_id);

CREATE INDEX ix_ledger_entry_sequenced_at ON ledger_entry (sequenced_at);

CREATE TABLE access_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action text NOT NULL,
    principal text NOT NULL,
    role text,
    subjects text[],
    kind text,
    record_id uuid,
    records integer,
    route text NOT NULL,
    status integer NOT NULL,
    problem text,
    request_id text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE stored_answer (
    principal uuid NOT NULL,
    key text NOT NULL,
    request_digest bytea NOT NULL,
    status integer NOT NULL,
    location text,
    etag text NOT NULL,
    body text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, key)
);

CREATE INDEX ix_stored_answer_stored_at ON stored_answer (stored_at);

-- The context of a transaction. Its readers raise where there is none, so that a forgotten context
-- is an error and not an empty list.

CREATE FUNCTION context_value(name text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    value text := current_setting('dayzero.' || name, true);
BEGIN
    IF coalesce(value, '') = '' THEN
        RAISE EXCEPTION 'the transaction has no context' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN value;
END $$;

CREATE FUNCTION readable_centres() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
RETURN string_to_array(context_value('readable'), ',');

CREATE FUNCTION writable_centres() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
RETURN string_to_array(context_value('writable'), ',');

-- What each role reaches: 'centre' is the centre of the grant, 'trial' is every centre.

CREATE FUNCTION reach_of_role() RETURNS TABLE (role text, reads text, writes boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    VALUES ('centre_system', 'centre', true),
           ('coordinator', 'centre', true),
           ('investigator', 'centre', true),
           ('centre_reader', 'centre', false),
           ('monitor', 'centre', false),
           ('data_manager', 'trial', false),
           ('safety_officer', 'trial', false),
           ('response_reviewer', 'trial', false),
           ('sponsor_analyst', 'trial', false),
           ('summary_reader', 'summaries', false),
           ('auditor', 'trial', false),
           ('study_admin', 'nothing', false)
$$;

-- Derive a caller's context from its grants as they are now, and name the database role to enter.
-- purpose: 'write' and 'read' for records, 'summarise' for aggregates, 'audit' for the ledger.
-- The role is NULL where the caller may do nothing of the kind.

CREATE FUNCTION begin_context(caller uuid, purpose text)
RETURNS TABLE (database_role text, principal_name text, grants json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    readable text;
    writable text;
    sees_trial boolean;
    audits boolean;
    chosen text;
BEGIN
    SELECT p.name INTO principal_name
    FROM principal p WHERE p.id = caller AND p.revoked_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT string_agg(DISTINCT g.centre, ',') FILTER (WHERE r.reads = 'centre'),
           string_agg(DISTINCT g.centre, ',') FILTER (WHERE r.writes),
           coalesce(bool_or(r.reads = 'trial' OR (r.reads = 'summaries' AND purpose = 'summarise')), false),
           coalesce(bool_or(g.role = 'auditor'), false),
           coalesce(json_agg(json_build_object('role', g.role, 'centre', g.centre)), '[]')
    INTO readable, writable, sees_trial, audits, grants
    FROM access_grant g JOIN reach_of_role() r ON r.role = g.role
    WHERE g.principal = caller AND g.revoked_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > now());
    chosen := CASE
        WHEN purpose = 'write' AND writable IS NOT NULL THEN 'centre'
        WHEN purpose = 'audit' AND audits THEN 'audit'
        WHEN purpose IN ('read', 'summarise') AND sees_trial THEN 'trial'
        WHEN purpose IN ('read', 'summarise') AND readable IS NOT NULL THEN 'centre'
    END;
    PERFORM set_config('dayzero.principal', caller::text, true),
            set_config('dayzero.readable', coalesce(readable, '-'), true),
            set_config('dayzero.writable', coalesce(writable, '-'), true),
            set_config('dayzero.scope', coalesce(chosen, ''), true);
    database_role := CASE chosen
        WHEN 'centre' THEN 'app_centre' WHEN 'trial' THEN 'app_study' WHEN 'audit' THEN 'app_auditor'
    END;
    RETURN NEXT;
END $$;

-- Take hold of an idempotency key and give the answer stored under it. The lock is taken in a
-- statement of its own before the one that reads: in one statement the snapshot would be older.

CREATE FUNCTION hold_key(caller uuid, idempotency_key text)
RETURNS TABLE (held boolean, request_digest bytea, status integer, location text, etag text, body text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF idempotency_key IS NULL THEN
        held := true;
        RETURN NEXT;
        RETURN;
    END IF;
    held := pg_try_advisory_xact_lock(hashtextextended(caller::text || idempotency_key, 1));
    IF held THEN
        SELECT a.request_digest, a.status, a.location, a.etag, a.body
        INTO request_digest, status, location, etag, body
        FROM stored_answer a WHERE a.principal = caller AND a.key = idempotency_key;
    END IF;
    RETURN NEXT;
END $$;

-- Make a subject of a centre: the next number of the centre, under a lock of the centre.

CREATE FUNCTION new_subject(of_centre text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    code text;
BEGIN
    IF NOT of_centre = ANY (writable_centres()) THEN
        RAISE EXCEPTION 'not a centre of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(of_centre, 2));
    SELECT of_centre || '-' || lpad((count(*) + 1)::text, greatest(3, length((count(*) + 1)::text)), '0')
    INTO code FROM subject s WHERE s.centre = of_centre;
    INSERT INTO subject VALUES (code, of_centre);
    RETURN code;
END $$;

-- Claim a slot of the trial for a subject. NULL when none is left.

CREATE FUNCTION claim_slot(for_subject text, slots integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    home text;
    claimed integer;
BEGIN
    SELECT centre INTO home FROM subject WHERE subject = for_subject;
    IF NOT coalesce(home = ANY (writable_centres()), false) THEN
        RAISE EXCEPTION 'not a subject of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('slots of the trial', 3));
    SELECT number INTO claimed FROM slot WHERE slot.subject = for_subject;
    IF FOUND THEN
        RETURN claimed;
    END IF;
    SELECT count(*) + 1 INTO claimed FROM slot;
    IF claimed > slots THEN
        RETURN NULL;
    END IF;
    INSERT INTO slot VALUES (claimed, for_subject, home);
    RETURN claimed;
END $$;

CREATE FUNCTION slots_taken() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN (SELECT count(*) FROM slot);

-- Give the events below the commit horizon their numbers, in the order of their transactions, never
-- a part of a transaction. Returns how many were numbered.

CREATE FUNCTION sequence_events() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head bigint;
    head_transaction xid8;
    numbered bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger sequence', 4));
    SELECT seq, transaction_id INTO head, head_transaction
    FROM ledger_entry ORDER BY seq DESC LIMIT 1;
    INSERT INTO ledger_entry (seq, transaction_id, event, leaf_hash, sequenced_at)
    SELECT coalesce(head, 0) + row_number() OVER (ORDER BY e.transaction_id, e.id),
           e.transaction_id, e.id,
           sha256('\x00'::bytea || convert_to(to_jsonb(e)::text, 'UTF8')),
           clock_timestamp()
    FROM ledger_event e
    WHERE e.transaction_id > coalesce(head_transaction, '0'::xid8)
      AND e.transaction_id < pg_snapshot_xmin(pg_current_snapshot());
    GET DIAGNOSTICS numbered = ROW_COUNT;
    RETURN numbered;
END $$;

-- The last seq that ends a transaction at or before a seq, and that transaction.

CREATE FUNCTION complete_seq(wanted bigint) RETURNS TABLE (seq bigint, transaction_id xid8)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    cut xid8;
BEGIN
    SELECT e.transaction_id INTO cut FROM ledger_entry e WHERE e.seq = wanted + 1;
    SELECT e.seq, e.transaction_id INTO complete_seq.seq, complete_seq.transaction_id
    FROM ledger_entry e
    WHERE e.seq <= wanted AND (cut IS NULL OR e.transaction_id < cut)
    ORDER BY e.seq DESC LIMIT 1;
    complete_seq.seq := coalesce(complete_seq.seq, 0);
    complete_seq.transaction_id := coalesce(complete_seq.transaction_id, '0'::xid8);
    RETURN NEXT;
END $$;

CREATE FUNCTION seq_at(instant timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN coalesce((SELECT e.seq FROM ledger_entry e WHERE e.sequenced_at <= instant
                 ORDER BY e.sequenced_at DESC, e.seq DESC LIMIT 1), 0);

CREATE FUNCTION ledger_head() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN coalesce((SELECT e.seq FROM ledger_entry e ORDER BY e.seq DESC LIMIT 1), 0);

CREATE FUNCTION newest_transaction() RETURNS xid8
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN coalesce((SELECT e.transaction_id FROM ledger_event e
                 ORDER BY e.transaction_id DESC LIMIT 1), '0'::xid8);

CREATE FUNCTION unsequenced_seconds() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN coalesce((SELECT extract(epoch FROM clock_timestamp() - min(e.occurred_at))
                 FROM ledger_event e
                 WHERE e.transaction_id > coalesce((SELECT transaction_id FROM ledger_entry
                                                    ORDER BY seq DESC LIMIT 1), '0'::xid8)), 0);

-- Keep what an authenticated caller was refused.

CREATE FUNCTION note_refusal(
    caller uuid, refused_route text, refused_status integer, refused_problem text, of_request text
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    INSERT INTO access_event (action, principal, route, status, problem, request_id)
    SELECT 'refused', coalesce((SELECT name FROM principal WHERE id = caller), caller::text),
           refused_route, refused_status, refused_problem, of_request;
END;

-- What only the token endpoint needs.

CREATE FUNCTION client_credentials(client uuid)
RETURNS TABLE (name text, kind text, secret_digest bytea, public_keys text, roles text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT p.name, p.kind, p.secret_digest, p.public_keys,
           (SELECT coalesce(array_agg(DISTINCT g.role), '{}') FROM access_grant g
            WHERE g.principal = p.id AND g.revoked_at IS NULL
              AND (g.ends_at IS NULL OR g.ends_at > now()))
    FROM principal p WHERE p.id = client AND p.revoked_at IS NULL;
END;

CREATE FUNCTION principal_named(wanted text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN (SELECT id FROM principal WHERE name = wanted AND revoked_at IS NULL);

-- True for the first use of an assertion or one-time link, false for every later one.

CREATE FUNCTION use_assertion(of_principal uuid, of_identity text, until timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO used_assertion VALUES (of_principal, of_identity, until) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;

CREATE FUNCTION forget_expired(answers_older_than interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    DELETE FROM used_assertion WHERE expires_at < now();
    DELETE FROM stored_answer WHERE stored_at < now() - answers_older_than;
END;

CREATE FUNCTION schema_revision() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (SELECT version_num FROM alembic_version);
END $$;
