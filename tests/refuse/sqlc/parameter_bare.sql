-- refuse 3: "$" without a number
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $;
