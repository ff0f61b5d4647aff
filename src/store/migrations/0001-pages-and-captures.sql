-- The schema, first half: what was seen and said. Nouns are singular and are those of the README; times are UTC text of
-- one width, so that they sort and any SQLite browser shows them. The second half can be told anew from this one.

CREATE TABLE page (
    id          INTEGER PRIMARY KEY,
    url         TEXT NOT NULL UNIQUE,
    name        TEXT UNIQUE,
    settings    TEXT NOT NULL,              -- JSON: selection, cadence, phrases, headers, tags
    added_at    TEXT NOT NULL,
    removed_at  TEXT                        -- no longer watched; its history stays
) STRICT;

-- Entities exactly as they were sent, once each. `data` is the decoded content, compressed with zstd against the
-- content of `base`; `recode` is what it takes to give the entity back bit for bit where the two differ.
CREATE TABLE body (
    id      INTEGER PRIMARY KEY,
    digest  BLOB NOT NULL UNIQUE,           -- SHA-256 of the entity
    base    INTEGER REFERENCES body(id),
    depth   INTEGER NOT NULL,               -- how many bases it takes to read it
    size    INTEGER NOT NULL,               -- of the content, in bytes
    recode  BLOB,
    data    BLOB NOT NULL
) STRICT;

-- The body that a host's pages are first compressed against: they share a frame.
CREATE TABLE host (
    name  TEXT PRIMARY KEY,
    body  INTEGER NOT NULL REFERENCES body(id)
) STRICT, WITHOUT ROWID;

-- One answer received. Never altered, but for `state`, which is told anew.
CREATE TABLE capture (
    id         INTEGER PRIMARY KEY,
    page       INTEGER NOT NULL REFERENCES page(id),
    asked_at   TEXT NOT NULL,
    at         TEXT NOT NULL,
    url        TEXT,                        -- who answered, when it is not the page's own address
    redirects  TEXT,                        -- JSON list of hops, when there were any
    remote     TEXT,
    status     INTEGER NOT NULL,
    head       BLOB NOT NULL,               -- the header lines, zstd
    body       INTEGER NOT NULL REFERENCES body(id),
    state      INTEGER REFERENCES state(id),
    doubted    BLOB,                        -- the digest of what it says, while it is not believed
    seal       BLOB NOT NULL                -- first bytes of the SHA-256 of the row
) STRICT;
CREATE INDEX capture_of_page ON capture (page);

-- What the scripts of a page made of an answer, where they were run: this is read, and the body is kept as it was sent. A
-- fact like the capture itself.
CREATE TABLE rendered (
    capture  INTEGER PRIMARY KEY REFERENCES capture(id),
    body     INTEGER NOT NULL REFERENCES body(id),  -- the document as the browser wrote it down, HTML in UTF-8
    browser  TEXT NOT NULL,                         -- by its own name and version
    missing  INTEGER NOT NULL                       -- so many things that the page asked for could not be had
) STRICT;
CREATE INDEX rendered_of_body ON rendered (body);

-- A hash chain over every capture: whoever holds its last link can be shown that no capture before it was altered,
-- added or dropped. Written in the transaction that keeps the capture.
CREATE TABLE chain (
    seq      INTEGER PRIMARY KEY,           -- 1, 2, 3, …
    capture  INTEGER NOT NULL UNIQUE,       -- no reference: a capture that is taken down leaves its record
    record   BLOB NOT NULL,                 -- what is attested, as text, zstd
    link     BLOB NOT NULL                  -- SHA-256 of the link before, the number and the record's digest
) STRICT;

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

-- What people signed of the chain, with keys of their own. Facts, kept byte for byte and named by later captures, like stamps.
CREATE TABLE signature (
    id          INTEGER PRIMARY KEY,        -- 1, 2, 3, …
    links       INTEGER NOT NULL,           -- how many links the chain had
    checkpoint  TEXT NOT NULL,              -- the text that was signed
    signature   TEXT NOT NULL,              -- as `ssh-keygen -Y sign` writes it; it holds the public half of the key
    digest      BLOB NOT NULL UNIQUE,       -- SHA-256 of the signature
    kept_at     TEXT NOT NULL               -- by this machine's clock
) STRICT;

-- A run of consecutive checks that came to the same: it bounds every edit, and grows only when something differs.
CREATE TABLE observation (
    id           INTEGER PRIMARY KEY,
    page         INTEGER NOT NULL REFERENCES page(id),
    outcome      TEXT NOT NULL,
    reason       TEXT,
    revision     INTEGER,                   -- what stood, where the outcome tells
    capture      INTEGER REFERENCES capture(id),
    first_at     TEXT NOT NULL,
    last_at      TEXT NOT NULL,
    checks       INTEGER NOT NULL,
    longest_gap  INTEGER NOT NULL,          -- milliseconds between two neighbouring checks of the run
    look         INTEGER REFERENCES look(id)    -- the run of another palinode that it follows from; told anew
) STRICT;
CREATE INDEX observation_of_page ON observation (page, first_at);
CREATE INDEX observation_of_look ON observation (look) WHERE look IS NOT NULL;

