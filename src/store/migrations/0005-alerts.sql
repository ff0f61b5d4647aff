-- Who is told of what, and what is still to be told. A row of the queue is written together with the revision or the
-- observation that it is about, and goes only when it was delivered: so nothing that was recorded is left untold.

CREATE TABLE alert (
    name      TEXT PRIMARY KEY,
    settings  TEXT NOT NULL,                -- JSON: the command, and what it wants to hear; no secrets
    added_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_queue (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: receivers know a repeat by it
    alert     TEXT NOT NULL REFERENCES alert(name) ON DELETE CASCADE,
    page      INTEGER NOT NULL REFERENCES page(id),
    what      TEXT NOT NULL,                -- first, changed, failed, held, gone, recovered
    revision  INTEGER,
    detail    TEXT,
    at        TEXT NOT NULL,                -- of the check
    tries     INTEGER NOT NULL,
    next_at   TEXT NOT NULL,                -- not tried again before
    error     TEXT                          -- of the last try
) STRICT;
