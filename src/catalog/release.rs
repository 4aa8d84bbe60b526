//! A catalogue that is released apart from the program.

use jiff::civil::Date;

use super::registry::Catalog;
use crate::units::Position;
use crate::{Error, ErrorKind};

/// What the first line of a released catalogue begins with; its day follows.
const FIRST: &str = "# outlay catalogue ";
/// What the line before each of its files begins with; the name of the file follows.
const FILE: &str = "# --- ";

/// The files of a catalogue in one text, and the day they are of.
///
/// `.github/release/catalogue` writes it: a first line with the day, and the files of `pricing/` behind
/// it, each after a line with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedCatalog<'t> {
    /// The day on which it was released.
    pub day: Date,
    files: Vec<(&'t str, String)>,
}

impl<'t> ReleasedCatalog<'t> {
    /// Parts a released catalogue into its files.
    ///
    /// # Errors
    /// [`ErrorKind::Catalog`] when the text is something else.
    pub fn read(text: &'t str) -> Result<Self, Error> {
        let refuse = |line: usize, message: &str| {
            Error::new(ErrorKind::Catalog, message)
                .at(Position { line, column: 1 })
                .hint("a release has it as `catalogue-YYYY-MM-DD.toml`; other files are read with --catalog")
        };
        let mut lines = text.lines();
        let day = lines.next().and_then(|first| first.strip_prefix(FIRST)?.trim().parse().ok());
        let day = day.ok_or_else(|| refuse(1, "this is not a released catalogue"))?;
        let mut files: Vec<(&str, String)> = Vec::new();
        for (i, line) in lines.enumerate() {
            if let Some(name) = line.strip_prefix(FILE) {
                files.push((name.trim(), String::new()));
                continue;
            }
            let Some((_, file)) = files.last_mut() else {
                if line.trim().is_empty() {
                    continue;
                }
                return Err(refuse(
                    i + 2,
                    "a released catalogue has its files behind lines with their names",
                ));
            };
            file.push_str(line);
            file.push('\n');
        }
        if files.is_empty() {
            return Err(refuse(1, "this released catalogue has no file"));
        }
        Ok(Self { day, files })
    }

    /// Adds its models to a catalogue, or replaces those that it has.
    ///
    /// # Errors
    /// As [`Catalog::overlay`]; the place is that in the file of the catalogue which the error names.
    pub fn apply(&self, catalog: &mut Catalog) -> Result<(), Error> {
        self.files.iter().try_for_each(|(name, text)| catalog.overlay(name, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_released_catalogue_is_read_file_by_file() {
        let text = "# outlay catalogue 2026-12-07\n\n# --- a.toml\n[[model]]\nid = \"o1-mini\"\nreasoning = true\n# --- b.toml\n[[model]]\nid = \"gpt-4o\"\nreasoning = false\n";
        let released = ReleasedCatalog::read(text).unwrap();
        assert_eq!(released.day, jiff::civil::date(2026, 12, 7));
        let mut catalog = Catalog::embedded();
        released.apply(&mut catalog).unwrap();
        let broken = text.replace("reasoning = false", "reasonin = false");
        let broken = ReleasedCatalog::read(&broken).unwrap().apply(&mut catalog).unwrap_err();
        assert!(broken.to_string().starts_with("b.toml:3:1"), "{broken}");
        for bad in [
            "",
            "[provider]\n",
            "# outlay catalogue soon\n",
            "# outlay catalogue 2026-12-07\nid = 1\n",
        ] {
            assert_eq!(ReleasedCatalog::read(bad).unwrap_err().kind(), ErrorKind::Catalog, "{bad}");
        }
    }
}
