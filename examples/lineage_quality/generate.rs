//! A base text to a history of edits in which the identity of every token is known.
//!
//! A token that is restored keeps its number; a word that is merely typed anew, even the same word at the same place,
//! gets another one. That is the truth that the rivals are asked for.

use std::collections::{HashMap, HashSet};

/// A token: which one it is, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) id: usize,
    pub(crate) word: String,
}

/// A state: paragraphs of tokens; sentences end with a full stop.
pub(crate) type State = Vec<Vec<Token>>;

/// What was taken out: the tokens, and those that stood beside them.
#[derive(Clone, Debug)]
struct Removed {
    tokens: Vec<Token>,
    left: Option<usize>,
    right: Option<usize>,
}

/// Draws edits from a seed.
pub(crate) struct Generator {
    random: u64,
    next: usize,
}

const COMMON: [&str; 24] = [
    "the", "of", "and", "to", "a", "in", "for", "is", "on", "that", "by", "this", "with", "you",
    "it", "not", "or", "be", "are", "from", "at", "as", "your", "we",
];

/// An invented text of a few hundred words, a good third of them common ones as in real prose.
pub(crate) fn invented_base(generator: &mut Generator) -> State {
    let paragraphs = generator.between(6, 14);
    (0..paragraphs).map(|_| generator.paragraph()).collect()
}

