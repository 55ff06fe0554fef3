-- refuse 3: "TRUE": flags are 0 and 1
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1 AND shown = TRUE;
