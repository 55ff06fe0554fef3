-- SPDX-License-Identifier: EUPL-1.2
-- Addresses for news.

--: news_put(signature int, declaration int, lang text, address blob) -> none
INSERT INTO news (signature, declaration, lang, address) VALUES ($1, $2, $3, $4)
ON CONFLICT (signature) DO UPDATE SET lang = excluded.lang, address = excluded.address;

--: news_delete(signature int) -> none
DELETE FROM news WHERE signature = $1;
