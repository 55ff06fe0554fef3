-- SPDX-License-Identifier: EUPL-1.2
-- What an import of content replaced or removed: nothing that was shown is lost.

CREATE TABLE content_past (
    id @serial,
    kind @text NOT NULL,
    slug @text NOT NULL,
    lang @text NOT NULL,      -- empty: the facts, in header
    until @time NOT NULL,
    is_removed @flag NOT NULL, -- nothing came in its place
    state @text NOT NULL,
    header @text NOT NULL,
    body @text NOT NULL
);

CREATE INDEX content_past_of ON content_past (kind, slug, id);
