-- Captures that palinode did not take itself: somebody else says that a page sent this at that time. A capture without
-- a row here was taken by palinode.
CREATE TABLE source (
    capture      INTEGER PRIMARY KEY REFERENCES capture(id),
    page         INTEGER NOT NULL REFERENCES page(id),
    kind         TEXT NOT NULL,             -- `warc`: a file; `archive`: asked of a web archive
    name         TEXT NOT NULL,             -- the file's name, or the archive's address
    record       TEXT NOT NULL,             -- the WARC-Record-ID, or the address of the capture in the archive
    uri          TEXT,                      -- of a file: where its record says that it comes from
    received_at  TEXT NOT NULL,             -- when palinode got it
    observation  INTEGER REFERENCES observation(id),    -- the look that it stands for; NULL until history is retold
    UNIQUE (page, kind, record)
) STRICT;
CREATE UNIQUE INDEX source_of_observation ON source (observation) WHERE observation IS NOT NULL;