/// The first paragraphs of a real text, as tokens.
pub(crate) fn base_of_text(generator: &mut Generator, text: &str) -> State {
    let lines = text.lines().filter(|line| line.split_whitespace().count() > 3).take(40);
    let paragraphs = lines.map(|line| {
        let words = palinode::extract::tokens(line).into_iter();
        let kept = words.filter(|word| {
            word.text == "." || word.text == "," || word.text.chars().all(char::is_alphanumeric)
        });
        let mut tokens: Vec<Token> = kept.map(|word| generator.token(word.text)).collect();
        if tokens.last().is_none_or(|last| last.word != ".") {
            tokens.push(generator.token("."));
        }
        tokens
    });
    paragraphs.filter(|tokens| tokens.len() > 3).collect()
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66, next: 0 }
    }

    /// A history that begins with this state; neighbouring states always differ.
    pub(crate) fn history(&mut self, base: State, revisions: usize) -> Vec<State> {
        let mut states = vec![base];
        let mut graveyard: Vec<Removed> = Vec::new();
        while states.len() < revisions {
            let mut state = states[states.len() - 1].clone();
            for _ in 0..self.between(1, 3) {
                self.edit(&mut state, &mut graveyard, &states);
            }
            state.retain(|paragraph| !paragraph.is_empty());
            let said = |state: &State| -> Vec<Vec<String>> {
                state
                    .iter()
                    .map(|tokens| tokens.iter().map(|token| token.word.clone()).collect())
                    .collect()
            };
            if !state.is_empty() && said(&state) != said(&states[states.len() - 1]) {
                states.push(state);
            }
        }
        states
    }

    fn edit(&mut self, state: &mut State, graveyard: &mut Vec<Removed>, states: &[State]) {
        match self.between(0, 99) {
            0..20 => self.replace_words(state, graveyard),
            20..28 => self.insert_words(state),
            28..38 => self.remove_words(state, graveyard),
            38..44 => self.remove_sentence(state, graveyard),
            44..50 => self.insert_sentence(state),
            50..54 => self.move_sentence(state),
            54..58 => self.remove_paragraph(state, graveyard),
            58..62 => self.insert_paragraph(state),
            62..65 => self.move_paragraph(state),
            65..69 => self.rewrite_sentence(state, graveyard),
            69..83 => self.restore_in_place(state, graveyard),
            83..88 => self.restore_part(state, graveyard),
            88..92 => self.restore_elsewhere(state, graveyard),
            92..95 => self.revert(state, states),
            _ => self.coincidence(state, graveyard),
        }
    }

    fn replace_words(&mut self, state: &mut State, graveyard: &mut Vec<Removed>) {
        let (paragraph, at) = self.place(state);
        let end = (at + self.between(1, 3)).min(state[paragraph].len().saturating_sub(1));
        if at < end {
            let count = self.between(1, 3);
            let new: Vec<Token> = (0..count).map(|_| self.fresh()).collect();
            take(state, paragraph, at..end, graveyard);
            state[paragraph].splice(at..at, new);
        }
    }

    fn insert_words(&mut self, state: &mut State) {
        let (paragraph, at) = self.place(state);
        let count = self.between(1, 5);
        let new: Vec<Token> = (0..count).map(|_| self.fresh()).collect();
        state[paragraph].splice(at..at, new);
    }

    fn remove_words(&mut self, state: &mut State, graveyard: &mut Vec<Removed>) {
        let (paragraph, at) = self.place(state);
        let end = (at + self.between(1, 6)).min(state[paragraph].len().saturating_sub(1));
        if at < end {
            take(state, paragraph, at..end, graveyard);
        }
    }

    fn remove_sentence(&mut self, state: &mut State, graveyard: &mut Vec<Removed>) {
        let (paragraph, at) = self.place(state);
        let range = sentence(&state[paragraph], at);
        take(state, paragraph, range, graveyard);
    }

    fn insert_sentence(&mut self, state: &mut State) {
        let (paragraph, at) = self.place(state);
        let start = sentence(&state[paragraph], at).start;
        let new = self.sentence();
        state[paragraph].splice(start..start, new);
    }

    fn move_sentence(&mut self, state: &mut State) {
        let (paragraph, at) = self.place(state);
        let range = sentence(&state[paragraph], at);
        let moved: Vec<Token> = state[paragraph].drain(range).collect();
        let (paragraph, at) = self.place(state);
        let start = sentence(&state[paragraph], at).start;
        state[paragraph].splice(start..start, moved);
    }

    fn remove_paragraph(&mut self, state: &mut State, graveyard: &mut Vec<Removed>) {
        if state.len() > 3 {
            let paragraph = self.below(state.len());
            let all = 0..state[paragraph].len();
            take(state, paragraph, all, graveyard);
            state.remove(paragraph);
        }
    }

    fn insert_paragraph(&mut self, state: &mut State) {
        let new = self.paragraph();
        let at = self.below(state.len() + 1);
        state.insert(at, new);
    }

    fn move_paragraph(&mut self, state: &mut State) {
        let moved = state.remove(self.below(state.len()));
        let at = self.below(state.len() + 1);
        state.insert(at, moved);
    }

    /// Six words of ten are replaced.
    fn rewrite_sentence(&mut self, state: &mut State, graveyard: &mut Vec<Removed>) {
        let (paragraph, at) = self.place(state);
        let range = sentence(&state[paragraph], at);
        for index in range {
            if index + 1 < state[paragraph].len() && self.below(10) < 6 {
                take(state, paragraph, index..index + 1, graveyard);
                let new = self.fresh();
                state[paragraph].insert(index, new);
            }
        }
    }

    fn restore_in_place(&mut self, state: &mut State, graveyard: &[Removed]) {
        if let Some(removed) = self.dead(state, graveyard)
            && let Some((paragraph, at)) = old_place(state, &removed)
        {
            state[paragraph].splice(at..at, removed.tokens);
        }
    }

    /// The first or the second half of what went.
    fn restore_part(&mut self, state: &mut State, graveyard: &[Removed]) {
        if let Some(removed) = self.dead(state, graveyard)
            && removed.tokens.len() >= 4
            && let Some((paragraph, at)) = old_place(state, &removed)
        {
            let half = removed.tokens.len() / 2;
            let part =
                if self.below(2) == 0 { &removed.tokens[..half] } else { &removed.tokens[half..] };
            state[paragraph].splice(at..at, part.to_vec());
        }
    }

    /// At least six tokens, so that nobody would call it chance.
    fn restore_elsewhere(&mut self, state: &mut State, graveyard: &[Removed]) {
        if let Some(removed) = self.dead(state, graveyard)
            && removed.tokens.len() >= 6
        {
            let (paragraph, at) = self.place(state);
            let start = sentence(&state[paragraph], at).start;
            state[paragraph].splice(start..start, removed.tokens);
        }
    }

    fn revert(&mut self, state: &mut State, states: &[State]) {
        if states.len() > 2 {
            state.clone_from(&states[self.below(states.len() - 1)]);
        }
    }

    /// One to four words that stood here once are typed anew, elsewhere: they are new.
    fn coincidence(&mut self, state: &mut State, graveyard: &[Removed]) {
        if let Some(removed) = self.dead(state, graveyard) {
            let count = self.between(1, 4).min(removed.tokens.len());
            let typed: Vec<Token> =
                removed.tokens[..count].iter().map(|old| self.token(&old.word)).collect();
            let (paragraph, at) = self.place(state);
            state[paragraph].splice(at..at, typed);
        }
    }

    /// Something that went, of which nothing stands now.
    fn dead(&mut self, state: &State, graveyard: &[Removed]) -> Option<Removed> {
        let alive: HashSet<usize> = state.iter().flatten().map(|token| token.id).collect();
        let dead: Vec<&Removed> = graveyard
            .iter()
            .filter(|removed| removed.tokens.iter().all(|token| !alive.contains(&token.id)))
            .collect();
        (!dead.is_empty()).then(|| dead[self.below(dead.len())].clone())
    }

    fn place(&mut self, state: &State) -> (usize, usize) {
        let filled: Vec<usize> =
            (0..state.len()).filter(|index| !state[*index].is_empty()).collect();
        if filled.is_empty() {
            return (0, 0);
        }
        let paragraph = filled[self.below(filled.len())];
        (paragraph, self.below(state[paragraph].len()))
    }

    fn paragraph(&mut self) -> Vec<Token> {
        let sentences = self.between(2, 5);
        (0..sentences).flat_map(|_| self.sentence()).collect()
    }

    fn sentence(&mut self) -> Vec<Token> {
        let words = self.between(6, 22);
        let mut tokens: Vec<Token> = (0..words).map(|_| self.fresh()).collect();
        tokens.push(self.token("."));
        tokens
    }

    fn fresh(&mut self) -> Token {
        let word = if self.below(100) < 38 {
            COMMON[self.below(COMMON.len())].to_owned()
        } else {
            self.invented_word()
        };
        self.token(&word)
    }

    /// One of some 1,300 words, the early ones far more often.
    fn invented_word(&mut self) -> String {
        const HEADS: [&str; 12] = [
            "pol", "serv", "dat", "cont", "priv", "us", "term", "acc", "prov", "not", "law", "part",
        ];
        const TAILS: [&str; 11] =
            ["icy", "ice", "a", "ent", "ate", "er", "ful", "ing", "ed", "al", "ion"];
        let head = self.below(HEADS.len()).min(self.below(HEADS.len()));
        let (middle, tail) = (self.below(10).min(self.below(10)), self.below(TAILS.len()));
        let middles = ["", "an", "or", "el", "im", "ur", "ess", "ot", "uv", "ax"];
        format!("{}{}{}", HEADS[head], middles[middle], TAILS[tail])
    }

    fn token(&mut self, word: &str) -> Token {
        self.next += 1;
        Token { id: self.next, word: word.to_owned() }
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// splitmix64: the same numbers on every machine and in every version.
    fn below(&mut self, limit: usize) -> usize {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit.max(1) as u64).unwrap_or(0)
    }
}

