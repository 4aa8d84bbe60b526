//! Where a report is written as it grows.

use std::borrow::Cow;
use std::env;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use serde::Serialize;

use crate::cli::args::When;
use crate::cli::draft::{Draft, unwritten};
use crate::cli::settings::Settings;
use crate::cli::streams::Streams;
use crate::report::{Format, element_lines, printable_lines, printable_start, unserialisable};
use crate::{Error, ErrorKind};

/// Where a form goes, bit by bit.
pub(crate) enum Place {
    /// Standard output, and who obeys what is written there.
    Stdout(BufWriter<Box<dyn Write>>, Obeys),
    /// Nowhere any more: who read has stopped.
    Left,
    File(Draft, PathBuf, Escapes),
    /// A file for the program that called.
    Memory(Vec<u8>, PathBuf, Escapes),
}

/// Who obeys what a form holds of names, which pages and data write as they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obeys {
    Nobody,
    /// A terminal: control characters.
    Terminal,
    /// A job of GitHub Actions, whose log this may be: a line that begins with `::`.
    Job,
}

impl Obeys {
    /// Who reads standard output.
    fn of_stdout(form: Format) -> Self {
        if io::stdout().is_terminal() {
            Self::Terminal
        } else if form != Format::Github && env::var_os("GITHUB_ACTIONS").is_some() {
            Self::Job
        } else {
            Self::Nobody
        }
    }

    /// Whole lines as they are written there.
    fn shown(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Terminal => printable_lines(text),
            Self::Job if text.contains("::") => {
                text.split_inclusive('\n').map(printable_start).collect::<String>().into()
            }
            _ => text.into(),
        }
    }
}

/// What becomes of what steers a terminal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// A file has no colours.
    LeftOut,
    /// JSON has none that a terminal obeys: nothing is looked for in it.
    None,
}

impl Place {
    /// A new file of this name, which is there once it is finished; standard output without a name.
    pub(crate) fn of(
        path: Option<&Path>,
        form: Format,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let world = matches!(settings.streams, Streams::World);
        let escapes = if form == Format::Json { Escapes::None } else { Escapes::LeftOut };
        Ok(match path {
            None => {
                let obeys = if world { Obeys::of_stdout(form) } else { Obeys::Nobody };
                let stdout = match escapes {
                    Escapes::None if obeys != Obeys::Terminal => {
                        settings.streams.output(ColorChoice::AlwaysAnsi)
                    }
                    _ => stdout(settings),
                };
                Self::Stdout(BufWriter::new(stdout), obeys)
            }
            Some(path) if world => {
                let draft = Draft::at(path).map_err(|why| unwritten(path, why))?;
                Self::File(draft, path.to_owned(), escapes)
            }
            Some(path) => Self::Memory(Vec::new(), path.to_owned(), escapes),
        })
    }

    /// Writes the next lines.
    pub(crate) fn put(&mut self, text: &str) -> Result<(), Error> {
        match self {
            Self::Left => {}
            Self::Memory(bytes, _, escapes) => bytes.extend(escapes.of(text).as_bytes()),
            Self::File(draft, path, escapes) => {
                draft.write(escapes.of(text).as_bytes()).map_err(|why| unwritten(path, why))?;
            }
            Self::Stdout(stdout, obeys) => {
                if !is_read(stdout.write_all(obeys.shown(text).as_bytes()))? {
                    *self = Self::Left;
                }
            }
        }
        Ok(())
    }

    /// Writes a result as an element of the list of results in JSON: it may be as long as a text.
    pub(crate) fn put_element(&mut self, result: &impl Serialize) -> Result<(), Error> {
        let mut element = Element { place: self, text: String::new(), failure: None };
        let written = serde_json::to_writer_pretty(&mut element, result);
        let Element { place, text, failure } = element;
        if let Some(failure) = failure {
            return Err(failure);
        }
        written.map_err(unserialisable)?;
        place.put(&element_lines(&text))
    }

    /// Ends it.
    pub(crate) fn finish(self, settings: &Settings) -> Result<(), Error> {
        match self {
            Self::Stdout(mut stdout, _) => {
                is_read(stdout.flush())?;
                Ok(())
            }
            Self::Left => Ok(()),
            Self::File(draft, path, _) => draft.finish(true).map_err(|why| unwritten(&path, why)),
            Self::Memory(bytes, path, _) => {
                settings.streams.keep(&path, &bytes);
                Ok(())
            }
        }
    }
}

impl Escapes {
    /// What is written of a text.
    fn of(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::LeftOut => anstream::adapter::strip_str(text).to_string().into(),
            Self::None => text.into(),
        }
    }
}

/// An element in writing.
struct Element<'p> {
    place: &'p mut Place,
    text: String,
    failure: Option<Error>,
}

/// So many bytes are handed on at once.
const PART: usize = 1 << 16;

impl Write for Element<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What is written at once is whole characters, and line ends of texts are escaped.
        let text = str::from_utf8(bytes).map_err(io::Error::other)?;
        self.text.push_str(text);
        if self.text.len() > PART {
            if let Err(failure) = self.place.put(&element_lines(&self.text)) {
                self.failure = Some(failure);
                return Err(io::Error::other("it cannot be written"));
            }
            self.text.clear();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether somebody still reads standard output: who stops ends the report, not the verdict.
pub(crate) fn is_read(written: io::Result<()>) -> Result<bool, Error> {
    match written {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(e) => {
            let message = format!("cannot write to standard output: {}", e.kind());
            Err(Error::new(ErrorKind::Usage, message)
                .hint("make room there, or name a file with -o"))
        }
    }
}

/// Standard output.
pub(crate) fn stdout(settings: &Settings) -> Box<dyn Write> {
    settings.streams.output(choice(settings.color))
}

/// Whether what is written has colours.
pub(crate) fn choice(color: When) -> ColorChoice {
    match color {
        When::Auto => ColorChoice::Auto,
        When::Always => ColorChoice::Always,
        When::Never => ColorChoice::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::json_element;

    #[test]
    fn an_element_is_the_same_bit_by_bit() {
        let words: Vec<String> = (0..20_000).map(|i| format!("word {i}\n\"é\"")).collect();
        let result = serde_json::json!({"words": words, "none": [], "of": {"a": 1, "b": null}});
        let mut place = Place::Memory(Vec::new(), PathBuf::new(), Escapes::None);
        place.put_element(&result).unwrap();
        let Place::Memory(bytes, ..) = place else { unreachable!() };
        assert_eq!(String::from_utf8(bytes).unwrap(), json_element(&result).unwrap());
    }
}
