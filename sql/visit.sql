-- SPDX-License-Identifier: EUPL-1.2
-- Visits by source: sums, and nobody behind them.

--: visit_add(day int, src text, n int) -> none
INSERT INTO visit_source (day, src, n) VALUES ($1, $2, $3)
ON CONFLICT (day, src) DO UPDATE SET n = visit_source.n + excluded.n;

--: visit_sums(from_day int) -> many(src text, n int)
SELECT src, CAST(sum(n) AS BIGINT) AS n FROM visit_source WHERE day >= $1
GROUP BY src ORDER BY n DESC, src LIMIT 1000;
