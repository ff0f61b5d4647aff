//! The sequence of a page's states to tracks: columns in which no two states ever stand at the same time.
//!
//! A state lives from its first revision to its last. States that live at the same time are variants of each other, and
//! get tracks of their own; one that comes when another has gone for good takes its track. So a page that is edited has
//! one track, and a page that shows two texts by turns has two, also when one of them is edited meanwhile. Texts are not
//! compared: which of two that are gone a new one is made from is another question, and on real pages, which fall back
//! to older versions of themselves, the answer would cross the tracks. It is apart from the drawing because it is the
//! only thought in it, and is tested on bare sequences.

/// Which state stands on which track, and where the tracks go on.
pub(super) struct Tracks {
    of: Vec<usize>,
    links: Vec<Vec<Link>>,
}

/// Two neighbouring revisions on a track, which are drawn as connected.
#[derive(Clone, Copy)]
struct Link {
    from: usize,
    to: usize,
}

impl Tracks {
    /// The tracks of states, one for each revision from the oldest, numbered in order of first appearance.
    pub(super) fn of(states: &[usize]) -> Self {
        let of = places(states);
        let mut links = vec![Vec::new(); of.iter().max().map_or(0, |most| most + 1)];
        let mut last: Vec<Option<usize>> = vec![None; links.len()];
        for (revision, state) in states.iter().enumerate() {
            let track = of[*state];
            if let Some(from) = last[track].replace(revision) {
                // A successor that came later than the next turn is not known to have taken anything's place.
                if states[from] == *state || revision - from <= 2 {
                    links[track].push(Link { from, to: revision });
                }
            }
        }
        Self { of, links }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.links.len()
    }

    /// The track of a state.
    pub(super) fn track(&self, state: usize) -> usize {
        self.of[state]
    }

    /// Whether a track goes on from this revision, or an older one, to that revision or a newer one.
    pub(super) fn goes_on(&self, track: usize, older: usize, newer: usize) -> bool {
        let links = &self.links[track];
        let place = links.partition_point(|link| link.from <= older);
        place.checked_sub(1).is_some_and(|place| links[place].to >= newer)
    }
}

/// The leftmost track for each state that is free by then.
fn places(states: &[usize]) -> Vec<usize> {
    let mut last = vec![0; states.iter().max().map_or(0, |most| most + 1)];
    for (revision, state) in states.iter().enumerate() {
        last[*state] = revision;
    }
    let (mut of, mut taken_until) = (Vec::new(), Vec::new());
    for (revision, state) in states.iter().enumerate() {
        if *state < of.len() {
            continue;
        }
        let free = taken_until.iter().position(|until| *until < revision);
        let track = free.unwrap_or(taken_until.len());
        if free.is_none() {
            taken_until.push(0);
        }
        taken_until[track] = last[*state];
        of.push(track);
    }
    of
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracks(states: &str) -> Tracks {
        let states: Vec<usize> = states.bytes().map(|letter| usize::from(letter - b'A')).collect();
        Tracks::of(&states)
    }

    #[test]
    fn states_that_live_at_the_same_time_have_tracks_of_their_own() {
        for (states, of) in [
            ("A", vec![0]),
            ("ABCD", vec![0, 0, 0, 0]),
            ("ABA", vec![0, 1]),
            ("ABAC", vec![0, 1, 0]),
            ("ABACDC", vec![0, 1, 0, 1]),
            ("ABCBC", vec![0, 0, 1]),
            // B is edited to D while C is the other variant, then C to E.
            ("ABCBCDCDEDE", vec![0, 0, 1, 0, 1]),
            ("ABCABC", vec![0, 1, 2]),
            ("ABCDA", vec![0, 1, 1, 1]),
        ] {
            assert_eq!(tracks(states).of, of, "{states}");
        }
    }

    #[test]
    fn a_track_goes_on_to_the_state_that_takes_a_place_and_to_one_that_returns() {
        let goes_on =
            |states: &str, track, older, newer| tracks(states).goes_on(track, older, newer);
        assert!(goes_on("AB", 0, 0, 1), "an edit");
        assert!(goes_on("ABA", 0, 0, 2), "a return");
        assert!(goes_on("ABABCB", 0, 2, 4), "an edit of one variant");
        assert!(goes_on("ABCDEA", 0, 1, 4), "a return after long");
        assert!(!goes_on("ABA", 1, 0, 1), "nothing stood there before");
        assert!(!goes_on("ABACDEFEG", 1, 1, 6), "another variant, much later");
    }

    #[test]
    fn no_revisions_have_no_tracks() {
        assert_eq!(tracks("").count(), 0);
    }
}
