//! Files that are written whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::{Error, ErrorKind};

/// Why a file is not written, and what to do about it.
pub(crate) type Failure = (String, &'static str);

/// A file in writing. It takes its place when it is finished; other than regular files (a pipe, a device) are
/// written through.
pub(crate) enum Draft {
    Through(BufWriter<File>),
    Beside(BufWriter<NamedTempFile>, PathBuf),
}

impl Draft {
    /// Begins a file in the place of the one at this path.
    pub(crate) fn at(path: &Path) -> Result<Self, Failure> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                return Err(("it is a directory".to_owned(), "name a file in it"));
            }
            Ok(found) if !found.is_file() => {
                let file = fs::OpenOptions::new().write(true).open(path).map_err(|e| told(&e))?;
                return Ok(Self::Through(BufWriter::new(file)));
            }
            _ => {}
        }
        // A link keeps pointing to the file that is replaced, or that it waits for.
        let linked = || Some(path.parent()?.join(fs::read_link(path).ok()?));
        let path = fs::canonicalize(path).ok().or_else(linked).unwrap_or_else(|| path.to_owned());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err((format!("there is no directory `{}`", folder.display()), "make it first"));
        }
        #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has such permissions"))]
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        // What was private stays so.
        let old = fs::metadata(&path).ok().map(|found| found.permissions());
        let file = builder.tempfile_in(folder).map_err(|e| told(&e))?;
        if let Some(permissions) = old {
            file.as_file().set_permissions(permissions).map_err(|e| told(&e))?;
        }
        Ok(Self::Beside(BufWriter::new(file), path))
    }

    /// Adds to it.
    pub(crate) fn write(&mut self, content: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Through(file) => file.write_all(content),
            Self::Beside(file, _) => file.write_all(content),
        }
        .map_err(|e| told(&e))
    }

    /// Puts it where it belongs, over an existing file only if that is wanted.
    pub(crate) fn finish(self, over: bool) -> Result<(), Failure> {
        match self {
            Self::Through(mut file) => file.flush().map_err(|e| told(&e)),
            Self::Beside(file, path) => {
                let file = file.into_inner().map_err(|e| told(&e.into_error()))?;
                file.as_file().sync_all().map_err(|e| told(&e))?;
                let put = if over { file.persist(&path) } else { file.persist_noclobber(&path) };
                put.map(|_| ()).map_err(|e| told(&e.error))
            }
        }
    }
}

/// The error's own text may name a temporary file that the user did not choose.
pub(crate) fn told(e: &io::Error) -> Failure {
    (e.kind().to_string(), "choose a place that you may write to")
}

/// The error for a file that cannot be written.
pub(crate) fn unwritten(path: &Path, (why, hint): Failure) -> Error {
    let message = format!("cannot write `{}`: {why}", path.display());
    Error::new(ErrorKind::Usage, message).hint(hint)
}