-- Captures that palinode did not take itself: somebody else says that a page sent this at that time. A capture without
-- a row here was taken by palinode.
CREATE TABLE source (
    capture      INTEGER PRIMARY KEY REFERENCES capture(id),
    page         INTEGER NOT NULL REFERENCES page(id),
    kind         TEXT NOT NULL,             -- `warc`: a file; `archive`: asked of a web archive; `palinode`: another history
    name         TEXT NOT NULL,             -- the file's name, the archive's address, or the observer's name
    record       TEXT NOT NULL,             -- the WARC-Record-ID, the capture's address in the archive, or its line of the other chain
    uri          TEXT,                      -- of a file: where its record says that it comes from
    via          TEXT,                      -- the observer that handed it on, where that is not who took it
    verdict      TEXT,                      -- what a person said of it there, if anything: theirs, and not heeded here
    received_at  TEXT NOT NULL,             -- when palinode got it
    observation  INTEGER REFERENCES observation(id),    -- the look that it stands for; NULL until history is retold
    UNIQUE (page, kind, record)
) STRICT;
-- Other palinodes whose histories were joined to this one. No two histories have the first link of their chain in common.
CREATE TABLE observer (
    id          INTEGER PRIMARY KEY,
    first_link  BLOB NOT NULL UNIQUE,
    name        TEXT NOT NULL UNIQUE        -- stays: records of the chain name it
) STRICT;

-- The runs of checks that they made, by their clocks. Facts; the observations that follow from them are told anew.
CREATE TABLE look (
    id           INTEGER PRIMARY KEY,
    observer     INTEGER NOT NULL REFERENCES observer(id),
    run          INTEGER NOT NULL,          -- its row there
    page         INTEGER NOT NULL REFERENCES page(id),
    outcome      TEXT NOT NULL,             -- as there, but `same` for `changed`: what is new follows from what is known
    reason       TEXT,
    capture      INTEGER REFERENCES capture(id),    -- what they saw, as it is kept here
    first_at     TEXT NOT NULL,
    last_at      TEXT NOT NULL,
    checks       INTEGER NOT NULL,
    longest_gap  INTEGER NOT NULL,          -- milliseconds
    told         INTEGER NOT NULL,          -- 0 until history is retold
    UNIQUE (observer, run)
) STRICT;
CREATE INDEX look_of_page ON look (page);

CREATE UNIQUE INDEX source_of_observation ON source (observation) WHERE observation IS NOT NULL;

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

-- What the next check of a page is compared with.
CREATE TABLE baseline (
    page           INTEGER PRIMARY KEY REFERENCES page(id),
    capture        INTEGER NOT NULL REFERENCES capture(id),
    revision       INTEGER NOT NULL,
    url            TEXT NOT NULL,           -- the address that gave the validators
    etag           BLOB,
    last_modified  BLOB,
    entity         BLOB NOT NULL,           -- digest of the last entity that said the same
    frame          BLOB NOT NULL,           -- digest of the furniture around it, numbers aside
    document       BLOB                     -- passages, their classes and attributes, as the last look found them
) STRICT;

-- When each page is due, not before `at`, by its check at `since`; both empty where nobody has reckoned.
CREATE TABLE due (page INTEGER PRIMARY KEY REFERENCES page(id), at TEXT NOT NULL, since TEXT NOT NULL) STRICT;

-- What the first two answers of a page, a moment apart, did not agree in: while only that differs, nothing has changed.
CREATE TABLE unsteady (
    page INTEGER NOT NULL REFERENCES page(id), capture INTEGER NOT NULL REFERENCES capture(id), position INTEGER NOT NULL,
    one TEXT NOT NULL, other TEXT NOT NULL, -- what a passage said in the first, and in the second, which is `capture`
    PRIMARY KEY (page, capture, position)
) STRICT, WITHOUT ROWID;

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

-- Feeds and sitemaps that are followed, and what they named when. Facts: an address that is named no more keeps its row.

CREATE TABLE follow (
    id          INTEGER PRIMARY KEY,
    url         TEXT NOT NULL UNIQUE,
    name        TEXT UNIQUE,
    settings    TEXT NOT NULL,              -- JSON: cadence, filters, limits, and the settings of the pages it adds
    added_at    TEXT NOT NULL,
    removed_at  TEXT                        -- no longer followed
) STRICT;

