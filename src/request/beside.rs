//! Files that a prompt file refers to.

use crate::{Error, ErrorKind};

/// Reads the files that a prompt file refers to. The library touches no files itself.
pub trait ReadBeside: Sync {
    /// The text of a file; its name is relative to the folder of the file that refers to it.
    ///
    /// # Errors
    /// When there is no such file, or it cannot be read.
    fn read_beside(&self, name: &str) -> Result<String, Error>;
}

/// Finds no other files: for texts that are not from a file.
#[derive(Debug, Clone, Copy)]
pub struct NothingBeside;

impl ReadBeside for NothingBeside {
    fn read_beside(&self, name: &str) -> Result<String, Error> {
        Err(Error::new(ErrorKind::Malformed, format!("`{name}` is another file"))
            .hint("count the file by its name, so that others are found beside it"))
    }
}
