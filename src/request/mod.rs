//! What is sent: [`Request`]s, the readers of the files they come in, and their [`prompt_tokens`].
//!
//! [`read`] takes the text of a file and finds out what it is: a Chat Completions request, a bare
//! array of messages, a Responses request, lines of requests or of the Batch API, or plain text,
//! which becomes one user message.
//!
//! ```
//! use jiff::civil::date;
//! use outlay::catalog::Catalog;
//! use outlay::request::{Naming, prompt_tokens, read};
//!
//! let file = r#"{"model": "o1-mini", "messages": [{"role": "user", "content": "hello world"}]}"#;
//! let document = read(file, Naming::Extension("json"), None)?;
//! let request = document.entries[0].request.as_ref().unwrap();
//!
//! let catalog = Catalog::embedded();
//! let model = catalog.resolve(request.model.as_deref().unwrap(), date(2024, 9, 20))?;
//! let count = prompt_tokens(request, &model.counting)?;
//! assert_eq!(count.prompt_tokens().get(), 2 + 7);
//! # Ok::<(), outlay::Error>(())
//! ```

mod body;
mod chat;
mod claude;
mod count;
mod document;
mod json;
mod message;
mod responses;
mod template;
mod tools;

pub use body::{Body, bodies};
pub use count::{
    ANSWER_FRAMING, MESSAGE_FRAMING, PartCount, PartPieces, PromptCount, prompt_pieces,
    prompt_tokens, text_prompt_tokens,
};
pub use document::{Document, Entry, Naming, Shape, is_plain_text, read};
pub use message::{
    FunctionCall, FunctionDefinition, Message, Origin, Part, Request, Role, ToolChoice,
};
pub use template::{Slot, slots};
