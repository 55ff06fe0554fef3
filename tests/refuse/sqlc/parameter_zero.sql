-- refuse 3: $0: the header has 1 parameters
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $0;
