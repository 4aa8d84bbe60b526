//! Turns of a conversation whose completions are alike in length.

use std::fmt;
use std::str::FromStr;

/// The first turn of each range.
const FIRST: [u64; 5] = [1, 2, 4, 7, 12];

/// The turns 1, 2 to 3, 4 to 6, 7 to 11, or 12 and later. Later turns of a game or a task take longer answers
/// than the first; within these ranges the difference is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TurnRange(usize);

impl TurnRange {
    /// The range that a turn is in; turns are numbered from 1, and 0 counts as the first.
    #[must_use]
    pub fn of(turn: u64) -> Self {
        Self(FIRST.iter().rposition(|first| *first <= turn).unwrap_or(0))
    }

    /// Every range, the first turn first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..FIRST.len()).map(Self)
    }
}

impl fmt::Display for TurnRange {
    /// `1`, `2-3`, `12+`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = FIRST[self.0];
        match FIRST.get(self.0 + 1) {
            Some(next) if next - 1 == first => write!(f, "{first}"),
            Some(next) => write!(f, "{first}-{}", next - 1),
            None => write!(f, "{first}+"),
        }
    }
}

impl FromStr for TurnRange {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::all().find(|range| range.to_string() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_turn_is_in_one_range() {
        let names: Vec<String> = TurnRange::all().map(|range| range.to_string()).collect();
        assert_eq!(names, ["1", "2-3", "4-6", "7-11", "12+"]);
        for (turn, name) in [(0, "1"), (1, "1"), (3, "2-3"), (6, "4-6"), (11, "7-11"), (99, "12+")]
        {
            assert_eq!(TurnRange::of(turn).to_string(), name, "{turn}");
            assert_eq!(name.parse(), Ok(TurnRange::of(turn)));
        }
    }
}
