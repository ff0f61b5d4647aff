//! WARC files to captures of pages, each labelled with the record that it was read from.
//!
//! Everything that was read is kept in one transaction; the histories are told anew after. A file that is damaged gives
//! what stands before the damage.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use url::Url;

use crate::archive::{Archived, Gathering, Records, Unusable, WarcError};
use crate::clock::Timestamp;
use crate::extract::DocumentKind;
use crate::fetch::Limits;
use crate::page::{PageSettings, PageUrl};
use crate::store::{CaptureId, Keeping, Origin, Page, Source, Store, StoreError, Writing};

use super::read::{is_page_status, kind};

/// What becomes of answers of pages that are not watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strangers {
    /// They are left.
    Left,
    /// Pages of HTML are watched from now on.
    Added,
}

/// What came of one file.
#[derive(Debug, Default)]
pub struct Imported {
    /// Records that were read.
    pub records: usize,
    /// Captures that were kept.
    pub kept: usize,
    /// Captures that were there already.
    pub known: usize,
    /// Answers that were left, by the reason.
    pub left: BTreeMap<Left, usize>,
    /// Why it was read no further.
    pub damage: Option<WarcError>,
}

/// Why an answer was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// Its page is not watched.
    Unwatched,
    /// It repeats the entity of a record that is nowhere.
    Alone,
    /// It cannot be used.
    Unusable(Unusable),
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be read.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, io::Error),
}

/// Keeps what these files hold of the pages that are watched, or of one alone. The histories are to be told anew after:
/// [`Store::untold`] names them.
pub fn import(
    store: &mut Store,
    files: &[PathBuf],
    only: Option<&PageUrl>,
    strangers: Strangers,
    now: Timestamp,
) -> Result<Vec<Imported>, ImportError> {
    let pages = store.pages_ever()?.into_iter().map(|page| (page.url.clone(), page)).collect();
    let writing = store.write()?;
    let mut importing = Importing {
        writing: &writing,
        pages,
        only,
        strangers,
        now,
        named: BTreeMap::new(),
        waiting: Vec::new(),
    };
    let mut imported = Vec::new();
    for (place, file) in files.iter().enumerate() {
        imported.push(importing.file(file, place)?);
    }
    importing.find_entities(files, &mut imported)?;
    writing.commit()?;
    Ok(imported)
}

struct Importing<'a> {
    writing: &'a Writing<'a>,
    pages: BTreeMap<PageUrl, Page>,
    only: Option<&'a PageUrl>,
    strangers: Strangers,
    now: Timestamp,
    /// The captures with the entities that revisits lean on, by their names.
    named: BTreeMap<String, (CaptureId, PageUrl)>,
    /// Revisits of what was not kept, with the place and the name of their file.
    waiting: Vec<(usize, String, Archived)>,
}

