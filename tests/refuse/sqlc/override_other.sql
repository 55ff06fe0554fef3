-- refuse 4: only @pg can override
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1;
--: x@mysql
SELECT n FROM t WHERE id = $1;
