//! Bytes as they come, cut into whole records.
//!
//! A [`Splitter`] cuts bytes into [`Block`]s of whole records, and [`Block::read`] finds the form of
//! each record and reads it. Blocks can be read on several threads;
//! [`Dedup`](super::Dedup) then takes their records in order.
//!
//! ```
//! use outlay::logs::{Entry, Dedup, ReadOptions, Splitter};
//!
//! let log = b"model,prompt_tokens,completion_tokens\no1-mini,10,20\n";
//! let (options, mut splitter, mut dedup) = (ReadOptions::default(), Splitter::new(), Dedup::default());
//! let blocks = [splitter.push(log, &options)?, splitter.finish(&options)?];
//! let mut records = Vec::new();
//! for record in blocks.iter().flatten().flat_map(|block| block.read(&options)) {
//!     dedup.enter(record, &mut records);
//! }
//! dedup.finish(&mut records);
//! assert!(matches!(records[0].entry, Ok(Entry::Call(_))));
//! # Ok::<(), outlay::Error>(())
//! ```

mod block;
mod foreign;
mod json_boundaries;
mod quotes;
mod splitter;

pub use block::{Block, LogRecord};
pub use splitter::Splitter;
