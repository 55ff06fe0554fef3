-- refuse 2: the header is cut off
--: x(id int,
SELECT n FROM t WHERE id = $1;
