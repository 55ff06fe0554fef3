-- SPDX-License-Identifier: EUPL-1.2
ALTER TABLE pledge ADD COLUMN extra @blob;
@only(sqlite)
CREATE INDEX pledge_seen ON pledge (seen) WHERE seen IS NOT NULL;
@end
@only(pg)
CREATE INDEX pledge_seen ON pledge USING brin (seen);
@end
INSERT INTO head (name, size) VALUES ('log', 0);
