//! `palinode edit`: changes the settings of a watched page.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::rebuild::told;
use super::settings::{SettingArgs, differences, reads_otherwise};
use super::{Exit, Failure, World, open, resolve};
use crate::page::{Confirm, PageSettings};
use crate::store::Page;
use crate::views::escape;
use crate::watch::{RunLock, rebuild};

/// Change the settings of a page
///
/// A list that is given replaces the one that was there. When the selection changes, the page's history is told anew
/// from its captures, so that the change of settings never looks like a change of the page.
#[derive(Debug, Args)]
pub(super) struct Edit {
    /// The page: its name, its address, or a part of one
    page: String,
    #[command(flatten)]
    settings: SettingArgs,
    /// Empty a setting; may be given several times
    #[arg(long, value_name = "SETTING")]
    clear: Vec<Clearable>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Clearable {
    Name,
    Select,
    Exclude,
    Phrases,
    Headers,
    Tags,
    AllowPrivate,
    IgnoreRobots,
    Render,
    NoConfirm,
}

impl Edit {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let mut opened = open(store)?;
        let page = resolve::page(&opened, &self.page)?;
        let settings = self
            .settings
            .over(cleared(page.settings.clone(), &self.clear))
            .map_err(Failure::usage)?;
        let differs = differences(&page.settings, &settings);
        if differs.is_empty() {
            writeln!(world.err, "{}: nothing to change", escape(page.title()))?;
            return Ok(Exit::Fine);
        }
        let pages = opened.pages()?;
        let others = pages.iter().filter(|other| other.id != page.id);
        if let Some(why) = resolve::name_taken(others, settings.name.as_deref()) {
            return Err(Failure::usage(why));
        }
        let title = escape(page.title()).into_owned();
        let retell = reads_otherwise(&page.settings, &settings);
        // A check that is going on would weigh its answers by the old settings.
        let _lock = retell.then(|| RunLock::take(store)).transpose()?;
        let page = Page { settings, ..page };
        if retell {
            let rebuilt = rebuild(&mut opened, &page)?;
            writeln!(world.err, "{title}: {}", told(&rebuilt))?;
        } else {
            let writing = opened.write()?;
            writing.put_settings(page.id, &page.settings)?;
            writing.commit()?;
        }
        writeln!(world.err, "{title}: changed {}", differs.join(", "))?;
        if differs.contains(&"render") && opened.revisions(page.id)?.last().is_some() {
            writeln!(
                world.err,
                "{title}: it is read in another way from now on; the next check may tell changes which the page did not make"
            )?;
        }
        Ok(Exit::Fine)
    }
}

fn cleared(mut settings: PageSettings, clear: &[Clearable]) -> PageSettings {
    for setting in clear {
        match setting {
            Clearable::Name => settings.name = None,
            Clearable::Select => settings.select.clear(),
            Clearable::Exclude => settings.exclude.clear(),
            Clearable::Phrases => settings.phrases.clear(),
            Clearable::Headers => settings.headers.clear(),
            Clearable::Tags => settings.tags.clear(),
            Clearable::AllowPrivate => settings.allow_private = false,
            Clearable::IgnoreRobots => settings.ignore_robots = false,
            Clearable::Render => settings.render = false,
            Clearable::NoConfirm => settings.confirm = Confirm::Twice,
        }
    }
    settings
}
