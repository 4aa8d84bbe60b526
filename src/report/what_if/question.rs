//! What a page is asked.

use jiff::civil::Date;

use crate::catalog::Catalog;
use crate::units::Tokens;
use crate::workload::{CallSpec, ReadProfile};

/// What a page is asked.
pub(crate) struct Question<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) as_of: Date,
    /// What is known about the call.
    pub(crate) call: &'a CallSpec,
    /// The prompt, where it is declared.
    pub(crate) input_tokens: Option<Tokens>,
    /// Reads the profiles that the call names.
    pub(crate) files: &'a dyn ReadProfile,
    /// The options of the command that say nothing about the call, as words.
    pub(crate) flags: Vec<String>,
    /// Whether the form answers beside a page that says something else, instead of changing the page.
    pub(crate) beside: bool,
}
