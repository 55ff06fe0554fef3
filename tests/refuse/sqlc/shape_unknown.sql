-- refuse 2: unknown shape "some": none, count, one, maybe or many
--: x(id int) -> some(n int)
SELECT n FROM t WHERE id = $1;
