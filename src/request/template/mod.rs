//! Templates: texts with slots and blocks, what fills them, and how long they become.

mod dataset;
mod elsewhere;
mod fill;
mod go;
mod jinja;
mod language;
mod loose;
mod outline;
mod sections;
mod slot;
mod slots;
mod tags;
mod values;

pub use dataset::{DataRow, DataShape, TableRows, data_rows, row_of_line};
pub(super) use go::has_tags_of_go;
pub use language::Language;
pub(super) use loose::is_likely;
pub use slot::Slot;
pub use slots::{language_of, slots, slots_of};
pub use values::value_of;
