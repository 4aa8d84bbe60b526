//! The one place that finds a known name, or which one a mistyped one was meant to be.

use strum::VariantArray;

use crate::{Error, ErrorKind};

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

/// The variant with this name. `one` and `many` say what it is: `a service tier`, `tiers`.
///
/// # Errors
/// Of kind `kind` where there is none; the hint has the most alike name, and all names.
pub(crate) fn variant<T>(text: &str, kind: ErrorKind, one: &str, many: &str) -> Result<T, Error>
where
    T: VariantArray + Copy + Into<&'static str>,
{
    if let Some(found) = T::VARIANTS.iter().find(|variant| (**variant).into() == text) {
        return Ok(*found);
    }
    let names: Vec<&str> = T::VARIANTS.iter().map(|variant| (*variant).into()).collect();
    let meant = nearest(text, names.iter().copied(), 1);
    let meant = meant.first().map(|name| format!("did you mean {name}? ")).unwrap_or_default();
    let (last, others) = names.split_last().unwrap_or((&"", &[]));
    let hint = format!("{meant}the {many} are {} and {last}", others.join(", "));
    Err(Error::new(kind, format!("`{text}` is not {one}")).hint(hint))
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
