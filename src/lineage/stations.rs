//! An event to the passage it is about, as it stood before, meanwhile and after: what a person is shown of it.
//!
//! A passage is known again by its line. Words that came back in another passage than they went from are looked for in
//! the text that had them, since there the line has changed.

use super::{ByNumber, Event, EventKind, Placed, RevisionNumber, Strand, WordingId};
use crate::extract::{fold, stretch, tokens};

/// Which part of the story a revision tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// Before anything happened.
    Before,
    /// While it was otherwise.
    During,
    /// As it stands after the event.
    After,
}

/// A revision that shows a part of the story, and the passage there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Station {
    /// The part.
    pub part: Part,
    /// The revision.
    pub revision: RevisionNumber,
    /// The passage; `None` where it was not on the page.
    pub passage: Option<WordingId>,
}

impl Event {
    /// The revisions that tell this event of a revision, oldest first; `against` says which one each is told against.
    pub fn parts(
        &self,
        number: RevisionNumber,
        against: impl Fn(RevisionNumber) -> Option<RevisionNumber>,
    ) -> Vec<(Part, RevisionNumber)> {
        let (before, during) = match (self.kind, self.gone) {
            (EventKind::Restored | EventKind::PutBack, Some(gone)) => (against(gone), Some(gone)),
            (EventKind::Withdrawn, _) => (against(self.born), Some(self.born)),
            _ => (against(number), None),
        };
        let during = during.filter(|during| *during < number);
        let parts = [(Part::Before, before), (Part::During, during), (Part::After, Some(number))];
        parts.into_iter().filter_map(|(part, revision)| Some((part, revision?))).collect()
    }

    /// The passages of this event in the layouts of its parts.
    pub fn stations<W: ByNumber + ?Sized>(
        &self,
        parts: &[(Part, RevisionNumber, &[Placed])],
        wordings: &W,
    ) -> Vec<Station> {
        let own = |part| match (part, self.kind) {
            (Part::After, EventKind::Withdrawn | EventKind::Removed) => None,
            (Part::After, _) => self.new.as_ref(),
            (Part::During, EventKind::Withdrawn) => self.old.as_ref(),
            (Part::During, _) if self.kind.is_return() => self.old.as_ref(),
            (Part::Before, kind) if !kind.is_return() && kind != EventKind::Withdrawn => {
                self.old.as_ref()
            }
            (Part::Before | Part::During, _) => None,
        };
        let passage = |part, layout: &[Placed]| {
            let own = own(part).map(|strand| strand.wording);
            own.filter(|own| layout.iter().any(|placed| placed.wording == *own))
                .or_else(|| self.on_its_line(layout, wordings))
                .or_else(|| (part != Part::During).then(|| self.by_its_words(layout, wordings))?)
        };
        let station = |(part, revision, layout): &(Part, RevisionNumber, &[Placed])| Station {
            part: *part,
            revision: *revision,
            passage: passage(*part, layout),
        };
        parts.iter().map(station).collect()
    }

    /// The passage of a layout that is of the event's line.
    fn on_its_line<W: ByNumber + ?Sized>(
        &self,
        layout: &[Placed],
        wordings: &W,
    ) -> Option<WordingId> {
        let strand = self.new.as_ref().or(self.old.as_ref())?;
        let line = wordings.numbered(strand.wording)?.line;
        layout.iter().find(|placed| placed.line == line).map(|placed| placed.wording)
    }

    /// The passage of a layout that holds what a return brought back.
    fn by_its_words<W: ByNumber + ?Sized>(
        &self,
        layout: &[Placed],
        wordings: &W,
    ) -> Option<WordingId> {
        let strand = self.new.as_ref().filter(|_| self.kind.is_return())?;
        let sought = fold(strand_of(strand, wordings)?);
        let holds = |placed: &&Placed| {
            wordings.numbered(placed.wording).is_some_and(|it| fold(&it.text).contains(&*sought))
        };
        layout.iter().find(holds).map(|placed| placed.wording)
    }
}

fn strand_of<'w, W: ByNumber + ?Sized>(strand: &Strand, wordings: &'w W) -> Option<&'w str> {
    let text = &wordings.numbered(strand.wording)?.text;
    Some(stretch(text, &tokens(text), &strand.tokens)).filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::PassageKind;
    use crate::lineage::{Grade, LineId, Wording};

    fn wording(line: u32, text: &str) -> Wording {
        let (line, born) = (LineId(line), RevisionNumber::FIRST);
        Wording { line, born, kind: PassageKind::Paragraph, text: text.to_owned() }
    }

    fn placed(line: u32, wording: u32) -> Placed {
        Placed { line: LineId(line), wording: WordingId(wording) }
    }

    fn back(wording: u32, tokens: std::ops::Range<usize>) -> Event {
        let new = Some(Strand { wording: WordingId(wording), tokens });
        let mut event =
            Event::new(EventKind::Restored, Grade::InPlace, (None, new), RevisionNumber(1));
        event.gone = Some(RevisionNumber(2));
        event
    }

    fn told(event: &Event, layouts: [&[Placed]; 3], wordings: &Vec<Wording>) -> Vec<Option<u32>> {
        let parts = event.parts(RevisionNumber(5), RevisionNumber::before);
        assert_eq!(parts.iter().map(|(_, number)| number.0).collect::<Vec<_>>(), [1, 2, 5]);
        let parts: Vec<_> =
            parts.into_iter().zip(layouts).map(|((part, number), of)| (part, number, of)).collect();
        let stations = event.stations(&parts, wordings);
        stations.iter().map(|station| station.passage.map(|id| id.0)).collect()
    }

    #[test]
    fn a_passage_is_known_again_by_its_line() {
        let wordings = vec![wording(0, "so proud of it"), wording(0, "so of it")];
        let layouts: [&[Placed]; 3] = [&[placed(0, 0)], &[placed(0, 1)], &[placed(0, 0)]];
        assert_eq!(told(&back(0, 1..2), layouts, &wordings), [Some(0), Some(1), Some(0)]);
    }

    #[test]
    fn words_that_came_back_elsewhere_are_found_where_they_had_been() {
        let wordings = vec![wording(0, "We are Proud of it."), wording(1, "Other. proud of it")];
        let layouts: [&[Placed]; 3] = [&[placed(0, 0)], &[], &[placed(1, 1)]];
        assert_eq!(told(&back(1, 2..5), layouts, &wordings), [Some(0), None, Some(1)]);
    }

    #[test]
    fn what_only_changed_has_two_parts() {
        let event = Event::new(EventKind::Removed, Grade::InPlace, (None, None), RevisionNumber(1));
        let parts = event.parts(RevisionNumber(4), |_| Some(RevisionNumber(2)));
        assert_eq!(parts, [(Part::Before, RevisionNumber(2)), (Part::After, RevisionNumber(4))]);
    }
}
