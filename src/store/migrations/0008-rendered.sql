
-- What the scripts of a page made of an answer, where they were run: this is read, and the body is kept as it was sent. A
-- fact like the capture itself.
CREATE TABLE rendered (
    capture  INTEGER PRIMARY KEY REFERENCES capture(id),
    body     INTEGER NOT NULL REFERENCES body(id),  -- the document as the browser wrote it down, HTML in UTF-8
    browser  TEXT NOT NULL,                         -- by its own name and version
    missing  INTEGER NOT NULL                       -- so many things that the page asked for could not be had
) STRICT;
CREATE INDEX rendered_of_body ON rendered (body);
