//! The rules of the lint: stable ids, their levels and why they exist.

mod caching;
mod caps;
mod declaration;
mod list;
mod model;
mod prompting;
mod request;
mod sampling;
mod thinking;

pub(super) use caching::*;
pub(super) use caps::*;
pub use declaration::Rule;
pub use list::RULES;
pub(super) use model::*;
pub(super) use prompting::*;
pub(super) use request::*;
pub(super) use sampling::*;
pub(super) use thinking::*;
