//! What is sought to the wordings that may hold it: a full-text index over every wording of every page.
//!
//! SQLite's own cutting into words finds no Japanese phrase and drops every mark, so it is given palinode's tokens
//! instead: their keys, in letters that it cannot cut. Its own file because the index is all that knows that spelling.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use rusqlite::params;

use super::pages::PageId;
use super::{Store, StoreError, Writing};
use crate::extract::tokens;
use crate::lineage::{Sought, WordOrder, Wording, WordingId};

/// So many words of what is sought are asked of the index, so that no phrase is too much for it; the text itself is
/// looked at for the rest.
const ASKED: usize = 32;

/// A row of the index is a page's number before so many bits of the wording's.
const BITS: u32 = 32;

impl Store {
    /// The wordings that may hold what is sought, by page. Never too few, but perhaps too many: the index knows nothing
    /// of case and the shapes of quotes, and of the words beyond the first few.
    pub fn search(&self, sought: &Sought) -> Result<BTreeMap<PageId, Vec<WordingId>>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT rowid FROM wording_index WHERE wording_index MATCH ?1 ORDER BY rowid",
        )?;
        let mut rows = query.query([question(sought)])?;
        let mut found: BTreeMap<PageId, Vec<WordingId>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (page, wording) = place(row.get(0)?);
            found.entry(page).or_default().push(wording);
        }
        Ok(found)
    }
}

/// The wordings of a page that may hold a phrase, or begin with an end of it.
pub(super) enum Candidates {
    /// Those that the index names.
    Some(BTreeSet<WordingId>),
    /// There is no telling; the page has so many.
    All(usize),
}

impl Candidates {
    /// Whether a wording is one of them.
    pub(super) fn may_hold(&self, id: WordingId) -> bool {
        match self {
            Self::Some(some) => some.contains(&id),
            Self::All(_) => true,
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Some(some) => some.len(),
            Self::All(all) => *all,
        }
    }
}

/// The wordings of a page, which has so many, that may hold the phrase of these keys, or begin with an end of it.
pub(super) fn candidates(
    store: &Store,
    page: PageId,
    keys: &[String],
    all: usize,
) -> Result<Candidates, StoreError> {
    if keys.is_empty() || keys.len() > ASKED {
        return Ok(Candidates::All(all));
    }
    let keys: Vec<String> = keys.iter().map(|key| spelled([key.as_str()])).collect();
    let mut asked = vec![format!("\"{}\"", keys.join(" "))];
    asked.extend((1..keys.len()).map(|from| format!("^ \"{}\"", keys[from..].join(" "))));
    let mut query = store.connection.prepare_cached(
        "SELECT rowid FROM wording_index WHERE wording_index MATCH ?1 AND rowid BETWEEN ?2 AND ?3",
    )?;
    let last = first_row(page) | i64::from(u32::MAX);
    let asked = params![asked.join(" OR "), first_row(page), last];
    let rows = query.query_map(asked, |row| Ok(place(row.get(0)?).1))?;
    Ok(Candidates::Some(rows.collect::<Result<_, _>>()?))
}

impl Writing<'_> {
    /// Brings wordings into the index.
    pub fn index_wordings<'w>(
        &self,
        page: PageId,
        wordings: impl Iterator<Item = (WordingId, &'w Wording)>,
    ) -> Result<(), StoreError> {
        let mut insert = self
            .transaction
            .prepare_cached("INSERT INTO wording_index (rowid, words) VALUES (?1, ?2)")?;
        for (id, wording) in wordings {
            insert.execute(params![first_row(page) | i64::from(id.0), words_of(&wording.text)])?;
        }
        Ok(())
    }

    /// Takes a page out of the index.
    pub(super) fn forget_index(&self, page: PageId) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("DELETE FROM wording_index WHERE rowid BETWEEN ?1 AND ?2")?
            .execute([first_row(page), first_row(page) | i64::from(u32::MAX)])?;
        Ok(())
    }
}

fn first_row(page: PageId) -> i64 {
    page.0 << BITS
}

fn place(row: i64) -> (PageId, WordingId) {
    let number = u32::try_from(row & i64::from(u32::MAX)).unwrap_or(u32::MAX);
    (PageId(row >> BITS), WordingId(number))
}

/// What is asked of the index: one phrase, or words of which each must be there.
fn question(sought: &Sought) -> String {
    let words = sought.words().iter().take(ASKED);
    let spelled: Vec<String> = words.map(|word| spelled([word.as_str()])).collect();
    match sought.order() {
        WordOrder::AsGiven => format!("\"{}\"", spelled.join(" ")),
        WordOrder::Any => format!("\"{}\"", spelled.join("\" AND \"")),
    }
}

fn words_of(text: &str) -> String {
    let tokens = tokens(text);
    spelled(tokens.iter().map(|token| token.key.as_ref()))
}

