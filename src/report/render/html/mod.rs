//! The page for a browser: one file that asks for nothing else.
//!
//! What a report says is on its [`Document`](crate::report::Document); this room only lays it out. The conclusion, which a
//! terminal shows last, stands first under its heading; what was assumed stands last; a picture has
//! its figures folded below it. The template escapes every text, and the policy of the page
//! allows no request and no script but the ones that are named by their digest.

#[cfg(feature = "cli")]
mod finder;
mod page;
#[cfg(feature = "cli")]
mod playform;
#[cfg(feature = "cli")]
mod sumform;
mod view;
#[cfg(feature = "cli")]
mod whatif;

#[cfg(feature = "cli")]
pub(crate) use finder::finder;
pub(super) use page::{Cover, render};
#[cfg(feature = "cli")]
pub(crate) use playform::play_form;
#[cfg(feature = "cli")]
pub(crate) use sumform::sum_form;
#[cfg(feature = "cli")]
pub(crate) use whatif::what_if_form;
