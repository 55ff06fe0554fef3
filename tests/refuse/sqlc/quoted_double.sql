-- refuse 3: """ has no place in portable SQL
--: x(id int) -> one(n int)
SELECT "n" FROM t WHERE id = $1;