-- A run of consecutive looks that came to the same.
CREATE TABLE follow_look (
    id        INTEGER PRIMARY KEY,
    follow    INTEGER NOT NULL REFERENCES follow(id),
    outcome   TEXT NOT NULL,                -- read, partly, held, failed
    reason    TEXT,
    first_at  TEXT NOT NULL,
    last_at   TEXT NOT NULL,
    looks     INTEGER NOT NULL
) STRICT;
CREATE INDEX follow_look_of_follow ON follow_look (follow);

-- The documents of a follow: itself, and the sitemaps that an index names.
CREATE TABLE follow_part (
    id             INTEGER PRIMARY KEY,
    follow         INTEGER NOT NULL REFERENCES follow(id),
    url            TEXT NOT NULL,
    kind           TEXT NOT NULL,           -- feed, sitemap, index
    answered       TEXT NOT NULL,           -- the address that gave the validators
    etag           BLOB,
    last_modified  BLOB,
    entity         BLOB NOT NULL,           -- digest of the last entity
    read_at        TEXT NOT NULL,           -- when it was last read, and not only said to be the same
    UNIQUE (follow, url)
) STRICT;

-- What is or was named. While it is named, it was last seen with the last look; a row changes only when it comes or goes.
CREATE TABLE listed (
    id        INTEGER PRIMARY KEY,          -- of those that came at one time, the newest has the highest
    follow    INTEGER NOT NULL REFERENCES follow(id),
    part      INTEGER NOT NULL REFERENCES follow_part(id),
    url       TEXT NOT NULL,
    dated     TEXT,                         -- by its own word
    first_at  TEXT NOT NULL,
    absence   TEXT,                         -- pushed: by newer ones; missed: once; unlisted: twice, and told. NULL while named
    last_at   TEXT,                         -- the last look that found it, once it is absent
    gone_at   TEXT,                         -- the first look that did not
    page      INTEGER REFERENCES page(id),  -- the page of that address, once there is one
    added_at  TEXT,                         -- when the follow added that page, if it did
    UNIQUE (follow, url)
) STRICT;
CREATE INDEX listed_of_page ON listed (page);

-- Who is told of what, and what is still to be told. A row of the queue is written together with the revision or the
-- observation that it is about, and goes only when it was delivered: so nothing that was recorded is left untold.

CREATE TABLE alert (
    name        TEXT PRIMARY KEY,
    settings    TEXT NOT NULL,              -- JSON: how it is told, and what it wants to hear. Files that hold secrets are
                                            -- named; the address of a webhook can be one, and is never listed whole
    added_at    TEXT NOT NULL,
    wait_until  TEXT                        -- its receiver asked to be left alone until then
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_queue (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: receivers know a repeat by it
    alert     TEXT NOT NULL REFERENCES alert(name) ON DELETE CASCADE,
    page      INTEGER NOT NULL REFERENCES page(id),
    what      TEXT NOT NULL,                -- first, changed, failed, held, gone, recovered, links, unlisted, listed
    revision  INTEGER,
    detail    TEXT,
    at        TEXT NOT NULL,                -- of the check
    tries     INTEGER NOT NULL,
    next_at   TEXT NOT NULL,                -- not tried again before
    error     TEXT,                         -- of the last try
    digest_at TEXT                          -- told together with all others of this time; at once if NULL
) STRICT;

-- Archives that are asked to save pages. The keys they know us by stand in a file, which is named.
CREATE TABLE depository (
    name      TEXT PRIMARY KEY,
    settings  TEXT NOT NULL,                -- JSON: where it is, the file of the keys, and which pages it is asked for
    added_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Orders that an archive save a page, written together with the revision that each is about. Facts: rows stay.
CREATE TABLE deposit (
    id          INTEGER PRIMARY KEY,
    depository  TEXT NOT NULL,              -- its name; no reference: what it confirmed stays when it is asked no more
    page        INTEGER NOT NULL REFERENCES page(id),
    capture     INTEGER NOT NULL REFERENCES capture(id),    -- what palinode itself captured then
    at          TEXT NOT NULL,              -- of the check
    state       TEXT NOT NULL,              -- waiting, unreachable, pending, success, confirmed, error
    sent_at     TEXT,                       -- when it was last ordered, by this machine's clock
    job         TEXT,                       -- the archive's name for the order
    said        TEXT,                       -- its last word, or what was in the way
    memento_at  TEXT,                       -- the second for which its capture stands
    memento     TEXT,                       -- the address of that capture, once its list shows it
    tries       INTEGER NOT NULL,
    next_at     TEXT                        -- nothing is done before; NULL: nothing any more
) STRICT;
CREATE INDEX deposit_due ON deposit (depository, id) WHERE next_at IS NOT NULL;
CREATE INDEX deposit_of_page ON deposit (page);
