//! A part of a page that answers questions by itself, from a table that it carries.

use serde::Serialize;

/// Markup, a script and the data it works on. Only the HTML form has it.
///
/// The page is its own document: no markup or script loads anything, and the policy of the page runs
/// the script only if its digest is right.
#[derive(Debug, Clone)]
pub struct Widget {
    /// The id of its section; the data are in the element `<id>-data`, as JSON.
    pub id: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// The HTML below the heading; none of it comes from a user.
    pub markup: &'static str,
    /// The style of it.
    pub style: &'static str,
    /// The script, which runs when the page is there.
    pub script: &'static str,
    /// The SHA-256 of the script, in Base64.
    pub script_digest: &'static str,
    /// The data.
    pub data: EmbeddedJson,
}

/// JSON that is safe inside a `script` element.
#[derive(Debug, Clone)]
pub struct EmbeddedJson(String);

impl EmbeddedJson {
    /// Writes data as JSON. `<` is escaped, so that nothing in it ends the element.
    ///
    /// # Errors
    /// Whatever serialising the data reports.
    pub fn of(data: &impl Serialize) -> serde_json::Result<Self> {
        let text = serde_json::to_string(data)?;
        Ok(Self(
            text.replace('<', "\\u003c")
                .replace('\u{2028}', "\\u2028")
                .replace('\u{2029}', "\\u2029"),
        ))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks the digest of a script, without which no browser runs it, and that the script does not end its element.
#[cfg(all(test, feature = "cli"))]
pub(crate) fn assert_digest(script: &str, kept: &str, folder: &str) {
    use base64::Engine as _;
    use sha2::Digest as _;

    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(script));
    let kept = kept.trim_ascii();
    assert_eq!(kept, digest, "write it to src/report/render/html/{folder}/digest");
    assert!(!script.contains("</") && !script.contains("<!--"), "the element would end");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_data_end_the_element_they_are_in() {
        let data = EmbeddedJson::of(&["</script><!--", "a\u{2028}b"]).unwrap();
        assert!(!data.as_str().contains('<'), "{}", data.as_str());
        let back: Vec<String> = serde_json::from_str(data.as_str()).unwrap();
        assert_eq!(back, ["</script><!--", "a\u{2028}b"]);
    }
}
