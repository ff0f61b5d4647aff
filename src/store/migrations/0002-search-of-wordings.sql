-- The index of `palinode search`. It holds no text of its own: a row is a wording, `page << 32 | number`, and its words
-- are the keys of palinode's own tokens, spelled so that SQLite takes each for one word. It is told anew like the
-- wordings. SQLite reads it from 3.43 on; the other tables do not need it.
CREATE VIRTUAL TABLE wording_index USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'"
);

-- Pages whose wordings are not in the index: those that were told before there was one. `search` brings them in.
CREATE TABLE unindexed (
    page  INTEGER PRIMARY KEY REFERENCES page(id)
) STRICT;
INSERT INTO unindexed SELECT DISTINCT id >> 32 FROM wording;
