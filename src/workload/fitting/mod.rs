//! Making a conversation fit: which messages of a request to leave out ([`Fitted`]), and what other ways of
//! keeping its history short cost ([`Outlook`]).

mod entries;
mod fitted;
mod outlook;

pub use fitted::{DroppedMessage, Fitted};
pub use outlook::{Alternative, Outlook, OutlookOf};
