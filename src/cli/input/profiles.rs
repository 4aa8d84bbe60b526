//! Profile files, read from disk.

use std::path::Path;

use crate::workload::ReadProfile;
use crate::{Error, ErrorKind};

/// Reads the profile files that the user names.
pub(crate) struct ProfilesOnDisk;

impl ReadProfile for ProfilesOnDisk {
    fn read_profile(&self, name: &str) -> Result<Option<String>, Error> {
        if !Path::new(name).is_file() {
            return Ok(None);
        }
        std::fs::read_to_string(name).map(Some).map_err(|e| {
            Error::new(ErrorKind::Usage, format!("the profile cannot be read: {}", e.kind()))
                .in_source(name)
                .hint("name a profile file that you may read, in JSON")
        })
    }
}
