//! `palinode show`: the text of a revision, or the bytes of its capture.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::fetch::Digest;
use crate::lineage::{Wordings, passages, texts};
use crate::store::{CaptureId, Page, Store};
use crate::views::{self, Shown, Since, Tracked};
use crate::watch::{Looked, look_at};

/// Show the text of a revision
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The page: its name, its address, or a part of one
    page: String,
    /// The revision: r3, first, latest, latest~1, or a date; or a capture, as `palinode captures` lists them: c12
    #[arg(value_name = "REV", default_value = "latest")]
    revision: String,
    /// Write the bytes as the server sent them, still compressed if they were
    #[arg(long, conflicts_with = "json")]
    raw: bool,
    /// Write what the page's scripts made of it, where a browser ran them
    #[arg(long, conflicts_with_all = ["json", "raw"])]
    rendered: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    /// Whether it is for the eye, and not bytes.
    pub(super) fn is_read(&self) -> bool {
        !self.raw && !self.rendered
    }

    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let page = resolve::page(&store, &self.page)?;
        if self.revision.parse::<CaptureId>().is_ok() {
            return self.glance(&store, &page, world);
        }
        let revisions = store.revisions(page.id)?;
        let revision = resolve::revision(&revisions, &page, &self.revision)?;
        if self.raw || self.rendered {
            return self.bytes(&store, &page, revision.capture, world);
        }
        let past = store.past(page.id)?;
        let wordings = Wordings::of(&past);
        let layout = store.layout(page.id, revision.number)?;
        let state = store.state(revision.state)?;
        let shown = Shown {
            title: page.title(),
            url: page.url.as_str(),
            revision,
            state: &state,
            passages: passages(&layout, &wordings).collect(),
        };
        past.vouch(revision.number, &texts(&layout, &wordings))?;
        let look = world.look();
        if self.json {
            let entity = Digest::of(&store.answer(revision.capture, &page.url)?.entity);
            views::show_json(world.out, &shown, entity)?;
        } else {
            views::show(world.out, look, &shown)?;
        }
        Ok(Exit::Fine)
    }

    /// A capture, as it was sent or as its scripts left it.
    fn bytes(
        &self,
        store: &Store,
        page: &Page,
        capture: CaptureId,
        world: &mut World<'_>,
    ) -> Result<Exit, Failure> {
        let answer = store.answer(capture, &page.url)?;
        let bytes = match answer.rendered {
            Some(rendered) if self.rendered => rendered.dom.into_bytes(),
            None if self.rendered => {
                let title = page.title();
                return Err(Failure::usage(format!(
                    "{title}  {capture}: no scripts were run for it\nhint: --raw gives its bytes"
                )));
            }
            _ => answer.entity,
        };
        world.out.write_all(&bytes)?;
        Ok(Exit::Fine)
    }

    /// A capture, believed or not: its bytes, or the beginning of each of its passages.
    fn glance(&self, store: &Store, page: &Page, world: &mut World<'_>) -> Result<Exit, Failure> {
        let Some(capture) = resolve::captures(store, page, &self.revision)?.pop() else {
            return Ok(Exit::Fine);
        };
        if self.raw || self.rendered {
            return self.bytes(store, page, capture.id, world);
        }
        let name = format!("{}  {}", page.title(), capture.id);
        let why = match look_at(store, page, capture.id)? {
            Looked::Text(_, passages) => {
                let volatile = BTreeSet::new();
                let tracked = Tracked {
                    title: &name,
                    passages: &passages,
                    volatile: &volatile,
                    unsteady: &[],
                    since: Since::Now,
                };
                let look = world.look();
                if self.json {
                    views::tracked_json(world.out, &tracked)?;
                } else {
                    views::tracked(world.out, look, &tracked)?;
                }
                return Ok(Exit::Fine);
            }
            Looked::Held(obstacle) => obstacle.hint(),
            Looked::Failed(failure) => failure.detail,
            Looked::PutOff(_) => String::new(),
        };
        let hint = "hint: --raw gives its bytes";
        Err(Failure::usage(format!("{name} cannot be read as a page: {why}\n{hint}")))
    }
}
