-- What is known of the hosts that pages are on, beyond the pages. None of it is history: forgetting it costs a request.

-- Hosts that asked to be left alone. A row goes when the host answers again.
CREATE TABLE host_wait (
    host      TEXT PRIMARY KEY,             -- with its port, where that is not the scheme's own
    until     TEXT NOT NULL,                -- nothing is asked of it before
    refusals  INTEGER NOT NULL              -- in a row
) STRICT, WITHOUT ROWID;

-- The last known robots.txt of an origin.
CREATE TABLE robots (
    origin         TEXT PRIMARY KEY,        -- scheme, host and port
    fetched_at     TEXT,                    -- when it was last had, or known not to exist; NULL if never
    rules          BLOB,                    -- its first 500 KiB, zstd; NULL if there is none
    failing_since  TEXT                     -- since when it cannot be had, if it cannot
) STRICT, WITHOUT ROWID;
