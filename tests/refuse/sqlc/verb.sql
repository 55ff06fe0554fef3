-- refuse 2: a statement starts with SELECT, INSERT, UPDATE, DELETE, WITH or VALUES
--: x() -> none
DROP TABLE t;
