-- SPDX-License-Identifier: EUPL-1.2
-- Keys of partners' sites, what they sent, and who is told what happened.

CREATE TABLE api_key (
    id @serial, -- a revoked one stays, so that its number is nobody else's
    name @text NOT NULL,
    partner @text NOT NULL, -- slug; '': none
    secret @blob NOT NULL UNIQUE, -- SHA-256 of the key
    created @time NOT NULL,
    revoked @time
);

-- What was sent under an idempotency key, for a day: keyed hashes of both.
CREATE TABLE api_request (
    api_key @int NOT NULL,
    request @blob NOT NULL,
    body @blob NOT NULL,
    at @time NOT NULL,
    PRIMARY KEY (api_key, request)
) @without_rowid;
CREATE INDEX api_request_at ON api_request (at);

-- Through which key a signature came, until it is counted or gone.
CREATE TABLE api_signature (
    signature @id,
    declaration @int NOT NULL,
    api_key @int NOT NULL
);
CREATE INDEX api_signature_order ON api_signature (declaration, signature);

-- How many of them entered the published count.
CREATE TABLE api_tally (
    api_key @int NOT NULL,
    declaration @int NOT NULL,
    n @int NOT NULL,
    PRIMARY KEY (api_key, declaration)
) @without_rowid;

CREATE TABLE webhook (
    id @serial,
    url @text NOT NULL,
    events @text NOT NULL, -- parted by spaces
    created @time NOT NULL,
    failing @time, -- since when nothing arrives
    is_off @flag NOT NULL
);

CREATE TABLE webhook_job (
    id @serial, -- part of what receivers know a message by
    webhook @int NOT NULL,
    body @text NOT NULL,
    due @time NOT NULL,
    attempts @int NOT NULL,
    created @time NOT NULL
);
CREATE INDEX webhook_job_order ON webhook_job (due, id);
