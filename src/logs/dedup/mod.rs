//! What is known across records: which responses were counted, and how far a session had come.

mod identity;
mod memory;
mod message_stream;
mod once;
mod rollout;

pub use once::Dedup;
