//! Things that a page holds once and names by number.

/// The index of a thing, which is added unless it is there.
pub(super) fn index_of<T: PartialEq>(things: &mut Vec<T>, thing: T) -> usize {
    things.iter().position(|known| *known == thing).unwrap_or_else(|| {
        things.push(thing);
        things.len() - 1
    })
}
