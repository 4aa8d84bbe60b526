//! Texts that a template takes from other files, such as by `include`.

use super::super::beside::ReadBeside;
use super::super::message::{Part, Request};
use super::super::origin::Origin;
use super::super::unknown::Unknown;
use super::language::Language;
use super::tags::{Does, Tag, tags};
use crate::units::Position;

/// How deep includes may nest.
const MOST_HOPS: usize = 8;
/// A text that has grown to this many bytes includes nothing more.
const MOST_BYTES: usize = 64 << 20;

impl Request {
    /// Puts the texts of other files where its template takes them in. What is not found, and what is not a text,
    /// such as a template that it extends, cannot be counted.
    pub(in super::super) fn take_in_texts_elsewhere(&mut self, beside: &dyn ReadBeside) {
        let Some(language) = self.template else { return };
        let of_file = self.origin == Origin::Text;
        for message in &mut self.messages {
            for part in &mut message.content {
                let Part::Text(text) = part else { continue };
                let mut taking = Taking { language, beside, missing: Vec::new() };
                let whole = taking.whole(text, MOST_HOPS);
                for (tag, start) in taking.missing {
                    // Other formats do not keep the place of a text.
                    let place = start.filter(|_| of_file).map(|start| Position::of(text, start));
                    self.unknown.push(Unknown {
                        what: tag,
                        why: "takes in what is not found beside the template".to_owned(),
                        position: place.unwrap_or(Position::START),
                    });
                }
                if let Some(whole) = whole {
                    *text = whole;
                    // What is counted is no part of the file.
                    message.span = None;
                }
            }
        }
    }
}

/// The files that a text takes in.
struct Taking<'a> {
    language: Language,
    beside: &'a dyn ReadBeside,
    /// What is not found, with the byte at which it stands in the text of the request.
    missing: Vec<(String, Option<usize>)>,
}

impl Taking<'_> {
    /// A text with what it takes in; `None` where that is nothing.
    fn whole(&mut self, text: &str, hops: usize) -> Option<String> {
        let tags = tags(text, self.language);
        if !tags.iter().any(|tag| matches!(tag.does, Does::Elsewhere(_))) {
            return None;
        }
        let mut whole = String::with_capacity(text.len());
        for tag in tags {
            if !matches!(tag.does, Does::Elsewhere(_)) {
                whole.push_str(tag.text);
                continue;
            }
            let found = if hops == 0 || whole.len() > MOST_BYTES { None } else { self.find(&tag) };
            match found {
                Some(found) => {
                    let inner = self.whole(&found, hops - 1);
                    whole.push_str(inner.as_deref().unwrap_or(&found));
                }
                None if may_be_missing(&tag) => {}
                None => {
                    let start = (hops == MOST_HOPS).then_some(tag.start);
                    self.missing.push((tag.text.to_owned(), start));
                    whole.push_str(tag.text);
                }
            }
        }
        Some(whole)
    }

    /// The text of the file that a tag names.
    fn find(&self, tag: &Tag<'_>) -> Option<String> {
        let names = match self.language {
            Language::Jinja => vec![included(tag)?.to_owned()],
            _ => partial(tag)?,
        };
        let found = names.iter().find_map(|name| self.beside.read_beside(name).ok());
        // A file of another format has settings of its own.
        found.filter(|text| !text.starts_with("---\n"))
    }
}

/// The file that `include "FILE"`, or `render "FILE"` of Liquid, names; `None` for other statements, and for names that are computed.
fn included<'a>(tag: &Tag<'a>) -> Option<&'a str> {
    let rest = ["include", "render"].iter().find_map(|word| tag.inside.strip_prefix(word))?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (name, rest) = rest[1..].split_once(quote)?;
    let rest = rest.trim();
    let plain =
        ["", "ignore missing", "with context", "without context", "ignore missing with context"];
    plain.contains(&rest).then_some(name)
}

/// Whether a tag writes nothing where its file is not there.
fn may_be_missing(tag: &Tag<'_>) -> bool {
    tag.inside.contains("ignore missing")
}

/// The files that `{{> NAME}}` may mean.
fn partial(tag: &Tag<'_>) -> Option<Vec<String>> {
    let name = tag.inside.strip_prefix('>')?.trim().trim_matches(['"', '\'']);
    let is_name = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let (folder, file) = name.rsplit_once('/').map_or(("", name), |(folder, file)| (folder, file));
    let dotprompt = if folder.is_empty() {
        format!("_{file}.prompt")
    } else {
        format!("{folder}/_{file}.prompt")
    };
    let endings = ["", ".hbs", ".handlebars", ".mustache"];
    let mut names: Vec<String> = endings.iter().map(|ending| format!("{name}{ending}")).collect();
    names.push(dotprompt);
    Some(names)
}
