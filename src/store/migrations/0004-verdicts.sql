-- What a person said of a capture, over palinode's own judgement. Facts like the captures: rows are only added, the last
-- one of a capture counts, and a history that is told anew is told by them.
CREATE TABLE verdict (
    id       INTEGER PRIMARY KEY,
    capture  INTEGER NOT NULL REFERENCES capture(id),
    verdict  TEXT NOT NULL,                 -- believed, disbelieved; withdrawn: palinode judges again
    at       TEXT NOT NULL,
    says     BLOB                           -- digest of the capture's text, which later captures are known by; told anew
) STRICT;
CREATE INDEX verdict_of_capture ON verdict (capture);
CREATE INDEX verdict_of_text ON verdict (says);

-- What the checks of a run came to, where a verdict made something else of it.
CREATE TABLE overruled (
    observation  INTEGER PRIMARY KEY REFERENCES observation(id),
    judged       TEXT NOT NULL
) STRICT;
