-- The schema. Nouns are singular and are those of the README; times are UTC text of one width, so that they sort
-- and any SQLite browser shows them. What stands below "told anew" can be rebuilt from captures by `palinode rebuild`.

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

-- Told anew by `rebuild` --------------------------------------------------------------------------------------------

CREATE TABLE state (
    id         INTEGER PRIMARY KEY,
    page       INTEGER NOT NULL REFERENCES page(id),
    digest     BLOB NOT NULL,               -- SHA-256 of the main text
    title      TEXT,
    byline     TEXT,
    published  TEXT,
    modified   TEXT,
    rules      INTEGER NOT NULL             -- version of the rules that told it
) STRICT;
CREATE INDEX state_of_page ON state (page, digest);

CREATE TABLE revision (
    page     INTEGER NOT NULL REFERENCES page(id),
    number   INTEGER NOT NULL,
    against  INTEGER,                       -- the revision that it is told against, where that is not the one before
    state    INTEGER NOT NULL REFERENCES state(id),
    capture  INTEGER NOT NULL REFERENCES capture(id),
    words_added INTEGER NOT NULL,
    words_removed INTEGER NOT NULL,
    moved    INTEGER NOT NULL,
    restyled INTEGER NOT NULL,
    PRIMARY KEY (page, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX revision_of_state ON revision (state, number);

-- Which line stands where in a state, and in which wording: mostly as the difference to the layout of another state.
CREATE TABLE layout (
    state  INTEGER PRIMARY KEY REFERENCES state(id),
    base   INTEGER REFERENCES state(id),    -- every sixteenth is whole, and has none
    depth  INTEGER NOT NULL,                -- how many others it takes to read it
    data   BLOB NOT NULL
) STRICT;

-- Every wording that a passage of the page ever had: `id` is `page << 32 | number`. What its line says next is nearly
-- the same; so a wording that was followed by another is kept as its difference to that one, and those that stand are
-- whole.
CREATE TABLE wording (
    id    INTEGER PRIMARY KEY,
    line  INTEGER NOT NULL,
    nth   INTEGER NOT NULL,                 -- of its line's wordings; every sixteenth is kept whole
    next  INTEGER,                          -- number of the wording that it is a difference to
    data  BLOB NOT NULL,
    seal  INTEGER NOT NULL                  -- of the whole text
) STRICT;

-- Digests of passages, and of every five words in a row, to the wordings that said them first.
CREATE TABLE said (
    page     INTEGER NOT NULL REFERENCES page(id),
    digest   INTEGER NOT NULL,
    wording  INTEGER NOT NULL,
    PRIMARY KEY (page, digest, wording)
) STRICT, WITHOUT ROWID;

-- The lines that were ever edited: their slots, dead ones included, as runs of neighbours with one life, and the
-- absences that the lives of these runs have in common.
CREATE TABLE strand (
    page   INTEGER NOT NULL REFERENCES page(id),
    line   INTEGER NOT NULL,
    slots  BLOB NOT NULL,
    newest INTEGER NOT NULL,                -- the last wording that the line got
    PRIMARY KEY (page, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    page         INTEGER NOT NULL REFERENCES page(id),
    revision     INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    grade        TEXT NOT NULL,
    old_wording  INTEGER,
    old_from     INTEGER,
    old_to       INTEGER,
    new_wording  INTEGER,
    new_from     INTEGER,
    new_to       INTEGER,
    born         INTEGER NOT NULL,
    gone         INTEGER,
    times        INTEGER NOT NULL,          -- of a return: how often it has been back by now
    gate         TEXT,                      -- why nobody is told, if nobody is
    words        TEXT NOT NULL,             -- what it is about, shortened; empty if nobody is told
    PRIMARY KEY (page, revision, position)
) STRICT, WITHOUT ROWID;

-- What changed beside the words: where links lead, what pictures are said to show. A capture is kept for it; no revision
-- tells of it.
CREATE TABLE attribute_change (
    page INTEGER NOT NULL REFERENCES page(id), capture INTEGER NOT NULL REFERENCES capture(id), position INTEGER NOT NULL,
    kind      TEXT NOT NULL,                -- link: a target; alt: the alternative text of a picture
    passage   TEXT NOT NULL,                -- the text of the passage
    about     TEXT NOT NULL,                -- the words that lead there; of a picture, its place in the passage
    old       TEXT,                         -- NULL: the words led nowhere
    new       TEXT,                         -- NULL: they lead nowhere any more
    PRIMARY KEY (page, capture, position)
) STRICT, WITHOUT ROWID;

-- The index of `palinode search`. It holds no text of its own: a row is a wording, `page << 32 | number`, and its words
-- are the keys of palinode's own tokens, spelled so that SQLite takes each for one word. It is told anew like the
-- wordings. SQLite reads it from 3.43 on; the other tables do not need it.
CREATE VIRTUAL TABLE wording_index USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'"
);

-- For people with any SQLite tool -----------------------------------------------------------------------------------

CREATE VIEW history AS
SELECT page.url, page.name, revision.number AS revision, capture.at AS first_seen,
       (SELECT max(last_at) FROM observation WHERE observation.page = page.id AND observation.revision = revision.number) AS last_seen,
       (SELECT max(last_at) FROM observation WHERE observation.page = page.id AND observation.revision = coalesce(revision.against, revision.number - 1)) AS before_last_seen,
       words_added, words_removed, moved, restyled, state.title
FROM revision JOIN page ON page.id = revision.page JOIN capture ON capture.id = revision.capture JOIN state ON state.id = revision.state
ORDER BY page.url, revision.number;

CREATE VIEW restoration AS
SELECT page.url, page.name, event.kind, event.grade, event.words, event.born AS first_in_revision, event.gone AS missing_from_revision,
       event.revision AS back_in_revision, gone.at AS first_missing, back.at AS back_at
FROM event JOIN page ON page.id = event.page
JOIN revision AS gone_in ON gone_in.page = event.page AND gone_in.number = event.gone JOIN capture AS gone ON gone.id = gone_in.capture
JOIN revision AS back_in ON back_in.page = event.page AND back_in.number = event.revision JOIN capture AS back ON back.id = back_in.capture
WHERE event.kind IN ('restored', 'put-back') AND event.gate IS NULL
ORDER BY back.at;
