-- SPDX-License-Identifier: EUPL-1.2
-- What search and feeds need to know: the words of files, the day on which an item came, and the
-- words of those who are in the register.

-- Text of the author's file (content_file.source), for search alone. No row: not read, or nothing
-- could be read.
CREATE TABLE file_text (
    source @blob NOT NULL,
    words @text NOT NULL,
    PRIMARY KEY (source)
) @without_rowid;
CREATE INDEX content_file_source ON content_file (source);

ALTER TABLE content ADD COLUMN since @time NOT NULL DEFAULT 0; -- first imported; 0: before this was noted

-- Of each listing that is_sorted; word: one of `folded`, its beginning when it is long.
CREATE TABLE listing_word (
    declaration @int NOT NULL,
    word @text NOT NULL,
    signature @int NOT NULL,
    PRIMARY KEY (declaration, word, signature)
) @without_rowid;

-- Who is in the order by name by now comes into it anew, with words.
DELETE FROM setting WHERE name = 'collation';