impl Importing<'_> {
    fn file(&mut self, path: &Path, place: usize) -> Result<Imported, ImportError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut imported = Imported::default();
        let mut gathering = Gathering::default();
        for record in records(path)? {
            match record {
                Ok(record) => {
                    imported.records += 1;
                    match gathering.take(record) {
                        Ok(None) => {}
                        Ok(Some(archived)) => self.take(archived, (place, &name), &mut imported)?,
                        Err(why) => *imported.left.entry(Left::Unusable(why)).or_default() += 1,
                    }
                }
                Err(why) => imported.damage = Some(why),
            }
        }
        if let Some(last) = gathering.finish() {
            self.take(last, (place, &name), &mut imported)?;
        }
        Ok(imported)
    }

    /// Keeps an answer with each watched page that it is of.
    fn take(
        &mut self,
        mut archived: Archived,
        (place, file): (usize, &str),
        imported: &mut Imported,
    ) -> Result<(), ImportError> {
        let pages = self.pages_of(&archived)?;
        if pages.is_empty() {
            *imported.left.entry(Left::Unwatched).or_default() += 1;
            return Ok(());
        }
        if let Some(names) = &archived.leans_on {
            let Some((capture, page)) = names.iter().find_map(|name| self.named.get(name)) else {
                self.waiting.push((place, file.to_owned(), archived));
                return Ok(());
            };
            archived.answer.entity = self.writing.answer(*capture, page)?.entity;
        }
        self.keep(&archived, &pages, file, imported)
    }

    fn keep(
        &mut self,
        archived: &Archived,
        pages: &[Page],
        file: &str,
        imported: &mut Imported,
    ) -> Result<(), ImportError> {
        let source = Source {
            origin: Origin::Warc,
            name: file.to_owned(),
            record: archived.record.clone(),
            uri: archived.source.clone(),
            via: None,
            verdict: None,
            received_at: self.now,
        };
        for page in pages {
            let capture = match self.writing.keep_foreign(page, &archived.answer, &source)? {
                Keeping::Kept(capture) => {
                    imported.kept += 1;
                    capture
                }
                Keeping::Known(capture) => {
                    imported.known += 1;
                    capture
                }
            };
            for name in &archived.names {
                self.named.entry(name.clone()).or_insert((capture, page.url.clone()));
            }
        }
        Ok(())
    }

    /// The pages that an answer is of; a stranger is watched from now on if that was asked for.
    fn pages_of(&mut self, archived: &Archived) -> Result<Vec<Page>, ImportError> {
        let is_named = archived.page.is_some();
        let asked: Vec<&Url> = match &archived.page {
            Some(page) => vec![page],
            None => archived.asked.iter().collect(),
        };
        let urls: BTreeSet<PageUrl> =
            asked.iter().filter_map(|url| url.as_str().parse().ok()).collect();
        let wanted = |url: &&PageUrl| self.only.is_none_or(|only| only == *url);
        let mut pages: Vec<Page> = Vec::new();
        for url in urls.iter().filter(wanted) {
            pages.extend(self.pages.get(url).cloned());
        }
        let first = asked.first().and_then(|url| url.as_str().parse::<PageUrl>().ok());
        let stranger = first.filter(|url| wanted(&url)).filter(|_| pages.is_empty());
        let is_page = is_named || is_html(archived);
        if let Some(url) = stranger.filter(|_| self.strangers == Strangers::Added && is_page) {
            self.writing.put_page(&url, &PageSettings::default(), self.now)?;
            let page = self.writing.page_at(&url)?;
            pages.extend(page.clone());
            self.pages.extend(page.map(|page| (url, page)));
        }
        Ok(pages)
    }

    /// Looks once more for the entities of revisits, among the records of pages that are not watched.
    fn find_entities(
        &mut self,
        files: &[PathBuf],
        imported: &mut [Imported],
    ) -> Result<(), ImportError> {
        let mut waiting = std::mem::take(&mut self.waiting);
        for path in files {
            if waiting.is_empty() {
                break;
            }
            let mut gathering = Gathering::default();
            for record in records(path)?.map_while(Result::ok) {
                if let Ok(Some(found)) = gathering.take(record) {
                    waiting = self.lend(&found, waiting, imported)?;
                }
            }
            if let Some(found) = gathering.finish() {
                waiting = self.lend(&found, waiting, imported)?;
            }
        }
        for (place, ..) in waiting {
            *imported[place].left.entry(Left::Alone).or_default() += 1;
        }
        Ok(())
    }

    /// Gives the entity of a record to the revisits that lean on it; gives back the others.
    fn lend(
        &mut self,
        found: &Archived,
        waiting: Vec<(usize, String, Archived)>,
        imported: &mut [Imported],
    ) -> Result<Vec<(usize, String, Archived)>, ImportError> {
        if found.leans_on.is_some() {
            return Ok(waiting);
        }
        let mut others = Vec::new();
        for (place, file, mut revisit) in waiting {
            let leans_on = revisit.leans_on.iter().flatten();
            if !leans_on.into_iter().any(|name| found.names.contains(name)) {
                others.push((place, file, revisit));
                continue;
            }
            revisit.answer.entity.clone_from(&found.answer.entity);
            let pages = self.pages_of(&revisit)?;
            self.keep(&revisit, &pages, &file, &mut imported[place])?;
        }
        Ok(others)
    }
}

type FileRecords = Records<BufReader<File>>;

fn records(path: &Path) -> Result<FileRecords, ImportError> {
    let failed = |why| ImportError::File(path.to_owned(), why);
    let file = File::open(path).map_err(failed)?;
    let longest = Limits::default().entity as u64 + LONGEST_HEAD;
    Records::new(BufReader::new(file), longest).map_err(failed)
}

/// No head that palinode keeps is longer.
const LONGEST_HEAD: u64 = 1 << 20;

/// Of a revisit only the head tells.
fn is_html(archived: &Archived) -> bool {
    is_page_status(archived.answer.status) && kind(&archived.answer) == Some(DocumentKind::Html)
}
