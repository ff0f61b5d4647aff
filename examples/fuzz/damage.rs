//! Documents and dice to a damaged document.

/// Numbers that look random and are the same on every machine (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice for the input of this number.
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let mut dice = Self(seed);
        Self(dice.next() ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or_default()
    }
}

/// One of these, with a few wounds.
pub(crate) fn damaged(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..dice.below(8) {
        wound(&mut bytes, seeds, dice);
    }
    bytes
}

fn wound(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice) {
    if bytes.is_empty() {
        bytes.push(0);
    }
    let at = dice.below(bytes.len());
    let end = (at + 1 + dice.below(64)).min(bytes.len());
    match dice.below(8) {
        0 => bytes[at] = dice.next().to_le_bytes()[0],
        1 => bytes[at] ^= 1 << dice.below(8),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let piece = bytes[at..end].to_vec();
            let to = dice.below(bytes.len());
            drop(bytes.splice(to..to, piece));
        }
        4 => {
            let piece = bytes[at..end].repeat(1 + dice.below(200));
            drop(bytes.splice(at..at, piece));
        }
        5 => {
            let other = &seeds[dice.below(seeds.len())];
            let from = dice.below(other.len().max(1));
            let piece = other[from..(from + 64).min(other.len())].to_vec();
            drop(bytes.splice(at..end, piece));
        }
        6 => {
            let digit = b'0' + dice.next().to_le_bytes()[0] % 10;
            if let Some(number) = bytes[at..].iter_mut().find(|byte| byte.is_ascii_digit()) {
                *number = digit;
            }
        }
        _ => bytes.truncate(at),
    }
}
