//! Quantities without policy: [`Tokens`], [`Count`], [`Money`], [`Rate`] and [`Factor`], [`Probability`], [`CallVolume`],
//! [`Seconds`], [`Position`] and [`Lines`].
//!
//! Money is exact. A [`Rate`] is a whole number of picodollars per token, which is the same as USD per
//! million tokens with six decimals, so that `tokens × rate` never rounds.
//!
//! ```
//! use outlay::units::{Rate, Tokens};
//!
//! let input: Rate = "3.00".parse()?;
//! let output: Rate = "12.00".parse()?;
//! let prompt: Tokens = "400".parse()?;
//! let completion: Tokens = "0.6k".parse()?;
//! assert_eq!((input * prompt + output * completion).to_string(), "0.0084");
//! # Ok::<(), outlay::Error>(())
//! ```

mod count;
mod decimal;
mod factor;
mod money;
mod position;
mod probability;
mod seconds;
mod tokens;
mod volume;

pub use count::{Count, grouped, plural};
pub use factor::Factor;
pub use money::{Money, Rate};
pub use position::{Lines, Position};
pub use probability::Probability;
pub use seconds::Seconds;
pub use tokens::{TokenRange, Tokens};
pub use volume::{CallVolume, Period};
