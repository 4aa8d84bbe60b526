//! What is sent: [`Request`]s, the readers of the files they come in, and their [`prompt_tokens`].
//!
//! [`read`] takes the text of a file and finds out what it is: a request to one of the APIs, alone, in
//! lines or in a batch, a prompt file of one of the tools, or plain text, which becomes one user message.
//!
//! ```
//! use jiff::civil::date;
//! use outlay::catalog::Catalog;
//! use outlay::request::{FileHint, prompt_tokens, read};
//!
//! let file = r#"{"model": "o1-mini", "messages": [{"role": "user", "content": "hello world"}]}"#;
//! let document = read(file, FileHint::Nothing, None)?;
//! let request = document.entries[0].request.as_ref().unwrap();
//!
//! let catalog = Catalog::embedded();
//! let model = catalog.resolve(request.settings.model.as_deref().unwrap(), date(2024, 9, 20))?;
//! let count = prompt_tokens(request, &model.counting)?;
//! assert_eq!(count.prompt_tokens().get(), 2 + 7);
//! # Ok::<(), outlay::Error>(())
//! ```

mod api;
mod beside;
mod call;
mod chat_template;
mod claude;
mod count;
mod document;
mod envelope;
mod format;
mod framing;
mod keys;
mod media;
mod message;
mod origin;
mod pairing;
mod plain_line;
mod prompt_file;
mod recognise;
mod schema;
mod settings;
mod template;
mod tools;
mod unknown;

pub use beside::{NothingBeside, ReadBeside};
pub use call::{MarkedTokens, cap_field};
pub use count::{
    ANSWER_FRAMING, MESSAGE_FRAMING, PartCount, PartPieces, PromptCount, known_prompt_tokens,
    prompt_pieces, prompt_tokens, text_prompt_tokens,
};
pub use document::{
    Body, RequestDocument, RequestEntry, is_plain_text, is_request_lines, read, read_line,
    read_with,
};
pub use format::{FileHint, InputFormat};
pub use framing::Framing;
pub use media::{
    DeclaredSizes, Media, MediaKind, MediaLength, PageCount, PixelSize, image_size,
    too_many_patches,
};
pub use message::{
    ContentSpan, FunctionCall, FunctionDefinition, HostedTool, Message, Part, Request,
    ResponseSchema, Role,
};
pub use origin::Origin;
pub use pairing::check_tool_pairs;
pub use settings::{CacheMark, MarkedPrefix, RequestSettings, ThinkingSetting, ToolChoice};
pub use template::{
    DataRow, DataShape, Language, Slot, TableRows, data_rows, language_of, row_of_line, slots,
    slots_of, value_of,
};
pub use unknown::Unknown;
