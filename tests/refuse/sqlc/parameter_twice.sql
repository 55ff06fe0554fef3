-- refuse 2: "id" stands twice in the list
--: x(id int, id int) -> one(n int)
SELECT n FROM t WHERE id = $1;
