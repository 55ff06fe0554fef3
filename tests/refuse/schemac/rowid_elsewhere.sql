-- refuse 2: @without_rowid is for CREATE TABLE
CREATE INDEX i ON t (a) @without_rowid;