/// Takes tokens out, and remembers beside whom they stood.
fn take(
    state: &mut State,
    paragraph: usize,
    range: std::ops::Range<usize>,
    graveyard: &mut Vec<Removed>,
) {
    let tokens = &state[paragraph];
    let left = range.start.checked_sub(1).and_then(|index| tokens.get(index)).map(|token| token.id);
    let right = tokens.get(range.end).map(|token| token.id);
    let taken: Vec<Token> = state[paragraph].drain(range).collect();
    if !taken.is_empty() {
        graveyard.push(Removed { tokens: taken, left, right });
    }
}

/// The sentence around a token.
fn sentence(paragraph: &[Token], at: usize) -> std::ops::Range<usize> {
    let before = paragraph[..at].iter().rposition(|token| token.word == ".");
    let start = before.map_or(0, |stop| stop + 1);
    let after = paragraph[at..].iter().position(|token| token.word == ".");
    start..after.map_or(paragraph.len(), |stop| at + stop + 1)
}

/// Where something stood that went: beside a neighbour that still stands.
fn old_place(state: &State, removed: &Removed) -> Option<(usize, usize)> {
    let mut places: HashMap<usize, (usize, usize)> = HashMap::new();
    for (paragraph, tokens) in state.iter().enumerate() {
        places.extend(tokens.iter().enumerate().map(|(at, token)| (token.id, (paragraph, at))));
    }
    let left =
        removed.left.and_then(|id| places.get(&id)).map(|(paragraph, at)| (*paragraph, at + 1));
    left.or_else(|| removed.right.and_then(|id| places.get(&id)).copied())
}
