//! `outlay simulate`: a conversation, turn by turn.

mod chart;
mod document;
mod ends;
mod result;
mod steps;

pub(crate) use result::SimulateResult;
