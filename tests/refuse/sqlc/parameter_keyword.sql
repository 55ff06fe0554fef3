-- refuse 2: "default" cannot be a name in C
--: x(default int) -> one(n int)
SELECT n FROM t WHERE id = $1;
