-- refuse 3: "NOW": the time is a parameter
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1 AND at < NOW();
