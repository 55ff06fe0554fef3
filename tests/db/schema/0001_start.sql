-- SPDX-License-Identifier: EUPL-1.2
-- Tables with one of each type.
CREATE TABLE pledge (
    id @id,
    campaign @int NOT NULL,
    email_key @blob NOT NULL,
    name @text,
    is_listed @flag NOT NULL, -- a comment; with a semicolon
    seen @time,
    hidden @flag,
    UNIQUE (campaign, email_key)
);

CREATE TABLE note (
    pledge @int NOT NULL REFERENCES pledge (id),
    position @int NOT NULL CHECK (position >= 0),
    body @text NOT NULL DEFAULT 'a;b',
    PRIMARY KEY (pledge, position)
) @without_rowid;

CREATE TABLE head (
    name @text PRIMARY KEY,
    size @int NOT NULL
) @without_rowid;
