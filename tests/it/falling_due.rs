//! When pages fall due: what is reckoned ahead is what the cadence says, whatever happened to the pages meanwhile.
//!
//! A round reads only the pages that stand as due. If one stood there too late, nobody would look at it, and nobody would
//! notice; so here every page is asked for its cadence after every step, and both must come to the same.

use palinode::clock::Timestamp;
use palinode::store::Store;
use palinode::watch::{due_at, is_due};
use proptest::prelude::*;

use crate::site::{Reply, Site, article};
use crate::world::World;

const CADENCES: [&str; 5] = ["1h", "6h", "1w", "decay", "0 6 * * mon"];

#[derive(Clone, Debug)]
enum Step {
    Wait(i64),
    Check,
    CheckOne(usize),
    Says(usize, usize),
    Breaks(usize),
    Cadence(usize, usize),
    Rebuild(usize),
    Remove(usize),
    Add(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let page = 0..3_usize;
    prop_oneof![
        4 => (-300..3000_i64).prop_map(Step::Wait),
        4 => Just(Step::Check),
        1 => page.clone().prop_map(Step::CheckOne),
        3 => (page.clone(), 0..4_usize).prop_map(|(page, text)| Step::Says(page, text)),
        1 => page.clone().prop_map(Step::Breaks),
        2 => (page.clone(), 0..CADENCES.len()).prop_map(|(page, cadence)| Step::Cadence(page, cadence)),
        1 => page.clone().prop_map(Step::Rebuild),
        1 => page.clone().prop_map(Step::Remove),
        2 => page.prop_map(Step::Add),
    ]
}

fn takes(world: &World, site: &Site, step: &Step) {
    let path = |page: usize| format!("/{page}");
    let url = |page: usize| site.url(&path(page));
    match step {
        Step::Wait(minutes) => _ = world.wait(*minutes),
        Step::Check => drop(world.palinode(&["check"])),
        Step::CheckOne(page) => drop(world.palinode(&["check", &url(*page)])),
        Step::Says(page, text) => {
            let says =
                format!("The harbour keeps its clerks, and there are {text} of them by now.");
            site.put(&path(*page), article("Post", &[says.as_str()]));
        }
        Step::Breaks(page) => _ = site.put(&path(*page), Reply::status(503)),
        Step::Cadence(page, cadence) => {
            drop(world.palinode(&["edit", &url(*page), "--every", CADENCES[*cadence]]));
        }
        Step::Rebuild(page) => drop(world.palinode(&["rebuild", &url(*page)])),
        Step::Remove(page) => drop(world.palinode(&["remove", &url(*page)])),
        Step::Add(page) => drop(world.palinode(&["add", &url(*page)])),
    }
}

/// The pages that are due, and when the next one is: by what every page's cadence says, and by what is reckoned.
fn both(world: &World) -> [(Vec<String>, Option<Timestamp>); 2] {
    let store = Store::open(&world.store()).unwrap();
    let now = world.now();
    let (all, some) = (store.watched().unwrap(), store.maybe_due(now).unwrap());
    let reckoned = store.next_due_after(now).unwrap();
    [(all, None), (some, reckoned)].map(|(pages, reckoned)| {
        let due = pages.iter().filter(|watched| is_due(watched, now));
        let due = due.map(|watched| watched.page.url.to_string()).collect();
        let next = pages.iter().filter_map(|watched| due_at(watched, now));
        (due, next.filter(|due| *due > now).chain(reckoned).min())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_reckoned_is_what_the_cadence_says(steps in proptest::collection::vec(step(), 1..24)) {
        let (world, site) = (World::new(), Site::new());
        for page in 0..3 {
            takes(&world, &site, &Step::Says(page, 0));
            takes(&world, &site, &Step::Add(page));
        }
        for step in &steps {
            takes(&world, &site, step);
            let [told, reckoned] = both(&world);
            prop_assert_eq!(told, reckoned, "after {:?}", step);
        }
    }
}
