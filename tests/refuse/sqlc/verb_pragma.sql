-- refuse 2: a statement starts with SELECT, INSERT, UPDATE, DELETE, WITH or VALUES
--: x() -> none
PRAGMA synchronous = off;
