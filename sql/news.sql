-- SPDX-License-Identifier: EUPL-1.2
-- Addresses for news. Where records are sealed in the browser, the organiser alone has them.

--: news_put(signature int, declaration int, lang text, address blob) -> none
INSERT INTO news (signature, declaration, lang, address)
SELECT $1, $2, $3, $4 FROM declaration WHERE id = $2 AND records <> 'browser'
ON CONFLICT (signature) DO UPDATE SET lang = excluded.lang, address = excluded.address;

--: news_delete(signature int) -> none
DELETE FROM news WHERE signature = $1;
