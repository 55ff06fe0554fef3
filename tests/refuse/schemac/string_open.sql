-- refuse 2: a string does not end on its line
INSERT INTO t VALUES ('a);
