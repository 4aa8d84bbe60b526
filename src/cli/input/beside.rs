//! Files beside an input, which prompt files refer to.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::cli::input::read::text_of;
use crate::request::ReadBeside;
use crate::{Error, ErrorKind};

/// A file of this size or more is none that a prompt is made of.
const LARGEST: u64 = 256 << 20;

/// The folder of an input on disk.
pub(crate) struct FilesBeside(PathBuf);

impl FilesBeside {
    /// The files beside this one; those of the working folder for standard input.
    pub(crate) fn of(file: &str) -> Self {
        Self(Path::new(file).parent().map(Path::to_path_buf).unwrap_or_default())
    }
}

impl ReadBeside for FilesBeside {
    fn read_beside(&self, name: &str) -> Result<String, Error> {
        let path = self.0.join(name);
        let shown = path.display().to_string();
        let failed = |e: &io::Error| {
            Error::new(ErrorKind::Malformed, format!("`{shown}` cannot be read: {e}"))
                .hint("names are relative to the folder of the file that has them")
        };
        let about = fs::metadata(&path).map_err(|e| failed(&e))?;
        if !about.is_file() || about.len() > LARGEST {
            let message = format!("`{shown}` is no file of a prompt");
            return Err(Error::new(ErrorKind::Malformed, message)
                .hint("name a file of text that is smaller than 256 MiB"));
        }
        text_of(fs::read(&path).map_err(|e| failed(&e))?).map_err(|e| e.in_source(&shown))
    }
}
