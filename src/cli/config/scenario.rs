//! A scenario file: a declared conversation in TOML.

use toml::Spanned;
use toml::de::DeTable;

use crate::Error;
use crate::cli::config::spans::{check_keys, keys, name_key, parse, read};
use crate::workload::{CallSpec, ConversationSpec};

/// What `outlay init --scenario` writes.
pub(crate) const TEMPLATE: &str = include_str!("scenario.toml");

/// What to do about a scenario that cannot be read.
const HINT: &str = "`outlay init --scenario` writes a commented one";

/// What a scenario declares; a flag wins over it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Scenario {
    pub(crate) call: CallSpec,
    pub(crate) conversation: ConversationSpec,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// With line and column: what is not TOML, an unknown key with the nearest known one, and a value
    /// that the flag of the same name would refuse.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let table = parse(text, HINT)?;
        let of_call = keys::<CallSpec>();
        check_keys(text, table.get_ref(), &[of_call, keys::<ConversationSpec>()].concat(), HINT)?;
        // The keys of both stand side by side in one table.
        let (call, conversation): (DeTable<'_>, DeTable<'_>) = table
            .into_inner()
            .into_iter()
            .partition(|(key, _)| of_call.contains(&key.get_ref().as_ref()));
        let whole = |table| Spanned::new(0..text.len(), table);
        Ok(Self {
            call: read(text, whole(call), HINT).map_err(|e| name_key(text, e))?,
            conversation: read(text, whole(conversation), HINT).map_err(|e| name_key(text, e))?,
        })
    }
}
