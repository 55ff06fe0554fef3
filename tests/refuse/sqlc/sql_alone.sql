-- refuse 2: SQL without a header "--: name(…) -> …"
SELECT n FROM t WHERE id = $1;
