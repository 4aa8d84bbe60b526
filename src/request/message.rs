//! A request, whatever format it was written in.

use std::borrow::Cow;
use std::ops::Range;

use super::media::Media;
use super::origin::Origin;
use super::settings::RequestSettings;
use super::template::Language;
use super::unknown::Unknown;
use crate::catalog::Feature;
use crate::json::{Fields, Value};
use crate::units::{Position, Tokens};

/// Who a message is from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// The model.
    Assistant,
    /// The developer of the application; the newer name of system.
    Developer,
    /// The result of a function, in the deprecated form.
    Function,
    /// The operator of the application.
    System,
    /// The result of a tool call.
    Tool,
    /// The person who asks.
    User,
}

impl Role {
    const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The role as requests write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }
}

/// A piece of a message's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// An image, audio, a file: something whose tokens do not follow from its text.
    Media(Media),
    /// Something whose tokens cannot be known before the call.
    Unknown(Unknown),
}

/// A call of a function that the model made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCall {
    /// The function.
    pub name: String,
    /// Its arguments, as the text the model wrote.
    pub arguments: String,
    /// What its result refers to: its id, or its name where the API has no ids.
    pub id: Option<String>,
}

/// Where the content of a message stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentSpan {
    /// The bytes of its key with the quotes, or of the content itself where it has no key.
    pub key: Range<usize>,
    /// The bytes of the content.
    pub text: Range<usize>,
}

impl ContentSpan {
    /// Where a value of a body stands.
    pub(super) fn of(value: &Value<'_>) -> Self {
        Self { key: value.span(), text: value.value_span() }
    }

    /// Where a text stands that is not JSON.
    pub(super) fn of_text(text: Range<usize>) -> Self {
        Self { key: text.clone(), text }
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who it is from.
    pub role: Role,
    /// The author's name, where one is given.
    pub name: Option<String>,
    /// Its content; several texts are read as one.
    pub content: Vec<Part>,
    /// Calls of tools that it makes.
    pub tool_calls: Vec<FunctionCall>,
    /// The call it makes in the deprecated form.
    pub function_call: Option<FunctionCall>,
    /// The calls that it holds results of, by their ids.
    pub answers: Vec<String>,
    /// What the file calls it where that is not `messages[i]`, such as `system`.
    pub path: Option<String>,
    /// Where its content stands in the file.
    pub span: Option<ContentSpan>,
}

impl Message {
    /// A message of these parts.
    #[must_use]
    pub fn new(role: Role, content: Vec<Part>) -> Self {
        Self {
            role,
            name: None,
            content,
            tool_calls: Vec::new(),
            function_call: None,
            answers: Vec::new(),
            path: None,
            span: None,
        }
    }

    /// What the file calls the message at this place of its list.
    #[must_use]
    pub fn place(&self, index: usize) -> String {
        self.path.clone().unwrap_or_else(|| format!("messages[{index}]"))
    }

    /// The name of its content among the parts of a count.
    #[must_use]
    pub fn part_name(&self, index: usize) -> String {
        match self.path.as_deref() {
            Some(path) if path.starts_with("contents") => format!("{path}.parts"),
            Some(path) if !path.ends_with(']') => path.to_owned(),
            _ => format!("{}.content", self.place(index)),
        }
    }

    /// A message of one text.
    #[must_use]
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self::new(role, vec![Part::Text(text.into())])
    }

    /// Its texts, joined; what is not text is counted apart.
    #[must_use]
    pub fn joined_text(&self) -> Cow<'_, str> {
        if let [Part::Text(text)] = self.content.as_slice() {
            return Cow::Borrowed(text);
        }
        let texts = self.content.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Media(_) | Part::Unknown(_) => None,
        });
        Cow::Owned(texts.collect())
    }
}

/// A function offered to the model.
#[derive(Debug, Clone)]
pub struct FunctionDefinition {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// The JSON Schema of its parameters, keys in the order they were written.
    pub parameters: Option<serde_json::Value>,
}

/// A tool that the provider defines, and mostly runs, itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedTool {
    /// Its `type` or key, such as `web_search`.
    pub kind: String,
    /// The tokens of its definition, where they are published.
    pub tokens: Option<Tokens>,
    /// Where it stands in the file.
    pub position: Position,
}

/// A schema that answers must follow.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseSchema {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The JSON Schema, keys in the order they were written.
    pub schema: serde_json::Value,
}

