-- SPDX-License-Identifier: EUPL-1.2
-- The main job: content, declarations, signatures, the log, mail.
--
-- Random keys make a tree expensive as it grows, so only two small trees have them: `mailbox`
-- (uniqueness) and `mail_budget` (lives two days). All else grows at its right edge.

-- One installation is one alliance: named facts, and counters such as content_revision.
CREATE TABLE setting (
    name @text PRIMARY KEY,
    value @text NOT NULL
) @without_rowid;

-- Everything that comes from a content folder: alliance, partner, document, story, action, page.
CREATE TABLE content (
    kind @text NOT NULL,
    slug @text NOT NULL,
    position @int NOT NULL,
    facts @text NOT NULL, -- "key=value" lines, language-free
    PRIMARY KEY (kind, slug)
) @without_rowid;

CREATE TABLE content_text (
    kind @text NOT NULL,
    slug @text NOT NULL,
    lang @text NOT NULL,
    state @text NOT NULL, -- original, machine, reviewed
    header @text NOT NULL, -- "key: value" lines
    body @text NOT NULL,  -- Markdown
    PRIMARY KEY (kind, slug, lang)
) @without_rowid;

CREATE TABLE declaration (
    id @id,
    slug @text NOT NULL UNIQUE,
    is_light @flag NOT NULL, -- a petition: name, e-mail, country
    opens @time NOT NULL,
    closes @time NOT NULL,
    goal @int NOT NULL,
    per_mailbox @int NOT NULL, -- how many signers may share one e-mail address
    kinds @int NOT NULL,       -- bits: 1 person, 2 organisation, 4 mandate holder
    original_lang @text NOT NULL,
    version @int NOT NULL,     -- the text version that is signed now
    manifest @text NOT NULL    -- the rules file whose hash is leaf 0
);

CREATE TABLE declaration_text (
    declaration @int NOT NULL REFERENCES declaration (id),
    version @int NOT NULL,
    lang @text NOT NULL,
    state @text NOT NULL,
    title @text NOT NULL,
    summary @text NOT NULL,
    body @text NOT NULL,
    hash @blob NOT NULL, -- SHA-256 of title LF summary LF body
    PRIMARY KEY (declaration, version, lang)
) @without_rowid;

-- What may stand in clear about a signer who chose nothing public: kind, country, language,
-- day, consents. Who it is stands sealed in `record`.
CREATE TABLE signature (
    id @serial, -- mailed links name it, and live longer than an unconfirmed row
    declaration @int NOT NULL,
    kind @int NOT NULL,  -- 1 person, 2 organisation, 3 mandate holder
    state @int NOT NULL, -- 0 pending, 1 confirmed, 2 withdrawn (may be undone), 3 erased
    country @text NOT NULL,
    lang @text NOT NULL,
    text_version @int NOT NULL,
    text_hash @blob NOT NULL,
    is_listed @flag NOT NULL,
    wants_news @flag NOT NULL,
    is_sample @flag NOT NULL,
    mailbox @blob NOT NULL,    -- first 16 bytes of the keyed hash of the canonical address
    signer @blob NOT NULL,     -- the same of address, kind and folded name: who on that address
    commitment @blob NOT NULL, -- what the leaf shows
    created @time NOT NULL,
    confirmed @time,
    withdrawn @time,
    leaf @int -- position of the add leaf, once included
);
CREATE INDEX signature_pending ON signature (created) WHERE state = 0;
CREATE INDEX signature_withdrawn ON signature (withdrawn) WHERE state = 2;

-- The personal record: one opaque payload. Deleting the row kills it.
CREATE TABLE record (
    signature @id,
    sealed @blob NOT NULL
);

-- Uniqueness, decided in the confirming transaction.
CREATE TABLE mailbox (
    declaration @int NOT NULL,
    mailbox @blob NOT NULL,
    slot @int NOT NULL,
    signer @blob NOT NULL,
    signature @int NOT NULL,
    PRIMARY KEY (declaration, mailbox, slot)
) @without_rowid;

-- Serialised writers on SQLite cannot race for two slots; on PostgreSQL this is what stops them.
@only(pg)
CREATE UNIQUE INDEX mailbox_signer ON mailbox (declaration, mailbox, signer);
@end

-- Mailed links. The token carries this row's number masked, so no index holds random keys.
CREATE TABLE link (
    id @id,
    signature @int NOT NULL,
    hash @blob NOT NULL, -- SHA-256 of the secret part
    expires @time NOT NULL
);
CREATE INDEX link_expiry ON link (expires);

