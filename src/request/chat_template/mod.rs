//! What chat templates put around messages.
//!
//! A template turns messages into one text before the model reads it, and the marks in it are tokens of the
//! prompt. A conversation of texts is counted as the template writes it; definitions of tools too, with
//! their keys in the order in which an API documents them. Calls and their results are counted as text in
//! the marks of a message.

mod definitions;
mod marks;
mod published;
mod rendered;

pub(super) use rendered::{answer, definitions, doubt, tokens};

#[cfg(test)]
mod tests;
