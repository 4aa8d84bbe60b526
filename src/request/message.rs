//! A request, whatever format it was written in.

use std::fmt;

use serde_json::value::RawValue;

use crate::catalog::{Feature, Tier};
use crate::units::{Position, Tokens};
use crate::{Error, ErrorKind};

/// Who a message is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    const ALL: [Self; 6] =
        [Self::Assistant, Self::Developer, Self::Function, Self::System, Self::Tool, Self::User];

    /// The role as requests write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::Developer => "developer",
            Self::Function => "function",
            Self::System => "system",
            Self::Tool => "tool",
            Self::User => "user",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A piece of a message's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// An image, audio, a file: something whose tokens do not follow from its text.
    Uncountable {
        /// The part's `type`, such as `image_url`.
        kind: String,
        /// Where it stands in the file.
        position: Position,
    },
}

/// A call of a function that the model made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCall {
    /// The function.
    pub name: String,
    /// Its arguments, as the text the model wrote.
    pub arguments: String,
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
}

impl Message {
    /// A message of one text.
    #[must_use]
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            name: None,
            content: vec![Part::Text(text.into())],
            tool_calls: Vec::new(),
            function_call: None,
        }
    }
}

impl Message {
    /// The text of its content, the parts joined; `at` is its place in the request.
    ///
    /// # Errors
    /// [`ErrorKind::Uncountable`] names the first part that is no text.
    pub(super) fn joined_text(&self, at: &str) -> Result<String, Error> {
        let mut text = String::new();
        for (i, part) in self.content.iter().enumerate() {
            match part {
                Part::Text(piece) => text.push_str(piece),
                Part::Uncountable { kind, position } => {
                    return Err(Error::new(
                        ErrorKind::Uncountable,
                        format!("{at}.content[{i}] is `{kind}`, whose tokens cannot be counted from the request"),
                    )
                    .at(*position)
                    .hint("remove that part to count the rest; only text can be counted before a call"));
                }
            }
        }
        Ok(text)
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

/// Which tool the model is told to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolChoice {
    /// `none`.
    None,
    /// One function by name, through `tool_choice`.
    Tool(String),
    /// One function by name, through the deprecated `function_call`.
    Function(String),
}

/// The format a request was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Plain text.
    Text,
    /// A Chat Completions request, or the messages of one.
    Chat,
    /// A Responses request.
    Responses,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Text => "plain text, taken as one user message",
            Self::Chat => "Chat Completions request",
            Self::Responses => "Responses request",
        })
    }
}

/// A request before it is sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// The format it was written in.
    pub origin: Origin,
    /// The model it names.
    pub model: Option<String>,
    /// Its messages, oldest first.
    pub messages: Vec<Message>,
    /// The functions it offers.
    pub functions: Vec<FunctionDefinition>,
    /// Which of them the model is told to use, where that costs tokens.
    pub tool_choice: Option<ToolChoice>,
    /// The JSON Schema that answers must follow.
    pub response_schema: Option<Box<RawValue>>,
    /// The cap it sends, under whatever name.
    pub cap: Option<Tokens>,
    /// How many answers it asks for.
    pub choices: u64,
    /// The service tier it asks for; batch when it stands in a Batch file.
    pub tier: Option<Tier>,
}

impl Request {
    /// A request of these messages and nothing else.
    #[must_use]
    pub fn from_messages(origin: Origin, messages: Vec<Message>) -> Self {
        Self {
            origin,
            model: None,
            messages,
            functions: Vec::new(),
            tool_choice: None,
            response_schema: None,
            cap: None,
            choices: 1,
            tier: None,
        }
    }

    /// The features that a model must have to take it.
    #[must_use]
    pub fn needs(&self) -> Vec<Feature> {
        let has_role = |role| self.messages.iter().any(|message| message.role == role);
        let has_images =
            self.messages.iter().flat_map(|message| &message.content).any(
                |part| matches!(part, Part::Uncountable { kind, .. } if kind.contains("image")),
            );
        [
            (Feature::DeveloperMessage, has_role(Role::Developer)),
            (Feature::Images, has_images),
            (Feature::N, self.choices > 1),
            (Feature::StructuredOutput, self.response_schema.is_some()),
            (Feature::SystemMessage, has_role(Role::System)),
            (Feature::Tools, !self.functions.is_empty()),
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
