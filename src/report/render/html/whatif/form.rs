//! The script and the markup of the form.

use crate::Error;
use crate::report::WhatIf;
use crate::report::render::unserialisable;
use crate::report::widget::{EmbeddedJson, Widget};

const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\nconst data = JSON.parse(document.getElementById(\"what-if-data\").textContent);\n",
    include_str!("../script/elements.js"),
    include_str!("../script/numbers.js"),
    include_str!("../script/distribution.js"),
    include_str!("../script/amounts.js"),
    include_str!("../script/quote.js"),
    include_str!("../script/form.js"),
    include_str!("../script/grid.js"),
    include_str!("offer.js"),
    include_str!("picture.js"),
    include_str!("form.js"),
    include_str!("follow.js"),
    "})();\n"
);

const MARKUP: &str = concat!(
    include_str!("start.html"),
    include_str!("../script/fields.html"),
    include_str!("models.html"),
    include_str!("../script/command.html"),
    "</form>"
);

/// The part of the page.
///
/// # Errors
/// Whatever serialising reports, which would be a mistake of ours.
pub(crate) fn what_if_form(data: &WhatIf) -> Result<Widget, Error> {
    Ok(Widget {
        id: "what-if",
        heading: "What if",
        markup: MARKUP,
        style: include_str!("form.css"),
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
        assert_digest(SCRIPT, include_str!("digest"), "whatif");
    }
}
