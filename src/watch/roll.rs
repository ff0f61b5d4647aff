//! What a follow named before, and what it names now, to the rows that changed and the pages that are added.
//!
//! Apart from `follow.rs`, which knows looks and news, since this is the one place that says that an address is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::contents::{Part, Reading, Trouble, settings_at};
use super::follow::Filter;
use super::window::Window;
use crate::clock::Timestamp;
use crate::extract::{ContentsKind, Entry};
use crate::page::PageUrl;
use crate::store::{Absent, Follow, FollowPart, Leaving, Listed, StoreError, Writing};

/// The rows of a follow while a look is recorded.
pub(super) struct Roll<'a> {
    writing: &'a Writing<'a>,
    follow: &'a Follow,
    at: Timestamp,
    /// When the follow was last read before.
    seen_at: Timestamp,
    /// As they are kept, …
    before: Vec<Listed>,
    /// … and as they are now, in the same order; new ones after them.
    rows: Vec<Listed>,
    by_url: BTreeMap<PageUrl, usize>,
    /// Those that are named now.
    named: BTreeSet<usize>,
    /// The stretches that feeds cover, by the row of the document.
    windows: BTreeMap<i64, Window>,
    /// Documents that name less than before, as far as a look in part can tell: they are asked for anew.
    unsure: BTreeSet<i64>,
}

/// How much a look saw.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// All that is named.
    Whole,
    /// Not all.
    Partial,
}

/// How much of a reading was taken in.
pub(super) enum Taken {
    All,
    /// Not all is known, and why.
    Partly(String),
    /// It is not believed.
    Nothing(Trouble),
}

impl<'a> Roll<'a> {
    pub(super) fn of(
        writing: &'a Writing<'_>,
        follow: &'a Follow,
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        let before = writing.listed(follow.id)?;
        let rows = before.clone();
        let by_url = rows.iter().enumerate().map(|(index, row)| (row.url.clone(), index)).collect();
        let (named, windows, unsure) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
        let seen_at = writing.follow_read_at(follow.id)?.unwrap_or(at);
        Ok(Self { writing, follow, at, seen_at, before, rows, by_url, named, windows, unsure })
    }

    /// Takes in what is named now. Where all is gone at once, it is more likely that something is broken.
    pub(super) fn take(&mut self, reading: Reading) -> Result<Taken, StoreError> {
        let Reading { parts, mut partly } = reading;
        let is_bare = |part: &Part| matches!(part, Part::Anew(_, entries) if entries.is_empty());
        let was_full = self.rows.iter().any(|row| row.absent.is_none());
        if was_full && partly.is_none() && parts.iter().all(is_bare) {
            return Ok(Taken::Nothing(Trouble {
                outcome: "held",
                reason: "empty".to_owned(),
                hint: "it names nothing any more; what it named stays watched".to_owned(),
            }));
        }
        for part in parts {
            match part {
                Part::Same(url, renewed) => self.take_same(&url, renewed.as_ref())?,
                Part::Anew(part, entries) if entries.is_empty() && self.names_any(&part)? => {
                    partly.get_or_insert(format!("empty at {}", part.url));
                }
                Part::Anew(part, entries) => self.take_anew(&part, &entries)?,
            }
        }
        Ok(partly.map_or(Taken::All, Taken::Partly))
    }

    fn names_any(&self, part: &FollowPart) -> Result<bool, StoreError> {
        let part = self.writing.follow_part(self.follow.id, &part.url)?;
        Ok(self.rows.iter().any(|row| Some(row.part) == part && row.absent.is_none()))
    }

    fn take_same(&mut self, url: &PageUrl, renewed: Option<&FollowPart>) -> Result<(), StoreError> {
        if let Some(part) = renewed {
            self.writing.put_follow_part(self.follow.id, part)?;
        }
        let part = self.writing.follow_part(self.follow.id, url)?;
        let rows = self.rows.iter().enumerate();
        let same = rows.filter(|(_, row)| Some(row.part) == part && row.absent.is_none());
        self.named.extend(same.map(|(index, _)| index));
        Ok(())
    }

