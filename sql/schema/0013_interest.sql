-- SPDX-License-Identifier: EUPL-1.2
-- Who wants to be told when an action begins.

CREATE TABLE interest (
    id @serial,
    action @text NOT NULL,
    mailbox @blob NOT NULL, -- tag of the address, under a key of its own
    lang @text NOT NULL,
    asked @time NOT NULL,
    confirmed @time NOT NULL, -- 0: not yet
    ends @time NOT NULL, -- everything of the row is erased then
    sealed @blob NOT NULL -- secret of the link, address and name, under the key for news
);
CREATE UNIQUE INDEX interest_mailbox ON interest (action, mailbox);
CREATE INDEX interest_ends ON interest (ends);
