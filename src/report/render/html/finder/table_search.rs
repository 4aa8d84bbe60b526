//! The part of a page that searches and sorts its table.

use crate::Error;
use crate::report::render::unserialisable;
use crate::report::widget::{EmbeddedJson, Widget};

const SCRIPT: &str = include_str!("finder.js");

/// The search of a table whose first column is what it is about.
///
/// # Errors
/// Whatever serialising reports, which would be a mistake of ours.
pub(crate) fn finder() -> Result<Widget, Error> {
    Ok(Widget {
        id: "finder",
        heading: "Find a model",
        markup: include_str!("finder.html"),
        style: include_str!("finder.css"),
        script: SCRIPT,
        script_digest: include_str!("digest").trim_ascii(),
        data: EmbeddedJson::of(&()).map_err(unserialisable)?,
    })
}

#[cfg(test)]
mod tests {
    use super::SCRIPT;
    use crate::report::widget::assert_digest;

    #[test]
    fn the_digest_is_that_of_the_script() {
        assert_digest(SCRIPT, include_str!("digest"), "finder");
    }
}