    fn take_anew(&mut self, known: &FollowPart, entries: &[Entry]) -> Result<(), StoreError> {
        let part = self.writing.put_follow_part(self.follow.id, known)?;
        let mut rows = Vec::with_capacity(entries.len());
        // From its end, so that the newest get the highest rows.
        for entry in entries.iter().rev() {
            let index = match self.by_url.get(&entry.url) {
                Some(index) => *index,
                None => self.insert(part, entry)?,
            };
            self.named.insert(index);
            let row = &mut self.rows[index];
            (row.part, row.dated) = (part, entry.date);
            rows.push(row.id);
        }
        rows.reverse();
        if known.kind == ContentsKind::Feed {
            self.windows.insert(part, Window::of(entries, &rows));
        }
        Ok(())
    }

    fn insert(&mut self, part: i64, entry: &Entry) -> Result<usize, StoreError> {
        let (url, dated) = (entry.url.clone(), entry.date);
        let id = self.writing.add_listed(self.follow.id, part, &url, dated, self.at)?;
        let (first_at, page) = (self.at, None);
        let row = Listed { id, part, url, dated, first_at, absent: None, page, added_at: None };
        self.before.push(row.clone());
        self.rows.push(row);
        let index = self.rows.len() - 1;
        self.by_url.insert(entry.url.clone(), index);
        Ok(index)
    }

    /// Notes who is missing and who is back; gives those of either kind that are told. Nobody is missed by a look that
    /// did not see all.
    pub(super) fn call(&mut self, sight: Sight) -> (Vec<PageUrl>, Vec<PageUrl>) {
        let (mut gone, mut back) = (Vec::new(), Vec::new());
        for (index, row) in self.rows.iter_mut().enumerate() {
            let how = row.absent.map(|absent| absent.how);
            if self.named.contains(&index) {
                if how == Some(Leaving::Unlisted) {
                    back.push(row.url.clone());
                }
                row.absent = None;
                continue;
            }
            if matches!(how, Some(Leaving::Pushed | Leaving::Unlisted)) {
                continue;
            }
            if sight == Sight::Partial {
                self.unsure.insert(row.part);
                continue;
            }
            let is_missing = self.windows.get(&row.part).is_none_or(|window| window.covers(row));
            let now = match (is_missing, how) {
                (false, _) => Leaving::Pushed,
                (true, None) => Leaving::Missed,
                (true, Some(_)) => Leaving::Unlisted,
            };
            if now == Leaving::Unlisted {
                gone.push(row.url.clone());
            }
            let since = row.absent.map(|absent| (absent.last_at, absent.gone_at));
            let (last_at, gone_at) = since.unwrap_or((self.seen_at, self.at));
            row.absent = Some(Absent { how: now, last_at, gone_at });
        }
        (gone, back)
    }

    /// Adds pages for what is named and has none, newest first; gives the new ones, and how many have to wait.
    pub(super) fn add_pages(&mut self) -> Result<(Vec<PageUrl>, usize), StoreError> {
        let settings = &self.follow.settings;
        // A settings file of a later version may hold what this one cannot read: then nothing is added.
        let Ok(filter) = Filter::of(settings) else { return Ok((Vec::new(), 0)) };
        let mut room =
            settings.most.saturating_sub(self.writing.watched_by_follow(self.follow.id)?);
        room = room.min(settings.limit);
        let mut open: Vec<usize> = (0..self.rows.len())
            .filter(|index| {
                let row = &self.rows[*index];
                row.page.is_none() && row.absent.is_none() && filter.takes(self.follow, &row.url)
            })
            .collect();
        open.sort_by_key(|index| {
            std::cmp::Reverse((self.rows[*index].dated, self.rows[*index].id))
        });
        let (mut added, mut waiting) = (Vec::new(), 0);
        for index in open {
            let url = self.rows[index].url.clone();
            if let Some(page) = self.writing.page_at(&url)? {
                self.rows[index].page = Some(page.id);
            } else if added.len() < room {
                self.writing.put_page(&url, &settings_at(self.follow, &url), self.at)?;
                let page = self.writing.page_at(&url)?;
                let row = &mut self.rows[index];
                (row.page, row.added_at) = (page.map(|page| page.id), Some(self.at));
                added.push(url);
            } else {
                waiting += 1;
            }
        }
        Ok((added, waiting))
    }

    /// Writes the rows that changed.
    pub(super) fn write(&self) -> Result<(), StoreError> {
        self.unsure.iter().try_for_each(|part| self.writing.doubt_follow_part(*part))?;
        let rows = self.before.iter().zip(&self.rows);
        rows.filter(|(before, now)| before != now)
            .try_for_each(|(_, now)| self.writing.put_listed(now))
    }
}
