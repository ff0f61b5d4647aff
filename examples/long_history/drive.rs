//! Text after text into the store, the way of a check that was believed, and how long each took.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use palinode::clock::Timestamp;
use palinode::extract::document_of_plain_text;
use palinode::fetch::{Answer, Digest, Head};
use palinode::page::{PageSettings, PageUrl};
use palinode::store::{Page, PageId, Store, Writing};
use palinode::watch::{Outcome, Standing, Told, tell};

/// So many revisions are one transaction, as a batch of answers is.
const BATCH: usize = 50;

/// A day passes between two revisions, so that times differ.
const DAY: i64 = 86_400_000;

/// What was played.
pub(crate) struct Played {
    pub(crate) page: PageId,
    /// Texts of the export, equal neighbours and empty ones included.
    pub(crate) texts: usize,
    /// The bytes of all of them.
    pub(crate) raw: u64,
    /// How long each revision took to be told and written.
    pub(crate) took: Vec<Duration>,
    /// How much of that this program had the processor, which others may want too.
    pub(crate) ran: Vec<Duration>,
    /// How long the commits took, of all together.
    pub(crate) commits: Duration,
}

struct Player {
    page: Page,
    standing: Option<(Standing, Digest)>,
    played: Played,
}

/// Plays text after text.
pub(crate) fn play(
    store: &mut Store,
    texts: impl Iterator<Item = io::Result<String>>,
) -> Result<Played, Box<dyn Error>> {
    let page = watched(store)?;
    let played = Played {
        page: page.id,
        texts: 0,
        raw: 0,
        took: Vec::new(),
        ran: Vec::new(),
        commits: Duration::ZERO,
    };
    let mut told = Player { page, standing: None, played };
    let mut texts = texts.peekable();
    while texts.peek().is_some() {
        let writing = store.write()?;
        for text in texts.by_ref().take(BATCH) {
            told.take(&writing, &text?)?;
        }
        let begun = now();
        writing.commit()?;
        told.played.commits += begun.elapsed();
    }
    Ok(told.played)
}

impl Player {
    fn take(&mut self, writing: &Writing<'_>, text: &str) -> Result<(), Box<dyn Error>> {
        let at = Timestamp::from_millis(i64::try_from(self.played.texts)? * DAY);
        self.played.texts += 1;
        self.played.raw += text.len() as u64;
        let document = document_of_plain_text(text);
        let says = document.state_digest();
        if document.passages.is_empty() || self.standing.is_some_and(|(_, stands)| stands == says) {
            return Ok(());
        }
        let answer = self.answer(text, at);
        let near = self.standing.map(|(standing, _)| standing.capture);
        let entity = Digest::of(&answer.entity);
        let capture = writing.keep_capture(self.page.id, &self.page.url, &answer, entity, near)?;
        let (begun, before) = (now(), on_the_processor());
        let told = Told { page: &self.page, capture, document: &document, says };
        let Outcome { number: revision, .. } =
            tell(writing, &told, self.standing.map(|(standing, _)| standing))?;
        self.played.ran.push(on_the_processor().saturating_sub(before));
        self.played.took.push(begun.elapsed());
        self.standing = Some((Standing { revision, capture }, says));
        Ok(())
    }

    fn answer(&self, text: &str, at: Timestamp) -> Answer {
        Answer {
            asked_at: at,
            at,
            url: self.page.url.url().clone(),
            redirects: Vec::new(),
            remote: None,
            status: 200,
            head: Head::default(),
            entity: text.as_bytes().to_vec(),
            rendered: None,
        }
    }
}

fn watched(store: &mut Store) -> Result<Page, Box<dyn Error>> {
    let url: PageUrl = "https://example.org/long".parse()?;
    let writing = store.write()?;
    writing.put_page(&url, &PageSettings::default(), Timestamp::from_millis(0))?;
    writing.commit()?;
    Ok(store.page_at(&url)?.ok_or("the page is not there")?)
}

/// How long this thread has run by now; nothing where the system does not tell.
fn on_the_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

#[expect(clippy::disallowed_methods, reason = "what is measured here is time itself")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
