//! Profile files: those that a program gives, and those on the disk.

use std::path::Path;

use crate::cli::input::discover::Source;
use crate::cli::streams::Streams;
use crate::workload::ReadProfile;
use crate::{Error, ErrorKind};

impl ReadProfile for Streams {
    fn read_profile(&self, name: &str) -> Result<Option<String>, Error> {
        if let Some(text) = self.profile(name) {
            return Ok(Some(text.to_owned()));
        }
        // A pipe is read as well.
        if !Path::new(name).exists() || Path::new(name).is_dir() {
            return Ok(None);
        }
        Source::Named(name.into()).text().map(Some).map_err(|e| {
            Error::new(ErrorKind::Usage, format!("the profile cannot be read: {}", e.message()))
                .in_source(name)
                .hint("name a profile file that you may read, in JSON")
        })
    }
}
