-- What one revision asks for can be read without the rest of the history: a text by its number, what was said by its
-- digest, the newest wording of a line. All of it is told anew like the wordings; a page that was told before is brought
-- over by its next revision.

-- One wording of a passage a row, `page << 32 | number`. What its line said next is nearly the same; so a wording that
-- was followed by another is kept as its difference to that one, and those that stand are whole. `wording`, from before,
-- holds packs of many.
CREATE TABLE text (
    id     INTEGER PRIMARY KEY,
    line   INTEGER NOT NULL,
    nth    INTEGER NOT NULL,                -- of its line's wordings; every sixteenth is kept whole
    next   INTEGER,                         -- number of the wording that it is a difference to
    data   BLOB NOT NULL,
    seal   INTEGER NOT NULL                 -- of the whole text
) STRICT;

-- Digests of passages, and of every five words in a row, to the wordings that said them first.
CREATE TABLE said (
    page     INTEGER NOT NULL REFERENCES page(id),
    digest   INTEGER NOT NULL,
    wording  INTEGER NOT NULL,
    PRIMARY KEY (page, digest, wording)
) STRICT, WITHOUT ROWID;

ALTER TABLE strand ADD COLUMN newest INTEGER;   -- the last wording that the line got

-- The layout of a state as its difference to that of another; every sixteenth is whole. `state.layout` is empty then.
CREATE TABLE layout (
    state  INTEGER PRIMARY KEY REFERENCES state(id),
    base   INTEGER REFERENCES state(id),
    depth  INTEGER NOT NULL,                -- how many others it takes to read it
    data   BLOB NOT NULL
) STRICT;
