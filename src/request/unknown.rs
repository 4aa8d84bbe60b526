//! What of a prompt cannot be counted.

use crate::units::Position;

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
