//! The part of a page that plays a conversation again with other amounts.

mod form;

pub(crate) use form::play_form;
