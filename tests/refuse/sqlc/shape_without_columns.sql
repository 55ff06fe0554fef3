-- refuse 2: one needs at least one column
--: x(id int) -> one()
SELECT n FROM t WHERE id = $1;
