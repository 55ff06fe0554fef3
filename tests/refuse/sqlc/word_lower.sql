-- refuse 3: "lower": it folds ASCII only on one engine; fold case in C
--: x(id int) -> one(n int)
SELECT n FROM t WHERE lower(s) = $1;
