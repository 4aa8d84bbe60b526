//! The front matter of a file: YAML between lines of `---`.

use crate::units::Position;
use crate::{Error, ErrorKind};

/// A file with front matter, in its two parts.
pub(super) struct Parts<'a> {
    pub(super) matter: &'a str,
    /// The line of the file on which the front matter begins.
    pub(super) matter_line: usize,
    pub(super) body: &'a str,
    /// The byte of the file at which the body begins.
    pub(super) body_start: usize,
}

/// Whether a text begins with front matter: a line of `---` and a line that has a key.
pub(in super::super) fn has_front_matter(text: &str) -> bool {
    let mut lines = text.lines();
    let opens = lines.next().is_some_and(|line| line.trim_end() == "---");
    let named = |line: &str| {
        let key: String =
            line.chars().take_while(|c| c.is_alphanumeric() || "_-".contains(*c)).collect();
        !key.is_empty() && line[key.len()..].starts_with(':')
    };
    opens && lines.find(|line| !line.trim().is_empty()).is_some_and(named)
}

/// Parts a file; one without front matter is all body.
pub(super) fn split(text: &str) -> Result<Parts<'_>, Error> {
    let mut start = 0;
    let mut lines = text.split_inclusive('\n').zip(1..);
    let whole = Parts { matter: "", matter_line: 1, body: text, body_start: 0 };
    let Some((first, _)) = lines.next() else { return Ok(whole) };
    if first.trim_end() != "---" {
        return Ok(whole);
    }
    start += first.len();
    let matter_start = start;
    for (line, _) in lines {
        let end = start + line.len();
        if line.trim_end() == "---" {
            let matter = &text[matter_start..start];
            return Ok(Parts { matter, matter_line: 2, body: &text[end..], body_start: end });
        }
        start = end;
    }
    Err(Error::new(ErrorKind::Malformed, "the front matter has no end")
        .at(Position::START)
        .hint("end it with a line of `---`, or pass `--as text` to count the file as it stands"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_parted_from_the_body() {
        let parts = split("---\na: 1\n---\nbody\n---\n").ok().unwrap();
        assert_eq!((parts.matter, parts.body, parts.body_start), ("a: 1\n", "body\n---\n", 13));
        assert!(split("---\na: 1\n").is_err());
        assert_eq!(split("body").ok().unwrap().body, "body");
        assert!(has_front_matter("---\nname: x\n---\n"));
        assert!(!has_front_matter("---\n\nA rule above the text\n"));
        assert!(!has_front_matter("text"));
    }
}
