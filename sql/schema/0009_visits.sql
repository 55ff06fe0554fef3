-- SPDX-License-Identifier: EUPL-1.2
-- From where visitors of the sign page came, by the `src` of its address: a sum for each day and
-- known source, and no trace of a visitor.
CREATE TABLE visit_source (
    day @int NOT NULL,
    src @text NOT NULL,
    n @int NOT NULL,
    PRIMARY KEY (day, src)
) @without_rowid;
