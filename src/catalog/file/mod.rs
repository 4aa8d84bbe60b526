//! Catalogue files: their text into models, with errors that point into the file.

mod entry;
mod load;
mod shared;
mod written;

pub(super) use entry::Entry;
pub(super) use load::load;
