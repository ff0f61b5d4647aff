-- What time-stamping authorities (RFC 3161) attest of the chain: that its last link was there at their time. Facts, kept
-- byte for byte; the records of later captures name the newest of them, and so came after it.
CREATE TABLE stamp (
    id           INTEGER PRIMARY KEY,       -- 1, 2, 3, …
    links        INTEGER NOT NULL,          -- how many links the chain had
    checkpoint   TEXT NOT NULL,             -- the text that was stamped: it names the last of them
    authority    TEXT NOT NULL,             -- its address
    question     BLOB NOT NULL,             -- TimeStampReq, DER
    reply        BLOB NOT NULL,             -- TimeStampResp, DER
    digest       BLOB NOT NULL UNIQUE,      -- SHA-256 of the reply
    attested_at  TEXT NOT NULL,             -- by the authority's clock
    received_at  TEXT NOT NULL              -- by this machine's
) STRICT;
