//! Logs of calls, read as they come: bytes into records, whatever tool wrote them.
//!
//! A [`Splitter`] cuts bytes into [`Block`]s of whole records; [`Block::read`] finds out the form of
//! each record and reads it; the [`Ledger`] knows what goes across records. One file per form says
//! which of its figures are parts of which.
//!
//! ```
//! use outlay::units::Tokens;
//! use outlay::usage::{Entry, Ledger, Rules, Splitter};
//!
//! let log = br#"{"id": "chatcmpl-1", "object": "chat.completion", "created": 1727847180,
//!     "model": "o1-mini-2024-09-12", "choices": [{"finish_reason": "length", "message": {"content": ""}}],
//!     "usage": {"prompt_tokens": 757, "completion_tokens": 512, "total_tokens": 1269,
//!     "completion_tokens_details": {"reasoning_tokens": 512}}}"#;
//!
//! let (rules, mut splitter, mut ledger) = (Rules::default(), Splitter::new(), Ledger::default());
//! let mut blocks = vec![splitter.push(log, &rules)?, splitter.finish(&rules)?];
//! let reads = blocks.iter().flatten().flat_map(|block| block.read(&rules));
//! for read in reads {
//!     let Some(Entry::Call(record)) = ledger.enter(read.reading?)? else { unreachable!() };
//!     assert!(record.truncated() && record.empty());
//!     assert_eq!(record.bill.usage.completion(), Tokens::new(512));
//! }
//! # Ok::<(), outlay::Error>(())
//! ```

mod anthropic;
mod arrays;
mod block;
mod body;
mod chat;
mod choice;
mod codex;
mod columns;
mod counts;
mod day;
mod detect;
mod gemini;
mod helicone;
mod langfuse;
mod ledger;
mod litellm;
mod object;
mod opencode;
mod pair;
mod record;
mod responses;
mod rules;
mod scan;
mod spans;
mod split;
mod task;
mod visible;

pub use block::{Block, Read};
pub use columns::Columns;
pub use counts::Bill;
pub use ledger::{Entry, Ledger};
pub use record::{
    CodexEvent, Finish, LogFormat, Reading, ServiceTier, Unbilled, UsageRecord, Visible,
};
pub use rules::Rules;
pub use split::Splitter;
pub use task::TaskFrom;
