-- refuse 3: a string does not end on its line
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1 AND s = 'a;
