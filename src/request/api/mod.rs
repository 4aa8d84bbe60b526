//! One reader for the requests of each API.
//!
//! A reader turns the body of a request into the messages, tools and settings that every maker has in some
//! form, and reports by name what carries tokens or money and is not in the figures.
//!
//! ```
//! use outlay::request::{FileHint, Role, read};
//!
//! let text = r#"{"model": "claude-opus-5", "max_tokens": 100, "system": "Be brief.",
//!     "messages": [{"role": "user", "content": "Hello"}]}"#;
//! let document = read(text, FileHint::Nothing, None)?;
//! let request = document.entries[0].request.as_ref().unwrap();
//! assert_eq!(request.messages[0].role, Role::System);
//! assert_eq!(request.settings.cap_field, Some("max_tokens"));
//! # Ok::<(), outlay::Error>(())
//! ```

pub(super) mod anthropic;
pub(super) mod bedrock;
pub(super) mod chat;
mod costs;
mod definition;
pub(super) mod gemini;
pub(super) mod mcp;
pub(super) mod nested;
pub(super) mod responses;
mod settings;

pub(super) use costs::costs;
