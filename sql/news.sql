-- SPDX-License-Identifier: EUPL-1.2
-- Addresses for news. Where records are sealed in the browser, the organiser alone has them.

--: news_put(signature int, declaration int, lang text, address blob) -> none
INSERT INTO news (signature, declaration, lang, address)
SELECT $1, $2, $3, $4 FROM declaration WHERE id = $2 AND records <> 'browser'
ON CONFLICT (signature) DO UPDATE SET lang = excluded.lang, address = excluded.address;

--: news_delete(signature int) -> none
DELETE FROM news WHERE signature = $1;

--: news_get(signature int) -> maybe(lang text, address blob)  #worker
SELECT lang, address FROM news WHERE signature = $1;

-- False of a consent that has ended meanwhile, so that its end is noted once.
--: signature_stop_news(signature int) -> count
UPDATE signature SET wants_news = 0 WHERE id = $1 AND wants_news = 1;

-- Who stands behind an older version, by whether and how they can be asked.
--: renewal_look(declaration int, version int) -> one(older int, due int, asked int)  #worker
SELECT count(*) AS older,
    count(*) FILTER (WHERE n.signature IS NOT NULL AND s.asked < $2) AS due,
    count(*) FILTER (WHERE s.asked >= $2) AS asked
FROM signature s LEFT JOIN news n ON n.signature = s.id
WHERE s.declaration = $1 AND s.state = 1 AND s.is_sample = 0 AND s.text_version < $2;

--: renewal_langs(declaration int, version int) -> many(lang text, n int)  #worker
SELECT n.lang AS lang, count(*) AS n FROM news n JOIN signature s ON s.id = n.signature
WHERE n.declaration = $1 AND s.state = 1 AND s.is_sample = 0 AND s.text_version < $2 AND s.asked < $2
GROUP BY n.lang ORDER BY n.lang;

--: renewal_due(declaration int, version int, after int, most int) -> many(signature int, lang text)  #worker
SELECT n.signature AS signature, n.lang AS lang FROM news n JOIN signature s ON s.id = n.signature
WHERE n.declaration = $1 AND s.state = 1 AND s.is_sample = 0 AND s.text_version < $2 AND s.asked < $2
    AND n.signature > $3
ORDER BY n.signature LIMIT $4;

-- Matches once for each version, whoever asks at the same time.
--: renewal_ask(signature int, version int) -> count  #worker
UPDATE signature SET asked = $2 WHERE id = $1 AND state = 1 AND asked < $2;
