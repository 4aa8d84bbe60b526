//! What fills the slots of templates: sizes that flags declare (`Filling`), and the rows of a file (`Dataset`).

mod dataset;
mod fill;

pub(super) use fill::{Filled, Filling, note_slots, sized};
