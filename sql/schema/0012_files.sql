-- SPDX-License-Identifier: EUPL-1.2
-- Files beside the items of a content folder: pictures, documents. Their bytes lie in the data
-- folder under their hash; this says which belong to what. A photograph has one row for each form.
CREATE TABLE content_file (
    kind @text NOT NULL,
    slug @text NOT NULL,
    name @text NOT NULL,      -- as the author named it: front.jpg
    form @int NOT NULL,       -- width class of a photograph; 0: the file itself
    published @text NOT NULL, -- name in its address: front-800.webp
    hash @blob NOT NULL,      -- first 16 bytes of the SHA-256 of what is published
    source @blob NOT NULL,    -- SHA-256 of the author's file
    bytes @int NOT NULL,
    width @int NOT NULL,      -- of pictures; 0: none
    height @int NOT NULL,
    PRIMARY KEY (kind, slug, name, form)
) @without_rowid;