/// Keys in letters that SQLite's `ascii` tokenizer takes for words: it knows ASCII letters, digits, whatever is not
/// ASCII, and the underscore, which stands here before the number of any other character. So no key is lost, no two
/// become one, and nothing that a person types can be taken for an operator.
fn spelled<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    let mut spelled = String::new();
    for key in keys {
        if !spelled.is_empty() {
            spelled.push(' ');
        }
        for letter in key.chars() {
            if letter.is_ascii_alphanumeric() || !letter.is_ascii() {
                spelled.push(letter);
            } else {
                // Writing to a string cannot fail.
                let _done = write!(spelled, "_{:02x}", u32::from(letter));
            }
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use rusqlite::Connection;

    use super::super::schema;
    use super::*;
    use crate::extract::PassageKind;
    use crate::lineage::{Exactness, LineId, RevisionNumber};

    const WORDS: &str =
        "CREATE VIRTUAL TABLE temp.word USING fts5vocab (main, wording_index, instance)";

    /// How many texts of these hold what is sought, by the index alone.
    fn found(texts: &[&str], phrase: &str, order: WordOrder) -> u32 {
        let index = index(texts);
        let Some(sought) = Sought::new(phrase, Exactness::Folded, order) else { return 0 };
        let sql = "SELECT count(*) FROM wording_index WHERE wording_index MATCH ?1";
        index.query_row(sql, [question(&sought)], |row| row.get(0)).unwrap()
    }

    fn index(texts: &[&str]) -> Connection {
        let mut index = Connection::open_in_memory().unwrap();
        schema::prepare(&mut index, Path::new(":memory:"), schema::Access::Write).unwrap();
        for text in texts {
            let insert = "INSERT INTO wording_index (words) VALUES (?1)";
            index.execute(insert, [words_of(text)]).unwrap();
        }
        index
    }

    #[test]
    fn awkward_words_are_found_as_they_are() {
        for (text, phrase, other) in [
            ("It’s a “long” story.", "it's a \"long\"", "its a long"),
            ("We write C++, and some C#.", "c++", "c--"),
            ("see § 4 of it", "§ 4", "§ 5"),
            (
                "a \u{1f426}\u{200d}\u{2b1b} flew",
                "\u{1f426}\u{200d}\u{2b1b} flew",
                "\u{1f426} flew",
            ),
            ("私たちは誇りを持って支援します。", "誇りを", "誇を"),
            ("a well-known fact", "well-known", "well known"),
            ("snake_case and snake", "snake_case", "case"),
            ("It costs 3.14 or 1,000", "3.14", "3 14"),
            ("naïve Café", "CAFE\u{301}", "cafe"),
            ("a NEAR(b) OR c*", "near(b) or c*", "near(b or c*"),
        ] {
            assert_eq!(found(&[text], phrase, WordOrder::AsGiven), 1, "{phrase:?} in {text:?}");
            assert_eq!(found(&[text], other, WordOrder::AsGiven), 0, "{other:?} in {text:?}");
        }
    }

    #[test]
    fn words_in_any_order_must_all_be_there() {
        let texts = ["the harbour and its pilots", "pilots of the harbour", "no pilots"];
        assert_eq!(found(&texts, "harbour pilots", WordOrder::Any), 2);
        assert_eq!(found(&texts, "harbour pilots", WordOrder::AsGiven), 0);
    }

    /// A page whose record fails takes nothing of the others' index with it.
    #[test]
    fn a_part_of_a_write_that_fails_leaves_nothing_in_the_index() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open_or_create(&folder.path().join("palinode.db")).unwrap();
        let wording = Wording {
            line: LineId(0),
            born: RevisionNumber::FIRST,
            kind: PassageKind::Paragraph,
            text: "proud to serve".to_owned(),
        };
        let writing = store.write().unwrap();
        for page in [1, 2, 3] {
            let done = writing.attempt(|| {
                writing.index_wordings(PageId(page), [(WordingId(0), &wording)].into_iter())?;
                if page == 2 { Err(StoreError::Damaged("a body".to_owned())) } else { Ok(()) }
            });
            assert_eq!(done.is_err(), page == 2);
        }
        writing.commit().unwrap();
        let sought = Sought::new("proud", Exactness::Folded, WordOrder::AsGiven).unwrap();
        let found: Vec<i64> = store.search(&sought).unwrap().keys().map(|page| page.0).collect();
        assert_eq!(found, [1, 3]);
    }

    #[test]
    fn very_much_can_be_sought() {
        let long: Vec<String> = (0..20_000).map(|number| format!("w{number}")).collect();
        let long = long.join(" ");
        for order in [WordOrder::AsGiven, WordOrder::Any] {
            assert_eq!(found(&[&long, "w1 w2"], &long, order), 1);
        }
        assert_eq!(found(&["one"], &"w".repeat(100_000), WordOrder::AsGiven), 0);
    }

    proptest! {
        #[test]
        fn every_key_is_one_word_of_the_index(text in any::<String>()) {
            let index = index(&[&text]);
            index.execute_batch(WORDS).unwrap();
            let mut query = index.prepare("SELECT term FROM word ORDER BY offset").unwrap();
            let words: Vec<String> =
                query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            let tokens = tokens(&text);
            let expect: Vec<String> =
                tokens.iter().map(|token| spelled([token.key.as_ref()])).collect();
            prop_assert_eq!(words, expect);
        }

        #[test]
        fn a_text_is_found_by_any_part_of_it(text in any::<String>(), from in 0_usize..9, size in 1_usize..9) {
            let tokens = tokens(&text);
            let part = tokens.iter().skip(from).take(size);
            let part = part.fold(None, |range: Option<(usize, usize)>, token| {
                Some((range.map_or(token.start, |(start, _)| start), token.end()))
            });
            let Some((start, end)) = part else { return Ok(()) };
            for order in [WordOrder::AsGiven, WordOrder::Any] {
                prop_assert_eq!(found(&[&text], &text[start..end], order), 1);
            }
        }
    }
}
