-- refuse 2: count has no use for RETURNING
--: x(id int) -> count
DELETE FROM t WHERE id = $1 RETURNING id;
