//! What was billed: logs of calls, whatever tool wrote them, as [`UsageRecord`]s.
//!
//! [`Records`] reads a log from any [`std::io::Read`] and finds the form of each record by itself:
//! responses of the makers' APIs (`maker`), exports of gateways and tracing tools (`exporter`), and
//! sessions of coding agents (`agent`). One file per form says which of its figures are parts of which.
//!
//! In a [`Usage`] cached tokens are part of the prompt and reasoning tokens are part of the completion,
//! so neither is ever added on top.
//!
//! ```
//! use outlay::logs::Records;
//! use outlay::units::Tokens;
//!
//! let log = br#"{"id": "chatcmpl-1", "object": "chat.completion", "created": 1727847180,
//!     "model": "o1-mini-2024-09-12", "choices": [{"finish_reason": "length", "message": {"content": ""}}],
//!     "usage": {"prompt_tokens": 757, "completion_tokens": 512, "total_tokens": 1269,
//!     "completion_tokens_details": {"reasoning_tokens": 512}}}"#;
//!
//! for record in Records::new(log.as_slice()) {
//!     let record = record?;
//!     assert!(record.truncated() && record.empty());
//!     assert_eq!(record.bill.usage.completion(), Tokens::new(512));
//! }
//! # Ok::<(), outlay::Error>(())
//! ```

mod agent;
mod cell;
mod column_reader;
mod columns;
mod conversation;
mod day;
mod dedup;
mod detect;
mod exporter;
mod figures;
mod maker;
mod object;
mod options;
mod place;
mod proxy_cache;
mod record;
mod records;
mod stream;
mod success;
mod task;
mod usage;
mod visible_output;

pub use cell::Cell;
pub use column_reader::ColumnReader;
pub use columns::Columns;
pub use conversation::CallGroup;
pub use dedup::Dedup;
pub use detect::read as read_record;
pub use figures::{LoggedUsage, MediumTokens};
pub use options::ReadOptions;
pub use place::Place;
pub use record::{
    AnthropicEvent, CodexEvent, Entry, Finish, LogFormat, PartialMessage, RecordedCost,
    ServiceTier, Unbilled, UsageRecord, Visible,
};
pub use records::Records;
pub use stream::{Block, LogRecord, Splitter};
pub use task::TaskFrom;
pub use usage::Usage;
