//! The one place that finds which known name a mistyped one was meant to be.

/// How alike two names must be (Jaro-Winkler, 0 to 1) for one to be suggested for the other.
const SIMILAR: f64 = 0.8;

/// The `most` known names that are most like `name`, the most alike first, equals in the order of the
/// alphabet. Case does not matter.
pub(crate) fn nearest<'n>(
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
    most: usize,
) -> Vec<&'n str> {
    let name = name.to_lowercase();
    let mut near: Vec<(f64, &str)> = known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&name, &known.to_lowercase()), known))
        .filter(|(score, _)| *score >= SIMILAR)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    near.truncate(most);
    near.into_iter().map(|(_, known)| known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_alike_come_first_and_strangers_never() {
        let known = ["window", "windows", "output_cap"];
        assert_eq!(nearest("windw", known, 2), ["window", "windows"]);
        assert_eq!(nearest("WINDOW", known, 1), ["window"]);
        assert!(nearest("price", known, 3).is_empty());
    }
}
