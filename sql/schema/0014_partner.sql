-- SPDX-License-Identifier: EUPL-1.2
-- Partners: through whose link a signature was made, counted where the log counts; who belongs to
-- them; who asks to become one.

ALTER TABLE signature ADD COLUMN source @text NOT NULL DEFAULT ''; -- slug of a partner; empty: none
ALTER TABLE log_queue ADD COLUMN source @text NOT NULL DEFAULT ''; -- of the signature when queued

CREATE TABLE source_tally (
    declaration @int NOT NULL,
    source @text NOT NULL,
    n @int NOT NULL,
    PRIMARY KEY (declaration, source)
) @without_rowid;

ALTER TABLE checkpoint ADD COLUMN sources @text NOT NULL DEFAULT ''; -- "aer 12" lines

-- Names and hosts under which the members of a partner are looked for in the register, and those
-- under which organisations stand in it. A folded name holds no dot, a host at least one.
CREATE TABLE partner_member (
    partner @text NOT NULL,
    mark @text NOT NULL,
    PRIMARY KEY (partner, mark)
) @without_rowid;
CREATE TABLE listing_mark (
    signature @int NOT NULL,
    mark @text NOT NULL,
    declaration @int NOT NULL,
    PRIMARY KEY (signature, mark)
) @without_rowid;
CREATE INDEX listing_mark_order ON listing_mark (mark, declaration, signature);
-- Those that stand in the register already get theirs when its order is made anew.
DELETE FROM setting WHERE name = 'collation';

-- What somebody wrote who wants to join as a partner.
CREATE TABLE joining (
    id @serial, -- mailed links name it
    state @int NOT NULL, -- 0 not confirmed, 1 waits, 2 accepted, 3 refused
    lang @text NOT NULL,
    sealed @blob NOT NULL, -- all that was written and the secret of the link, under a key of the server
    hash @blob NOT NULL,   -- SHA-256 of that secret
    created @time NOT NULL,
    decided @time NOT NULL, -- 0: not
    note @text NOT NULL     -- of whoever decided, for the sender
);
