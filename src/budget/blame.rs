//! Which line of a text drives its size.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The line, from 1, that a change of a text is to be blamed on: the longest line that the old text does
/// not have, or the first that differs where lines were only taken away; `None` for equal texts.
///
/// ```
/// let then = "Be brief.\nAnswer in French.\n";
/// let now = "Be brief.\nHere is the whole manual: press the button.\nAnswer in French.\n";
/// assert_eq!(outlay::budget::changed_line(then, now), Some(2));
/// assert_eq!(outlay::budget::changed_line(now, now), None);
/// ```
#[must_use]
pub fn changed_line(then: &str, now: &str) -> Option<usize> {
    if then == now {
        return None;
    }
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for line in then.lines() {
        *known.entry(line).or_default() += 1;
    }
    let mut new = Vec::new();
    for (line, number) in now.lines().zip(1..) {
        match known.get_mut(line) {
            Some(count) if *count > 0 => *count -= 1,
            _ => new.push((line.len(), number)),
        }
    }
    // The first of the longest.
    let longest = new.into_iter().max_by_key(|(length, number)| (*length, Reverse(*number)));
    let first_difference = || {
        let same = then.lines().zip(now.lines()).take_while(|(a, b)| a == b).count();
        (same + 1).min(now.lines().count().max(1))
    };
    Some(longest.map_or_else(first_difference, |(_, number)| number))
}

/// The longest line of a text, from 1; the first of several.
#[must_use]
pub fn longest_line(text: &str) -> usize {
    let lines = text.lines().zip(1..);
    lines.max_by_key(|(line, number)| (line.len(), Reverse(*number))).map_or(1, |(_, n)| n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_blamed_on_the_longest_new_line() {
        let then = "a\nb\nc\n";
        for (now, line) in [
            ("a\nb\nc\nd\n", Some(4)),
            ("x\na\nlonger\nb\nc\n", Some(3)),
            ("a\nb\nb\nc\n", Some(3)),
            ("a\nc\n", Some(2)),
            ("", Some(1)),
            ("a\nb\nc\n", None),
        ] {
            assert_eq!(changed_line(then, now), line, "{now}");
        }
        // What is there once more than before is new.
        let twice = "z\nlong line\nlong line\ny\n";
        assert_eq!(changed_line("long line\ny\n", twice), Some(3));
        assert_eq!(longest_line("a\nlong\nlose\n"), 2);
        assert_eq!(longest_line(""), 1);
    }
}