-- What the signer chose to show, and nothing else.
CREATE TABLE listing (
    signature @id,
    declaration @int NOT NULL,
    kind @int NOT NULL,
    is_shown @flag NOT NULL, -- confirmed and not withdrawn
    name @text NOT NULL,
    organisation @text NOT NULL,
    function @text NOT NULL,
    type @text NOT NULL,
    reason @text NOT NULL,
    reason_state @int NOT NULL, -- 0 not read yet, 1 shown, 2 refused
    country @text NOT NULL,
    region @text NOT NULL,
    folded @text NOT NULL, -- search form of name, organisation and function
    confirmed @time,
    is_sample @flag NOT NULL
);
-- Reasons wait for a reader before anybody else sees them.
CREATE INDEX listing_unread ON listing (signature) WHERE is_shown = 1 AND reason_state = 0 AND reason <> '';
CREATE INDEX listing_shown ON listing (declaration, signature) WHERE is_shown = 1;

-- Later changes of a consent; the first ones stand in the signature itself.
CREATE TABLE consent_change (
    id @id,
    signature @int NOT NULL,
    what @text NOT NULL, -- list, news
    is_given @flag NOT NULL,
    lang @text NOT NULL,
    text_version @int NOT NULL,
    day @int NOT NULL
);
CREATE INDEX consent_change_signature ON consent_change (signature);

-- The log: what waits for the sealer, the leaves, the head, the counts, what was published.
CREATE TABLE log_queue (
    id @id,
    declaration @int NOT NULL,
    verb @int NOT NULL, -- 1 add, 2 sub withdrawn, 3 undo, 4 sub invalid, 5 sub duplicate
    signature @int NOT NULL,
    kind @int NOT NULL,
    country @text NOT NULL,
    commitment @blob NOT NULL,
    leaf @int NOT NULL -- of the add that a sub or undo speaks of; -1: the add that waits itself
);
CREATE INDEX log_queue_signature ON log_queue (signature);

CREATE TABLE log_leaf (
    declaration @int NOT NULL,
    position @int NOT NULL,
    entry @text NOT NULL, -- with its LF
    PRIMARY KEY (declaration, position)
) @without_rowid;

CREATE TABLE log_head (
    declaration @id,
    size @int NOT NULL,
    frontier @blob NOT NULL, -- one 32-byte hash for each 1 bit of size, lowest first
    tallied @int NOT NULL,   -- size at the last tally leaf
    tallied_at @time NOT NULL
);

CREATE TABLE tally (
    declaration @int NOT NULL,
    kind @int NOT NULL,
    country @text NOT NULL,
    n @int NOT NULL,
    PRIMARY KEY (declaration, kind, country)
) @without_rowid;

CREATE TABLE checkpoint (
    declaration @int NOT NULL,
    size @int NOT NULL,
    root @blob NOT NULL,
    note @text NOT NULL,
    persons @int NOT NULL,
    organisations @int NOT NULL,
    mandates @int NOT NULL,
    breakdown @text NOT NULL, -- "p DK 12" lines; its SHA-256 is what a tally leaf claims
    at @time NOT NULL,
    PRIMARY KEY (declaration, size)
) @without_rowid;

-- Jobs: a lease is a due time in the future, so one index order serves waiting and leased ones.
CREATE TABLE job (
    id @id,
    priority @int NOT NULL, -- 0 confirmations, 1 other answers to a signer, 2 reminders
    due @time NOT NULL,
    kind @int NOT NULL,
    attempts @int NOT NULL,
    created @time NOT NULL,
    signature @int NOT NULL, -- 0: none, the address says it all
    link @int NOT NULL,      -- the link that the mail brings; 0: none yet
    lang @text NOT NULL,
    sealed @blob NOT NULL -- address and secret of the link, under the mail key
);
CREATE INDEX job_order ON job (priority, due, id);
CREATE INDEX job_signature ON job (signature);

CREATE TABLE lease (
    name @text PRIMARY KEY,
    holder @text NOT NULL,
    until @time NOT NULL
) @without_rowid;

-- Mails to one address a day, whatever the declaration, under a key of the day.
CREATE TABLE mail_budget (
    day @int NOT NULL,
    address @blob NOT NULL,
    n @int NOT NULL,
    PRIMARY KEY (day, address)
) @without_rowid;

CREATE TABLE mail_log (
    id @id,
    at @time NOT NULL,
    kind @int NOT NULL,
    lang @text NOT NULL,
    attempts @int NOT NULL,
    fate @text NOT NULL,
    code @int NOT NULL
);
CREATE INDEX mail_log_at ON mail_log (at);
