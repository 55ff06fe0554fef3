-- SPDX-License-Identifier: EUPL-1.2
-- What search and feeds need to know: the words of files, and when an item came.

-- Text of the author's file (content_file.source), for search alone. No row: not read, or nothing
-- could be read.
CREATE TABLE file_text (
    source @blob NOT NULL,
    words @text NOT NULL,
    PRIMARY KEY (source)
) @without_rowid;
CREATE INDEX content_file_source ON content_file (source);

ALTER TABLE content ADD COLUMN since @time NOT NULL DEFAULT 0; -- first imported; 0: before this was noted
