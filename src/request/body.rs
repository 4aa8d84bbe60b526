//! The bodies of requests as they are written, for rules about parameters.

use super::document::{Naming, Shape, shape_of};
use crate::json::Value;

/// The body of a request as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a> {
    /// The line of the request, in a document of many.
    pub line: Option<usize>,
    /// The parameters.
    pub json: Value<'a>,
    /// Whether it is a line of a Batch file.
    pub batch: bool,
}

/// The bodies of a document, none for plain text. What cannot be read as JSON is left out:
/// [`super::read`] says why.
#[must_use]
pub fn bodies<'a>(text: &'a str, naming: Naming<'_>, shape: Option<Shape>) -> Vec<Body<'a>> {
    let marked = text.strip_prefix('\u{feff}').map_or(0, |_| '\u{feff}'.len_utf8());
    let text = &text[marked..];
    let parsed = |text: &'a str, line: Option<usize>, bytes_before: usize| {
        let json = Value::parse(text).ok()?;
        Some(unwrapped(json.within(line.map_or(0, |line| line - 1), bytes_before), line))
    };
    match shape_of(text, naming, shape) {
        Shape::Text => Vec::new(),
        Shape::Chat => parsed(text, None, marked).into_iter().collect(),
        Shape::Batch => {
            let mut start = marked;
            let mut found = Vec::new();
            for (line, number) in text.split_inclusive('\n').zip(1..) {
                found.extend(parsed(line, Some(number), start));
                start += line.len();
            }
            found
        }
    }
}

/// The body inside a Batch line, or the request itself.
fn unwrapped(json: Value<'_>, line: Option<usize>) -> Body<'_> {
    let wrapped = json.get("custom_id").is_some() || json.get("url").is_some();
    match json.get("body").filter(|_| wrapped) {
        Some(body) => Body { line, json: body.without_key(), batch: true },
        None => Body { line, json, batch: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_batch_know_their_place_in_the_file() {
        let text = "\u{feff}{\"messages\": []}\n\n{\"custom_id\": \"a\", \"body\": {\"n\": 2}}\n";
        let found = bodies(text, Naming::Extension("jsonl"), None);
        assert_eq!(found.len(), 2);
        assert!(found[1].batch && !found[0].batch);
        let n = found[1].json.get("n").unwrap();
        assert_eq!((found[1].line, n.position().line), (Some(3), 3));
        assert_eq!(&text[n.span()], "\"n\"");
        assert!(bodies("plain", Naming::Nothing, None).is_empty());
    }
}
