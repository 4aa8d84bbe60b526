//! `outlay simulate`: a conversation, turn by turn.

mod chart;
mod document;
mod ends;
mod form;
mod result;
mod steps;

pub(crate) use form::{PlayForm, PlayedCommand};
pub(crate) use result::SimulateResult;
