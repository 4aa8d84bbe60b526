//! What the blocks of a template leave of its text while nothing fills them.

use std::collections::BTreeSet;

use super::super::message::{Part, Request};
use super::language::Language;
use super::tags::{Does, tags};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// A request whose blocks nothing fills, between the least and the most that they write.
#[derive(Debug)]
pub(in super::super) struct Outlined {
    /// With every branch of every block once.
    pub(in super::super) once: Request,
    /// Without what stands in blocks.
    pub(in super::super) least: Request,
    /// Whether it may become longer than `once`: something repeats, or stands elsewhere.
    pub(in super::super) open_ended: bool,
    /// What the count is an estimate for.
    pub(in super::super) reason: String,
}

/// What the tags of one text say.
#[derive(Default)]
struct Outline {
    once: String,
    least: String,
    repeats: bool,
    /// The words of its tags.
    words: BTreeSet<String>,
    /// Texts that it takes from elsewhere.
    elsewhere: Vec<String>,
}

/// Blocks that are open, with the byte at which each begins.
type Open<'a> = Vec<(&'a str, usize)>;

impl Outline {
    /// The outline of a text, with `open` blocks before it.
    fn of<'a>(text: &'a str, language: Language, open: &mut Open<'a>) -> Result<Self, Fault> {
        let mut outline = Self::default();
        for tag in tags(text, language) {
            let fault = |message: String| Fault { message, at: tag.start };
            match tag.does {
                Does::Text => {
                    outline.once.push_str(tag.text);
                    if open.is_empty() {
                        outline.least.push_str(tag.text);
                    }
                }
                Does::Open(word) | Does::Repeat(word) => {
                    outline.repeats |= matches!(tag.does, Does::Repeat(_));
                    outline.words.insert(word.to_owned());
                    open.push((word, tag.start));
                }
                Does::Part if open.is_empty() => {
                    return Err(fault(format!("`{}` is in no block", tag.text)));
                }
                Does::Part | Does::Nothing => {
                    outline
                        .words
                        .insert(tag.inside.split(' ').next().unwrap_or_default().to_owned());
                }
                Does::Close(word) => match open.pop() {
                    Some((begun, _)) if begun == word || begun.starts_with("else") => {}
                    Some((begun, _)) => {
                        return Err(fault(format!(
                            "`{}` does not end the block `{begun}`",
                            tag.text
                        )));
                    }
                    None => return Err(fault(format!("`{}` ends no block", tag.text))),
                },
                Does::Elsewhere(_) => {
                    outline.elsewhere.push(tag.text.to_owned());
                }
            }
        }
        Ok(outline)
    }
}

/// What is wrong with a template, and at which byte of its text.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) at: usize,
}

impl Request {
    /// Whether a text of it has tags that steer a template of the language, such as those of blocks.
    #[must_use]
    pub fn has_blocks(&self, language: Language) -> bool {
        self.texts().any(|text| tags(text, language).len() > 1)
    }

    /// Whether a block begins in one text and ends in another.
    pub(super) fn spans_messages(&self, language: Language) -> bool {
        self.outline_in(language).is_ok()
            && self.texts().any(|text| {
                let mut open = Vec::new();
                Outline::of(text, language, &mut open).is_err() || !open.is_empty()
            })
    }

    /// The language of Jinja or of Handlebars, where its texts hold blocks of it that are whole.
    pub(in super::super) fn guessed_language(&self) -> Option<Language> {
        let is_sure = |language: Language| {
            let blocks = self.texts().flat_map(|text| tags(text, language));
            let closes = blocks.filter(|tag| matches!(tag.does, Does::Close(_))).count();
            closes > 0 && self.outline_in(language).is_ok()
        };
        [Language::Jinja, Language::Handlebars].into_iter().find(|language| is_sure(*language))
    }

    /// What its blocks leave of it; `None` where its format has no template, or its texts no blocks.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] with the place of a block that is not ended, or ends none.
    pub(in super::super) fn outline(&self) -> Result<Option<Outlined>, Error> {
        match self.template {
            Some(language) if self.has_blocks(language) => self.outline_in(language).map(Some),
            _ => Ok(None),
        }
    }

    fn outline_in(&self, language: Language) -> Result<Outlined, Error> {
        let (mut once, mut least) = (self.clone(), self.clone());
        let mut open = Vec::new();
        let mut all = Outline::default();
        let mut end = (0, "");
        for (i, message) in self.messages.iter().enumerate() {
            for (j, part) in message.content.iter().enumerate() {
                let Part::Text(text) = part else { continue };
                let own = Outline::of(text, language, &mut open)
                    .map_err(|fault| self.at_fault(i, text, &fault))?;
                once.messages[i].content[j] = Part::Text(own.once);
                least.messages[i].content[j] = Part::Text(own.least);
                all.repeats |= own.repeats;
                all.words.extend(own.words);
                all.elsewhere.extend(own.elsewhere);
                end = (i, text);
            }
        }
        if let Some((word, start)) = open.last() {
            let fault = Fault { message: format!("the block `{word}` has no end"), at: *start };
            return Err(self.at_fault(end.0, end.1, &fault));
        }
        all.words.retain(|word| !word.is_empty());
        let words: Vec<String> = all.words.iter().map(|word| format!("`{word}`")).collect();
        let mut reason = format!(
            "the blocks of the template ({}) are counted with every branch once",
            words.join(", ")
        );
        if all.repeats {
            reason.push_str(", and what repeats may be longer");
        }
        if !all.elsewhere.is_empty() {
            reason.push_str(&format!(
                "; what it takes from elsewhere is not in it: {}",
                all.elsewhere.join(", ")
            ));
        }
        reason
            .push_str("; fill it with `--rows FILE`, or pass `--as text` where it is no template");
        let open_ended = all.repeats || !all.elsewhere.is_empty();
        Ok(Outlined { once, least, open_ended, reason })
    }

    /// An error about a template, in the message that holds it.
    pub(super) fn at_fault(&self, message: usize, text: &str, fault: &Fault) -> Error {
        let line = Position::of(text, fault.at.min(text.len()));
        let error = |place: String| {
            Error::new(
                ErrorKind::Malformed,
                format!("{place}the template does not parse: {}", fault.message),
            )
            .hint("correct the template, or pass `--as text` to count it as it stands")
        };
        // A text alone has the places of its file.
        if self.messages.len() == 1 && self.origin == super::super::origin::Origin::Text {
            return error(String::new()).at(line);
        }
        let place = self.messages.get(message).map(|found| found.place(message));
        error(format!("{}, line {}: ", place.unwrap_or_default(), line.line))
    }
}
