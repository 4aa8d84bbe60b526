//! What of a prompt cannot be counted.

use crate::json::Value;
use crate::units::Position;

/// Why a key is read by nobody.
pub(super) const NO_SUCH_KEY: &str = "this format has no such key";

/// Why answers that are not text alone are in no figure.
pub(super) const MORE_THAN_TEXT: &str = "it asks for more than text, which has rates of its own";

/// Why the figures are not of a service tier.
pub(super) fn unknown_tier(name: &str) -> String {
    format!("{name} is not known; they are of the standard tier")
}

/// Tokens of a prompt that cannot be known from the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What it is, such as `previous_response_id` or the `type` of a part.
    pub what: String,
    /// Why it cannot be counted, a half sentence that follows the name.
    pub why: String,
    /// Where it stands in the file.
    pub position: Position,
}

impl Unknown {
    /// What stands as `value` under `what`.
    pub(super) fn at(value: &Value<'_>, what: &str, why: &str) -> Self {
        Self { what: what.to_owned(), why: why.to_owned(), position: value.position() }
    }

    /// Whether it stands under a key that its format does not have, which may be misspelt.
    #[must_use]
    pub fn has_unknown_key(&self) -> bool {
        self.why.starts_with(NO_SUCH_KEY)
    }

    /// That it is in no figure, and why.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("`{}` is not in the figures: {}", self.what, self.why)
    }
}
