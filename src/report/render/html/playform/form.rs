//! The script and the markup of the form.

use crate::Error;
use crate::report::PlayForm;
use crate::report::render::unserialisable;
use crate::report::widget::{EmbeddedJson, Widget};

const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\nconst data = JSON.parse(document.getElementById(\"play-data\").textContent);\n",
    include_str!("../script/elements.js"),
    include_str!("../script/numbers.js"),
    include_str!("../script/distribution.js"),
    include_str!("../script/amounts.js"),
    include_str!("draws.js"),
    include_str!("play.js"),
    include_str!("form.js"),
    "})();\n"
);

/// The part of the page.
///
/// # Errors
/// Whatever serialising reports, which would be a mistake of ours.
pub(crate) fn play_form(data: &PlayForm) -> Result<Widget, Error> {
    Ok(Widget {
        id: "play",
        heading: "What if",
        markup: include_str!("form.html"),
        style: concat!(include_str!("../whatif/form.css"), include_str!("form.css")),
        script: SCRIPT,
        script_digest: include_str!("digest").trim_ascii(),
        data: EmbeddedJson::of(data).map_err(unserialisable)?,
    })
}

#[cfg(test)]
mod tests {
    use super::SCRIPT;
    use crate::report::widget::assert_digest;

    #[test]
    fn the_digest_is_that_of_the_script() {
        assert_digest(SCRIPT, include_str!("digest"), "playform");
    }
}
