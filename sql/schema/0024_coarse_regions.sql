-- SPDX-License-Identifier: EUPL-1.2
-- Regions are counted no finer than figures show them (NUTS 2: four characters), so that the finer code of
-- who hides can be forgotten without disturbing a count. What hid before forgets it now.
INSERT INTO region_tally (declaration, nuts_version, nuts, n)
SELECT declaration, nuts_version, substr(nuts, 1, 4), sum(n) FROM region_tally WHERE length(nuts) > 4
GROUP BY declaration, nuts_version, substr(nuts, 1, 4)
ON CONFLICT (declaration, nuts_version, nuts) DO UPDATE SET n = region_tally.n + excluded.n;
DELETE FROM region_tally WHERE length(nuts) > 4;
UPDATE signature SET nuts = substr(nuts, 1, 4) WHERE length(nuts) > 4 AND is_listed = 0;

-- Rows of signatures from partners' sites that were never confirmed, and are gone.
DELETE FROM api_signature WHERE signature NOT IN (SELECT id FROM signature);
