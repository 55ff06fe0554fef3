-- refuse 3: * is no list of columns: name them
--: x(id int) -> one(n int)
SELECT * FROM t WHERE id = $1;
