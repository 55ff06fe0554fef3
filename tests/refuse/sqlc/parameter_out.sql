-- refuse 2: "out_n": out_ is for results
--: x(out_n int) -> one(n int)
SELECT n FROM t WHERE id = $1;
