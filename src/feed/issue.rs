//! What is wrong with a row of a feed, or cannot be carried over from it.

use serde::Serialize;

use crate::units::Position;

/// Why a row, or a part of one, is not taken.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    strum::Display,
    strum::IntoStaticStr,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Reason {
    /// It is about another kind of call than chat.
    NotChat,
    /// It is an example of the feed, no model.
    Sample,
    /// Its provider resells models of others, and it was not asked for.
    Reseller,
    /// The feed has no price per token for it.
    NoPrice,
    /// The feed lacks what a model that is new to the catalogue needs.
    Incomplete,
    /// A value is not what its key promises.
    Unreadable,
    /// A rate is outside the band of believable rates, or in another unit.
    OutOfBand,
    /// Its id occurs more than once.
    Repeated,
    /// It costs nothing, and it was not marked as free.
    Free,
    /// Its reasoning tokens have a rate of their own, which the catalogue cannot express.
    ReasoningRate,
    /// Two of its statements contradict each other, or another row about the same model does.
    Contradiction,
    /// A service tier, a condition or a unit that the catalogue has no place for.
    LeftOut,
    /// A rate has more digits than a picodollar per token and was rounded.
    Rounded,
}

impl Reason {
    /// The name, such as `not-chat`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether it is what a feed of many things has by its nature, so that a count is enough.
    #[must_use]
    pub const fn is_expected(self) -> bool {
        matches!(
            self,
            Self::NotChat | Self::Sample | Self::Reseller | Self::NoPrice | Self::Incomplete
        )
    }
}

/// A reason with its place and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// What kind of fault.
    pub reason: Reason,
    /// What is wrong, in a few words that name the key.
    pub message: String,
    /// Where it is.
    pub position: Position,
}
