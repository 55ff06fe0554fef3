-- SPDX-License-Identifier: EUPL-1.2
-- What organisations and mandate holders may add to the register: where they are found, and with
-- whom they sit.
ALTER TABLE listing ADD COLUMN website @text NOT NULL DEFAULT '';
ALTER TABLE listing ADD COLUMN political_group @text NOT NULL DEFAULT '';
