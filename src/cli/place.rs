//! Where a report is written as it grows.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::cli::draft::Draft;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::cli::streams::Streams;
use crate::report::printable_lines;

/// Where a form goes, bit by bit.
pub(crate) enum Place {
    /// Standard output, and whether it is a terminal.
    Stdout(BufWriter<Box<dyn Write>>, bool),
    /// Nowhere any more: who read has stopped.
    Left,
    File(Draft, PathBuf),
    /// A file for the program that called.
    Memory(Vec<u8>, PathBuf),
}

impl Place {
    /// A new file of this name, which is there once it is finished; standard output without a name.
    pub(crate) fn of(path: Option<&Path>, settings: &Settings) -> Result<Self, Error> {
        let world = matches!(settings.streams, Streams::World);
        Ok(match path {
            None => {
                let stdout = BufWriter::new(output::stdout(settings));
                Self::Stdout(stdout, world && io::stdout().is_terminal())
            }
            Some(path) if world => {
                let draft = Draft::at(path).map_err(|why| output::unwritten(path, why))?;
                Self::File(draft, path.to_owned())
            }
            Some(path) => Self::Memory(Vec::new(), path.to_owned()),
        })
    }

    /// Writes the next lines.
    pub(crate) fn put(&mut self, text: &str) -> Result<(), Error> {
        match self {
            Self::Left => {}
            Self::Memory(bytes, _) => bytes.extend_from_slice(text.as_bytes()),
            Self::File(draft, path) => {
                let text = anstream::adapter::strip_str(text).to_string();
                draft.write(text.as_bytes()).map_err(|why| output::unwritten(path, why))?;
            }
            Self::Stdout(stdout, is_terminal) => {
                // Pages and data hold names as they are; on a terminal those must not control it.
                let written = if *is_terminal {
                    stdout.write_all(printable_lines(text).as_bytes())
                } else {
                    stdout.write_all(text.as_bytes())
                };
                if !output::is_read(written)? {
                    *self = Self::Left;
                }
            }
        }
        Ok(())
    }

    /// Ends it.
    pub(crate) fn finish(self, settings: &Settings) -> Result<(), Error> {
        match self {
            Self::Stdout(mut stdout, _) => {
                output::is_read(stdout.flush())?;
                Ok(())
            }
            Self::Left => Ok(()),
            Self::File(draft, path) => {
                draft.finish(true).map_err(|why| output::unwritten(&path, why))
            }
            Self::Memory(bytes, path) => {
                settings.streams.keep(&path, &bytes);
                Ok(())
            }
        }
    }
}
