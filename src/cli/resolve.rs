//! What a person types for a page, a revision or a capture to the one that is meant, or to what it could have meant.

use std::time::Duration;

use super::Failure;
use crate::clock::Timestamp;
use crate::lineage::RevisionNumber;
use crate::store::{CaptureId, Follow, Page, Revision, Sifted, Store};
use crate::views::moment;

/// The page that a name, an address or an unambiguous part of one means; pages that are no longer watched included.
pub(super) fn page(store: &Store, text: &str) -> Result<Page, Failure> {
    let mut pages = store.pages_ever()?;
    // A name may have passed from a page that is no longer watched to one that is.
    pages.sort_by_key(|page| page.removed_at.is_some());
    let exact =
        |page: &Page| page.settings.name.as_deref() == Some(text) || page.url.as_str() == text;
    let normal = text.parse::<crate::page::PageUrl>().ok();
    if let Some(index) =
        pages.iter().position(|page| exact(page) || normal.as_ref() == Some(&page.url))
    {
        return Ok(pages.swap_remove(index));
    }
    let needle = text.to_lowercase();
    let holds = |page: &Page| {
        page.title().to_lowercase().contains(&needle)
            || page.url.as_str().to_lowercase().contains(&needle)
    };
    pages.retain(holds);
    match pages.len() {
        0 => Err(Failure::usage(format!(
            "no page is called \"{text}\"\nhint: `palinode pages` lists them"
        ))),
        1 => Ok(pages.remove(0)),
        count => {
            let some: Vec<&str> = pages.iter().take(5).map(Page::title).collect();
            let more = if count > 5 { format!(" and {} more", count - 5) } else { String::new() };
            Err(Failure::usage(format!(
                "\"{text}\" could be any of {count} pages: {}{more}",
                some.join(", ")
            )))
        }
    }
}

/// The follow that a name, an address or an unambiguous part of one means.
pub(super) fn follow(store: &Store, text: &str) -> Result<Follow, Failure> {
    let mut all = store.follows()?;
    if let Some(index) = all.iter().position(|follow| is_called(follow, text)) {
        return Ok(all.swap_remove(index));
    }
    let needle = text.to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&needle);
    all.retain(|follow| holds(follow.title()) || holds(follow.url.as_str()));
    match all.len() {
        1 => Ok(all.remove(0)),
        0 => Err(Failure::usage(format!(
            "nothing that is followed is called \"{text}\"\nhint: `palinode following` lists it"
        ))),
        count => {
            Err(Failure::usage(format!("\"{text}\" could be any of {count} that are followed")))
        }
    }
}

/// Whether this is the very name or address of a follow.
pub(super) fn is_called(follow: &Follow, text: &str) -> bool {
    let normal = text.parse::<crate::page::PageUrl>().ok();
    follow.settings.name.as_deref() == Some(text) || normal.as_ref() == Some(&follow.url)
}

/// The pages that these texts mean; of none, all that ever were watched.
pub(super) fn pages_or_all(store: &Store, texts: &[String]) -> Result<Vec<Page>, Failure> {
    if texts.is_empty() {
        return Ok(store.pages_ever()?);
    }
    texts.iter().map(|text| page(store, text)).collect()
}

/// Why none of these pages lets another have its name, if one has it.
pub(super) fn name_taken<'a>(
    mut pages: impl Iterator<Item = &'a Page>,
    name: Option<&str>,
) -> Option<String> {
    let name = name?;
    let page = pages.find(|page| page.settings.name.as_deref() == Some(name))?;
    Some(format!("{} is called \"{name}\" already", page.url))
}

/// The revision that `r3`, `3`, `first`, `latest`, `latest~2` or a time means; a time means what stood then.
pub(super) fn revision<'a>(
    revisions: &'a [Revision],
    page: &Page,
    text: &str,
) -> Result<&'a Revision, Failure> {
    let none = |why: String| Failure::usage(format!("{}: {why}", page.title()));
    let Some(latest) = revisions.last() else {
        return Err(none("it has no revision yet\nhint: `palinode check` looks at it".to_owned()));
    };
    let by_number = |number| Revision::numbered(revisions, RevisionNumber(number));
    let unknown = || none(format!("there is no revision {text}; the latest is {}", latest.number));
    if let Some(number) =
        text.strip_prefix('r').unwrap_or(text).parse().ok().filter(|_| !text.contains('-'))
    {
        return by_number(number).ok_or_else(unknown);
    }
    if text == "first" {
        return by_number(1).ok_or_else(unknown);
    }
    if let Some(back) = text.strip_prefix("latest") {
        let back = if back.is_empty() {
            Some(0)
        } else {
            back.strip_prefix('~').and_then(|count| count.parse().ok())
        };
        let number = back.and_then(|back| latest.number.0.checked_sub(back));
        return number.and_then(by_number).ok_or_else(unknown);
    }
    let time: Timestamp = text.parse().map_err(|_| {
        none(format!("\"{text}\" is no revision\nhint: write r3, first, latest, latest~1 or a date like 2018-06-18"))
    })?;
    // A bare date means what stood when that day ended.
    let day = Duration::from_millis(24 * 3600 * 1000 - 1);
    let time = if text.contains(':') { time } else { time.after(day) };
    let stood = revisions.iter().rev().find(|revision| revision.first_seen <= time);
    stood.ok_or_else(|| {
        none(format!("nothing is known of it before {} UTC", moment(revisions[0].first_seen)))
    })
}

/// The captures that `c12`, `held`, `latest` or a revision `r3` means; a revision means all that show it in its stay.
pub(super) fn captures(store: &Store, page: &Page, text: &str) -> Result<Vec<Sifted>, Failure> {
    let hint = format!("hint: `palinode captures {}` lists them", page.title());
    let none = |why: &str| Failure::usage(format!("{}: {why}\n{hint}", page.title()));
    let mut all = store.sifted(page.id)?;
    let revision = text.strip_prefix('r').and_then(|number| number.parse().ok());
    match (text, text.parse::<CaptureId>(), revision.map(RevisionNumber)) {
        ("latest", ..) => all.drain(..all.len().saturating_sub(1)).for_each(drop),
        ("held", ..) => {
            all.retain(Sifted::is_held);
            all.drain(..all.len().saturating_sub(1)).for_each(drop);
        }
        (_, Ok(id), _) => all.retain(|capture| capture.id == id),
        (_, _, Some(number)) => all.retain(|capture| capture.revision == Some(number)),
        _ => {
            return Err(none(&format!(
                "\"{text}\" names no capture: write c12, r3, held or latest"
            )));
        }
    }
    if all.is_empty() { Err(none(&format!("there is no capture {text}"))) } else { Ok(all) }
}