/// A request before it is sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// The format it was written in.
    pub origin: Origin,
    /// Its messages, oldest first; instructions beside the messages come first.
    pub messages: Vec<Message>,
    /// The functions it offers.
    pub functions: Vec<FunctionDefinition>,
    /// The provider's own tools that it offers.
    pub hosted_tools: Vec<HostedTool>,
    /// The schema that answers must follow.
    pub response_schema: Option<ResponseSchema>,
    /// What it says beside its text.
    pub settings: RequestSettings,
    /// The language of its template, where its format says which.
    pub template: Option<Language>,
    /// Values of its slots that the file brings, a row each: names with values.
    pub samples: Vec<Vec<(String, String)>>,
    /// Tokens of the prompt that are not in the file.
    pub unknown: Vec<Unknown>,
    /// Keys of which tokens or money are in no figure, or may be: those that are known to cost something that is
    /// not known, those that its format does not have, of which a misspelt one may hold the whole prompt, and those
    /// with several values.
    pub unread: Vec<Unknown>,
    /// Why a count of it is an estimate, one sentence each.
    pub doubts: Vec<String>,
    /// What it holds that carries tokens or money and is not counted, one sentence each.
    pub warnings: Vec<String>,
}

impl Request {
    /// A request of these messages and nothing else.
    #[must_use]
    pub fn from_messages(origin: Origin, messages: Vec<Message>) -> Self {
        Self {
            origin,
            messages,
            functions: Vec::new(),
            hosted_tools: Vec::new(),
            response_schema: None,
            settings: RequestSettings::default(),
            template: None,
            samples: Vec::new(),
            unknown: Vec::new(),
            unread: Vec::new(),
            doubts: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The features that a model must have to take it.
    #[must_use]
    pub fn needs(&self) -> Vec<Feature> {
        let has_role = |role| self.messages.iter().any(|message| message.role == role);
        let parts = self.messages.iter().flat_map(|message| &message.content);
        let has_images =
            parts.into_iter().any(|part| matches!(part, Part::Media(media) if media.is_image()));
        [
            (Feature::DeveloperMessage, has_role(Role::Developer)),
            (Feature::Images, has_images),
            (Feature::N, self.settings.choices > 1),
            (Feature::StructuredOutput, self.response_schema.is_some()),
            (Feature::SystemMessage, has_role(Role::System)),
            (Feature::Tools, !self.functions.is_empty() || !self.hosted_tools.is_empty()),
        ]
        .into_iter()
        .filter_map(|(feature, needed)| needed.then_some(feature))
        .collect()
    }

    /// One user message of this text.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self::from_messages(Origin::Text, vec![Message::text(Role::User, text)])
    }
}

/// So many sentences of a kind are kept of a request, and one that says that there are others.
const MOST_SENTENCES: usize = 100;

/// Keeps a sentence, once.
fn say(sentences: &mut Vec<String>, sentence: String) {
    if sentences.len() > MOST_SENTENCES || sentences.contains(&sentence) {
        return;
    }
    sentences.push(if sentences.len() == MOST_SENTENCES {
        "it has more that is not in the figures".to_owned()
    } else {
        sentence
    });
}

impl Request {
    /// Notes what stands under a key and carries tokens or money that is in no figure, or may.
    pub(super) fn lacks(&mut self, key: &str, value: &Value<'_>, why: &str) {
        self.note_unread(Unknown::at(value, key, why));
    }

    /// Notes a key with several values: readers differ in which of them they take.
    pub(super) fn repeated(&mut self, key: &str, fields: &Fields<'_>) {
        if self.unread.len() == MOST_SENTENCES {
            return;
        }
        let mut values =
            fields.members().filter(|(known, _)| *known == key).map(|(_, value)| value);
        if let Some(first) = values.next()
            && values.any(|other| other.text() != first.text())
        {
            let why = "it is there more than once, and the last one counts";
            self.note_unread(Unknown::at(&first, key, why));
        }
    }

    /// Says that what stands under a key is not counted, which makes the count an estimate.
    pub(super) fn note_unread(&mut self, key: Unknown) {
        self.warn(key.sentence());
        say(&mut self.doubts, format!("it has `{}`, which is not in the figures", key.what));
        if self.unread.len() < MOST_SENTENCES && !self.unread.contains(&key) {
            self.unread.push(key);
        }
    }

    /// Notes something that carries tokens or money and is not counted, once.
    pub(super) fn warn(&mut self, sentence: impl Into<String>) {
        say(&mut self.warnings, sentence.into());
    }
}
