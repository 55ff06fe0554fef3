-- SPDX-License-Identifier: EUPL-1.2
-- What a database server says of itself. SQLite is none, and keeps what it answers.

-- Whether it repeats what another one writes, and since when it runs, in microseconds: by that one
-- server is told from another.
--: server_role() -> one(is_standby flag, started int)
SELECT CAST(0 AS BIGINT) AS is_standby, CAST(0 AS BIGINT) AS started;

--: server_role@pg
SELECT pg_is_in_recovery() AS is_standby,
    CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS BIGINT) AS started;

-- Whether each commit waits for another server.
--: server_is_followed() -> one(is_followed flag)  #worker
SELECT CAST(0 AS BIGINT) AS is_followed;

--: server_is_followed@pg
SELECT current_setting('synchronous_standby_names') <> '' AS is_followed;

-- commits: what synchronous_commit is when nobody sets it. waits: how many commits of ours the
-- server has held back for longer than a second, for want of a standby.
--: server_settings() -> one(commits text, standbys text, is_synced flag, has_whole_pages flag, waits int)
SELECT 'on' AS commits, '' AS standbys, CAST(1 AS BIGINT) AS is_synced,
    CAST(1 AS BIGINT) AS has_whole_pages, CAST(0 AS BIGINT) AS waits;

--: server_settings@pg
SELECT (SELECT s.reset_val FROM pg_settings s WHERE s.name = 'synchronous_commit') AS commits,
    current_setting('synchronous_standby_names') AS standbys,
    current_setting('fsync') = 'on' AS is_synced,
    current_setting('full_page_writes') = 'on' AS has_whole_pages,
    (SELECT count(*) FROM pg_stat_activity a WHERE a.datname = current_database()
        AND a.usename = current_user AND a.wait_event = 'SyncRep'
        AND clock_timestamp() - a.state_change > interval '1 second') AS waits;
