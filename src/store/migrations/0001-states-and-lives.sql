-- The schema, second half: told anew from captures by `palinode rebuild`.

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
