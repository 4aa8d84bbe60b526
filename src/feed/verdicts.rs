//! What was judged before: values that feeds contradict and the catalogue keeps, with the reason.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::units::Position;
use crate::{Error, ErrorKind};

/// What one feed says of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Claim {
    /// The kind of the feed, such as `litellm`.
    pub feed: String,
    /// What it says.
    pub value: String,
}

/// A file of verdicts.
#[derive(Debug, Default, Clone)]
pub struct Verdicts {
    kept: Vec<Kept>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    verdict: Vec<Kept>,
}

/// One verdict: what it is about, and why the catalogue keeps its value.
///
/// `feed`, `model` and `field` may hold one `*` for any text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// The kind of the feed.
    feed: String,
    /// The id of the model.
    model: String,
    /// The field, as `models verify` names it.
    field: String,
    /// The value of the feed; any when it is left out.
    value: Option<String>,
    /// Why the catalogue keeps its own value.
    reason: String,
    /// The day of the verdict.
    #[serde(deserialize_with = "crate::catalog::toml_date")]
    checked: Date,
    /// The last day on which it holds; after it the value is shown as new again.
    #[serde(deserialize_with = "crate::catalog::toml_date")]
    until: Date,
}

impl Verdicts {
    /// Reads a file of verdicts.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] with line and column.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|e| {
            let start = e.span().map_or(0, |span| span.start);
            Error::new(ErrorKind::Malformed, e.message().trim().replace('\n', ", "))
                .in_source(name)
                .at(Position::of(text, start))
                .hint("a verdict has feed, model, field, reason, checked and until, and may have a value")
        })?;
        if let Some(kept) = file.verdict.iter().find(|kept| kept.until < kept.checked) {
            let message =
                format!("the verdict on {} of `{}` ends before it begins", kept.field, kept.model);
            return Err(Error::new(ErrorKind::Malformed, message)
                .in_source(name)
                .hint("write an `until` after `checked`"));
        }
        Ok(Self { kept: file.verdict })
    }

    /// Why the catalogue keeps a value that feeds contradict: every claim that differs must have been
    /// judged.
    pub(super) fn reason(
        &self,
        (model, field): (&str, &str),
        (ours, claims): (&str, &[Claim]),
        as_of: Date,
    ) -> Option<String> {
        let mut reasons: Vec<&str> = Vec::new();
        for claim in claims.iter().filter(|claim| claim.value != ours) {
            let about = |kept: &&Kept| {
                kept.until >= as_of
                    && matches(&kept.feed, &claim.feed)
                    && matches(&kept.model, model)
                    && matches(&kept.field, field)
                    && kept.value.as_ref().is_none_or(|value| *value == claim.value)
            };
            let kept = self.kept.iter().find(about)?;
            if !reasons.contains(&kept.reason.as_str()) {
                reasons.push(&kept.reason);
            }
        }
        Some(reasons.join("; "))
    }
}

/// Whether a pattern with at most one `*` is about a text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const FILE: &str = r#"
        [[verdict]]
        feed = "models-dev"
        model = "gpt-*"
        field = "standard cached_input"
        value = "0.08"
        reason = "rounds to cents"
        checked = 2026-11-25
        until = 2026-12-31
    "#;

    #[test]
    fn a_verdict_holds_for_its_values_until_its_day() {
        let verdicts = Verdicts::parse("verdicts.toml", FILE).unwrap();
        let claim =
            |feed: &str, value: &str| Claim { feed: feed.to_owned(), value: value.to_owned() };
        let judged = |claims: &[Claim], day| {
            verdicts.reason(("gpt-4o-mini", "standard cached_input"), ("0.075", claims), day)
        };
        let (today, later) = (date(2026, 11, 25), date(2027, 1, 1));
        let rounded = claim("models-dev", "0.08");
        assert_eq!(
            judged(std::slice::from_ref(&rounded), today).as_deref(),
            Some("rounds to cents")
        );
        assert_eq!(judged(std::slice::from_ref(&rounded), later), None);
        assert_eq!(judged(&[rounded.clone(), claim("litellm", "0.07")], today), None);
        assert!(judged(&[rounded, claim("litellm", "0.075")], today).is_some());
        let error = Verdicts::parse("verdicts.toml", "[[verdict]]\nfeeds = 1\n").unwrap_err();
        assert!(error.to_string().starts_with("verdicts.toml:2:1"), "{error}");
    }
}
