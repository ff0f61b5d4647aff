-- A hash chain over every capture: whoever holds its last link can be shown that no capture before it was altered,
-- added or dropped. Written in the transaction that keeps the capture.
CREATE TABLE chain (
    seq      INTEGER PRIMARY KEY,           -- 1, 2, 3, …
    capture  INTEGER NOT NULL UNIQUE,       -- no reference: a capture that is taken down leaves its record
    record   BLOB NOT NULL,                 -- what is attested, as text, zstd
    link     BLOB NOT NULL                  -- SHA-256 of the link before, the number and the record's digest
) STRICT;
