-- refuse 2: a name of a statement is missing at "(id int) -> one(n in"
--: (id int) -> one(n int)
SELECT n FROM t WHERE id = $1;
