//! JSON, the contract for scripts.

#[cfg(feature = "cli")]
use serde::Serialize;

use crate::report::answer::{Answer, Report};
use crate::{Error, ErrorKind};

pub(crate) fn render<T: Answer>(report: &Report<T>) -> Result<String, Error> {
    let mut text = serde_json::to_string_pretty(report).map_err(unserialisable)?;
    text.push('\n');
    Ok(text)
}

/// What stands before the first and after the last result of a report, of which the report given here has none.
#[cfg(feature = "cli")]
pub(crate) fn around<T: Answer>(report: &Report<T>) -> Result<(String, String), Error> {
    let text = render(report)?;
    // What comes before the results is ours alone, so that these words are the first of their kind.
    let (before, after) = text
        .split_once(r#""results": []"#)
        .ok_or_else(|| unserialisable("it has results that were to come one by one"))?;
    Ok((format!(r#"{before}"results": ["#), format!("]{after}")))
}

/// A result as it stands in the list, after the white space before it.
#[cfg(feature = "cli")]
pub(crate) fn element(result: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(result).map_err(unserialisable)?;
    Ok(element_lines(&text))
}

/// Lines of a result as they stand in the list. Line ends of texts are escaped.
#[cfg(feature = "cli")]
pub(crate) fn element_lines(text: &str) -> String {
    text.replace('\n', "\n    ")
}

/// Reports are plain data, so this would be a mistake of ours; it is still no reason to panic.
pub(crate) fn unserialisable(e: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Usage, format!("the report cannot be written: {e}"))
}

#[cfg(test)]
#[cfg(feature = "cli")]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::report::CountResult;
    use crate::request::{Request, prompt_tokens};

    #[test]
    fn results_one_by_one_are_the_same_text() {
        let catalog = Catalog::embedded();
        let model = catalog.get("gpt-4o").unwrap();
        let of = |results| {
            Report::<CountResult>::new(&catalog, jiff::civil::date(2026, 1, 2), results, None)
        };
        let row = |text: &str| {
            let count = prompt_tokens(&Request::from_text(text), &model.counting).unwrap();
            CountResult::new("\"results\": []\n".to_owned(), model, count, Vec::new())
        };
        let (before, after) = around(&of(Vec::new())).unwrap();
        assert_eq!(format!("{before}{after}"), render(&of(Vec::new())).unwrap());
        let rows = || vec![row("one"), row("two words"), row("")];
        let elements: Vec<String> = rows().iter().map(|row| element(row).unwrap()).collect();
        let written = format!("{before}\n    {}\n  {after}", elements.join(",\n    "));
        assert_eq!(written, render(&of(rows())).unwrap());
    }
}
