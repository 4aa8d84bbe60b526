//! `outlay simulate`: a conversation, turn by turn.

mod chart;
mod document;
mod result;

pub(crate) use result::SimulateResult;
