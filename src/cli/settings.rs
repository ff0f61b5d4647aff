//! Flags and settings files to settings that are sound, or to what is wrong with them.
//!
//! `add`, `edit` and `apply` share it, so that the same mistake is told in the same words wherever it is made.

use std::collections::BTreeMap;

use clap::Args;

use crate::extract::{Selection, tokens};
use crate::page::{Cadence, Confirm, PageSettings};

/// The settings of a page
#[derive(Clone, Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct SettingArgs {
    /// A short name to call the page by
    #[arg(long)]
    name: Option<String>,
    /// CSS selector of what counts as the page's text; may be given several times
    #[arg(long, value_name = "CSS")]
    select: Vec<String>,
    /// CSS selector of what does not count; may be given several times
    #[arg(long, value_name = "CSS")]
    exclude: Vec<String>,
    /// How often to look: an interval like 15m, 6h or 1d, a cron expression in UTC, or `decay`
    #[arg(long, value_name = "CADENCE")]
    every: Option<Cadence>,
    /// A phrase of interest, kept and listed with the page; may be given several times
    #[arg(long, value_name = "PHRASE")]
    phrase: Vec<String>,
    /// An extra request header, "Name: value", sent to the page's own origin only
    #[arg(long, value_name = "HEADER")]
    header: Vec<String>,
    /// A word to group pages by; may be given several times
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Let the page be fetched from this machine and its network too
    #[arg(long)]
    allow_private: bool,
    /// Fetch the page even if its site's robots.txt asks not to
    #[arg(long)]
    ignore_robots: bool,
    /// Have the page's scripts run by your own Chromium before it is read
    #[arg(long)]
    render: bool,
    /// Believe a change of the page at once, without asking for it a second time
    #[arg(long)]
    no_confirm: bool,
}

impl SettingArgs {
    /// Lays what was given over the settings: a list that is given replaces the list that was there.
    pub(super) fn over(self, mut settings: PageSettings) -> Result<PageSettings, String> {
        let Self {
            name,
            select,
            exclude,
            every,
            phrase,
            header,
            tag,
            allow_private,
            ignore_robots,
            render,
            no_confirm,
        } = self;
        settings.name = name.or(settings.name);
        settings.cadence = every.unwrap_or(settings.cadence);
        settings.allow_private |= allow_private;
        settings.ignore_robots |= ignore_robots;
        settings.render |= render;
        if no_confirm {
            settings.confirm = Confirm::Once;
        }
        let lists = [
            (select, &mut settings.select),
            (exclude, &mut settings.exclude),
            (phrase, &mut settings.phrases),
            (tag, &mut settings.tags),
        ];
        for (given, kept) in lists.into_iter().filter(|(given, _)| !given.is_empty()) {
            *kept = given;
        }
        if !header.is_empty() {
            settings.headers = headers(&header)?;
        }
        sound(settings)
    }
}

/// Gives the settings back if nothing is wrong with them.
pub(super) fn sound(settings: PageSettings) -> Result<PageSettings, String> {
    if let Some(name) = &settings.name {
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(format!(
                "\"{name}\" cannot be a name: it must hold letters, and no line breaks"
            ));
        }
        if name.parse::<crate::page::PageUrl>().is_ok() {
            return Err(format!("\"{name}\" cannot be a name: it is an address"));
        }
    }
    Selection::new(&settings.select, &settings.exclude).map_err(|why| why.to_string())?;
    if let Some(phrase) = settings.phrases.iter().find(|phrase| tokens(phrase).is_empty()) {
        return Err(format!("the phrase \"{phrase}\" holds no word"));
    }
    for (name, value) in &settings.headers {
        reqwest::header::HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("\"{name}\" is no name of a header"))?;
        reqwest::header::HeaderValue::from_str(value)
            .map_err(|_| format!("the value of the header {name} cannot be sent"))?;
    }
    if let Some(tag) = settings.tags.iter().find(|tag| tag.trim().is_empty()) {
        return Err(format!("\"{tag}\" is no tag"));
    }
    Ok(settings)
}

fn headers(lines: &[String]) -> Result<BTreeMap<String, String>, String> {
    let pairs = lines.iter().map(|line| {
        let (name, value) =
            line.split_once(':').ok_or("a header must be written \"Name: value\"")?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    });
    pairs.collect()
}

/// What differs between two settings, by name; empty when nothing does.
pub(super) fn differences(old: &PageSettings, new: &PageSettings) -> Vec<&'static str> {
    let PageSettings {
        name,
        select,
        exclude,
        cadence,
        phrases,
        headers,
        tags,
        allow_private,
        ignore_robots,
        render,
        confirm,
    } = old;
    let differs = [
        ("name", *name != new.name),
        ("select", *select != new.select),
        ("exclude", *exclude != new.exclude),
        ("cadence", *cadence != new.cadence),
        ("phrases", *phrases != new.phrases),
        ("headers", *headers != new.headers),
        ("tags", *tags != new.tags),
        ("allow_private", *allow_private != new.allow_private),
        ("ignore_robots", *ignore_robots != new.ignore_robots),
        ("render", *render != new.render),
        ("confirm", *confirm != new.confirm),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// Whether two settings read a page differently: then its history is told anew, so that our change of rules does not
/// look like the page's change of words.
pub(super) fn reads_otherwise(old: &PageSettings, new: &PageSettings) -> bool {
    old.select != new.select || old.exclude != new.exclude
}
