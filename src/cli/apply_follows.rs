//! What a settings file says of feeds and sitemaps, to what is to be followed and what no longer.
//!
//! Apart from the pages of the file, since nothing is told anew when a follow changes, and its own pages are not in it.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::apply::address;
use super::settings::sound;
use crate::clock::Timestamp;
use crate::page::PageUrl;
use crate::store::{Follow, FollowId, FollowSettings, StoreError, Writing};
use crate::watch::Filter;

/// What is to be done.
pub(super) struct FollowPlan {
    add: Vec<(PageUrl, FollowSettings)>,
    edit: Vec<(Follow, FollowSettings)>,
    remove: Vec<Follow>,
    /// Those that stay, changed or not.
    pub(super) stay: BTreeSet<FollowId>,
}

/// The follows of a settings file, in its order; the message names the entry that is wrong.
pub(super) fn entries(
    follows: toml::Value,
    names: &mut BTreeMap<String, String>,
) -> Result<Vec<(PageUrl, FollowSettings)>, String> {
    let toml::Value::Array(follows) = follows else {
        return Err("what is followed must stand under [[follow]], with two brackets".to_owned());
    };
    let mut found: Vec<(PageUrl, FollowSettings)> = Vec::new();
    for (index, follow) in follows.into_iter().enumerate() {
        let number = index + 1;
        let (url, settings) = entry(follow).map_err(|why| format!("follow {number}{why}"))?;
        if let Some(twin) = found.iter().position(|(other, _)| *other == url) {
            return Err(format!(
                "follow {number} ({url}): follow {} has the same address",
                twin + 1
            ));
        }
        let own = format!("follow {number}");
        if let Some(twin) = settings.name.clone().and_then(|name| names.insert(name, own)) {
            return Err(format!("follow {number} ({url}): {twin} has the same name"));
        }
        found.push((url, settings));
    }
    Ok(found)
}

/// One entry; the message goes on after its number.
fn entry(follow: toml::Value) -> Result<(PageUrl, FollowSettings), String> {
    let (url, rest) = address(follow)?;
    let named = |why: String| format!(" ({url}): {why}");
    let settings: FollowSettings =
        rest.try_into().map_err(|why: toml::de::Error| named(why.message().to_owned()))?;
    if settings.pages.name.is_some() {
        return Err(named("one name cannot stand for all of its pages".to_owned()));
    }
    let pages = sound(settings.pages.clone()).map_err(named)?;
    Filter::of(&settings).map_err(named)?;
    Ok((url.clone(), FollowSettings { pages, ..settings }))
}

/// Whether what is not in the file stays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    Stay,
    Go,
}

impl FollowPlan {
    /// What it takes to follow these, or which name is another's.
    pub(super) fn to_reach(
        wanted: &[(PageUrl, FollowSettings)],
        followed: Vec<Follow>,
        others: Others,
    ) -> Result<Self, String> {
        let (mut add, mut edit, mut stay) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut left: BTreeMap<PageUrl, Follow> =
            followed.into_iter().map(|follow| (follow.url.clone(), follow)).collect();
        for (url, settings) in wanted {
            let Some(follow) = left.remove(url) else {
                add.push((url.clone(), settings.clone()));
                continue;
            };
            stay.insert(follow.id);
            if follow.settings != *settings {
                edit.push((follow, settings.clone()));
            }
        }
        let mut remove: Vec<Follow> = left.into_values().collect();
        if others == Others::Stay {
            for (url, settings) in wanted {
                let name = settings.name.as_ref();
                let of = |follow: &&Follow| name.is_some() && follow.settings.name.as_ref() == name;
                if let Some(twin) = remove.iter().find(of) {
                    return Err(format!("{url}: {} has the same name", twin.url));
                }
            }
            stay.extend(remove.drain(..).map(|follow| follow.id));
        }
        Ok(Self { add, edit, remove, stay })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.add.is_empty() && self.edit.is_empty() && self.remove.is_empty()
    }

    pub(super) fn show(&self, world: &mut World<'_>) -> std::io::Result<()> {
        for (url, _) in &self.add {
            writeln!(world.out, "+ follow {url}")?;
        }
        for (follow, _) in &self.edit {
            writeln!(world.out, "~ follow {}", follow.url)?;
        }
        self.remove.iter().try_for_each(|follow| writeln!(world.out, "- follow {}", follow.url))
    }

    pub(super) fn carry_out(
        &self,
        writing: &Writing<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.remove.iter().try_for_each(|follow| writing.remove_follow(follow.id, now))?;
        // Names are given up first, so that two may swap theirs.
        for (follow, _) in &self.edit {
            let nameless = FollowSettings { name: None, ..follow.settings.clone() };
            writing.put_follow(&follow.url, &nameless, now)?;
        }
        let edited = self.edit.iter().map(|(follow, settings)| (&follow.url, settings));
        let added = self.add.iter().map(|(url, settings)| (url, settings));
        edited.chain(added).try_for_each(|(url, settings)| writing.put_follow(url, settings, now))
    }
}
