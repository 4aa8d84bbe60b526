//! What prompts measured at one time, kept for a later comparison.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::call_estimate::CallEstimate;
use crate::billing::PriceLists;
use crate::{Error, ErrorKind};

/// The version of the file.
const VERSION: u32 = 1;

/// One prompt for one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BaselineEntry {
    /// The name of the prompt in `outlay.toml`.
    pub prompt: String,
    /// The file, or `file:line`.
    pub input: String,
    /// The model.
    pub model: String,
    /// A digest of its text, by which a prompt is found again under another name. Baselines of version 0.1.0
    /// have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_digest: Option<String>,
    /// Its tokens.
    pub size: CallEstimate,
}

impl BaselineEntry {
    /// The digest of a prompt's text.
    #[must_use]
    pub fn digest_of(text: &str) -> String {
        format!("xxh3:{:032x}", xxh3_128(text.as_bytes()))
    }

    /// Whether both have the same text, as far as that is known.
    #[must_use]
    pub fn has_the_text_of(&self, other: &Self) -> bool {
        self.text_digest.is_some() && self.text_digest == other.text_digest
    }

    /// This prompt with the model of another and the length of its answers.
    #[must_use]
    pub(super) fn with_model_of(&self, other: &Self) -> Self {
        let size = CallEstimate {
            prompt_tokens: self.size.prompt_tokens,
            cached_tokens: self.size.cached_tokens,
            calls_per_month: self.size.calls_per_month,
            ..other.size.clone()
        };
        Self { model: other.model.clone(), size, ..self.clone() }
    }

    /// What prompts are sorted and found by.
    pub(super) fn key(&self) -> (&str, &str, &str) {
        (&self.prompt, &self.input, &self.model)
    }

    /// Whether both are the same prompt, whatever the model.
    fn is(&self, other: &Self) -> bool {
        (&self.prompt, &self.input) == (&other.prompt, &other.input)
    }
}

/// Token counts, the digest of the catalogue, and the prices of the models in use.
///
/// There are no costs in it: a cost is made from tokens and prices when it is asked for, so that a
/// change of prices can be distinguished from a change of prompts. The digest says whether the catalogue
/// changed; the price lists of the models in use say what the change costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Baseline {
    /// The version of this form.
    pub outlay_baseline: u32,
    /// The date of the prices.
    #[serde(deserialize_with = "date")]
    pub as_of: Date,
    /// The digest of the catalogue.
    pub catalog_digest: String,
    /// USD per million tokens, every row of the price list of every model in use.
    pub prices: PriceLists,
    /// The prompts.
    pub prompts: Vec<BaselineEntry>,
}

fn date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

impl Baseline {
    /// A baseline of these prompts, in the order of their names.
    #[must_use]
    pub fn new(
        as_of: Date,
        catalog_digest: String,
        prices: PriceLists,
        mut prompts: Vec<BaselineEntry>,
    ) -> Self {
        prompts.sort_by(|a, b| a.key().cmp(&b.key()));
        Self { outlay_baseline: VERSION, as_of, catalog_digest, prices, prompts }
    }

    /// Whether a text is meant to be a baseline.
    #[must_use]
    pub fn looks_like(text: &str) -> bool {
        text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
            && text.contains("\"outlay_baseline\"")
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] with line and column.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut baseline: Self = serde_json::from_str(text).map_err(|e| {
            let place = format!(" at line {} column {}", e.line(), e.column());
            let message = e.to_string().replace(&place, "");
            Error::new(ErrorKind::Malformed, format!("this is not a baseline: {message}"))
                .at(crate::units::Position { line: e.line().max(1), column: e.column().max(1) })
                .hint("write it anew with `outlay check --update-baseline`")
        })?;
        if baseline.outlay_baseline != VERSION {
            let message = format!(
                "this is a baseline of version {}, not {VERSION}",
                baseline.outlay_baseline
            );
            return Err(Error::new(ErrorKind::Malformed, message)
                .hint("write it anew with `outlay check --update-baseline`"));
        }
        baseline.prompts.sort_by(|a, b| a.key().cmp(&b.key()));
        Ok(baseline)
    }

    /// The baseline as a file.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] should it not be serialisable.
    pub fn to_json(&self) -> Result<String, Error> {
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|e| Error::new(ErrorKind::Usage, format!("cannot write the baseline: {e}")))?;
        text.push('\n');
        Ok(text)
    }

    /// The same prompt for the same model; where the prompt has one model only, then and now (`alone`),
    /// that one, so that a change of the model is a change and no new prompt.
    ///
    /// A prompt that the base does not have under its name and file is one of those that are `gone` from
    /// there since, if exactly one of them has its text, or else its name.
    #[must_use]
    pub fn find(
        &self,
        wanted: &BaselineEntry,
        alone: bool,
        gone: &[&BaselineEntry],
    ) -> Option<&BaselineEntry> {
        self.in_place(wanted, alone).or_else(|| {
            let model = |kept: &&BaselineEntry| alone || kept.model == wanted.model;
            let renamed = |is_it: &dyn Fn(&BaselineEntry) -> bool| {
                let mut found = gone.iter().copied().filter(model).filter(|kept| is_it(kept));
                let first = found.next().filter(|_| found.next().is_none())?;
                self.prompts.iter().find(|kept| kept.key() == first.key())
            };
            let has_name = |kept: &BaselineEntry| {
                kept.prompt == wanted.prompt && wanted.prompt != wanted.input
            };
            renamed(&|kept| kept.has_the_text_of(wanted)).or_else(|| renamed(&has_name))
        })
    }

    /// The prompts that are not among those of now, under their name and file.
    #[must_use]
    pub fn gone_from<'a, 'n>(
        &'a self,
        now: impl IntoIterator<Item = &'n BaselineEntry>,
    ) -> Vec<&'a BaselineEntry> {
        let now: BTreeSet<_> =
            now.into_iter().map(|kept| (kept.prompt.as_str(), kept.input.as_str())).collect();
        let is_gone =
            |old: &&BaselineEntry| !now.contains(&(old.prompt.as_str(), old.input.as_str()));
        self.prompts.iter().filter(is_gone).collect()
    }

    fn in_place(&self, wanted: &BaselineEntry, alone: bool) -> Option<&BaselineEntry> {
        let before =
            |kept: &BaselineEntry| (&kept.prompt, &kept.input) < (&wanted.prompt, &wanted.input);
        let from = self.prompts.partition_point(before);
        let same = self.prompts[from..].iter().take_while(|kept| kept.is(wanted));
        let exact = same.clone().find(|kept| kept.model == wanted.model);
        let only = || {
            let mut same = same.clone();
            same.next().filter(|_| alone && same.next().is_none())
        };
        exact.or_else(only)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Tokens;

    fn entry(prompt: &str, input: &str, model: &str, text: &str) -> BaselineEntry {
        BaselineEntry {
            prompt: prompt.into(),
            input: input.into(),
            model: model.into(),
            text_digest: Some(BaselineEntry::digest_of(text)),
            size: CallEstimate::of_prompt(10),
        }
    }

    fn baseline(prompts: &[BaselineEntry]) -> Baseline {
        let day = jiff::civil::date(2026, 11, 22);
        Baseline::new(day, String::new(), PriceLists::new(), prompts.to_vec())
    }

    /// The model of what a prompt is compared with.
    fn found<'a>(
        before: &'a Baseline,
        wanted: &BaselineEntry,
        alone: bool,
    ) -> Option<(&'a str, &'a str)> {
        let gone = before.gone_from([wanted]);
        let found = before.find(wanted, alone, &gone);
        found.map(|kept| (kept.prompt.as_str(), kept.model.as_str()))
    }

    #[test]
    fn a_prompt_is_found_for_its_model_and_alone_for_the_only_one_that_it_had() {
        let one = baseline(&[entry("a", "a.md", "m", "x"), entry("b", "b.md", "m", "y")]);
        for alone in [false, true] {
            assert_eq!(found(&one, &entry("a", "a.md", "m", "z"), alone), Some(("a", "m")));
        }
        let other_model = entry("a", "a.md", "n", "x");
        assert_eq!(found(&one, &other_model, true), Some(("a", "m")));
        assert_eq!(found(&one, &other_model, false), None);
        // Which of two models a third one stands for is not known.
        let two = baseline(&[entry("a", "a.md", "m", "x"), entry("a", "a.md", "n", "x")]);
        assert_eq!(found(&two, &entry("a", "a.md", "o", "x"), true), None);
        assert_eq!(found(&two, &entry("a", "a.md", "n", "x"), true), Some(("a", "n")));
    }

    #[test]
    fn a_prompt_that_moved_is_found_by_its_text_or_else_by_its_name_if_that_is_one_alone() {
        let before = baseline(&[
            entry("a", "a.md", "m", "x"),
            entry("b", "b.md", "m", "x"),
            entry("c", "c.md", "m", "y"),
        ]);
        assert_eq!(found(&before, &entry("new", "new.md", "m", "y"), false), Some(("c", "m")));
        assert_eq!(found(&before, &entry("new", "new.md", "n", "y"), false), None);
        assert_eq!(found(&before, &entry("new", "new.md", "n", "y"), true), Some(("c", "m")));
        // Two have the text; the name says which, but a name that is the file says nothing.
        assert_eq!(found(&before, &entry("new", "new.md", "m", "x"), false), None);
        assert_eq!(found(&before, &entry("b", "moved.md", "m", "x"), false), Some(("b", "m")));
        assert_eq!(found(&before, &entry("b", "b", "m", "x"), false), None);
        assert_eq!(found(&before, &entry("new", "new.md", "m", "z"), false), None);
        // What is still there has not moved.
        let wanted = entry("new", "new.md", "m", "y");
        let stays = entry("c", "c.md", "m", "y");
        let gone = before.gone_from([&wanted, &stays]);
        assert_eq!(gone.iter().map(|kept| kept.prompt.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(before.find(&wanted, false, &gone), None);
    }

    #[test]
    fn a_prompt_keeps_its_size_under_the_model_of_another() {
        let mut own = entry("a", "a.md", "m", "x");
        own.size.prompt_tokens = crate::workload::PromptSize::fixed(Tokens::new(7));
        own.size.cached_tokens = Tokens::new(3);
        own.size.calls_per_month = Some(5);
        let mut other = entry("b", "b.md", "n", "y");
        other.size.cap = Some(Tokens::new(9));
        let moved = own.with_model_of(&other);
        let size = CallEstimate { cap: Some(Tokens::new(9)), ..own.size.clone() };
        assert_eq!(moved, BaselineEntry { model: "n".into(), size, ..own });
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written_and_another_version_refused_with_its_place() {
        let written = baseline(&[entry("b", "b.md", "m", "x"), entry("a", "a.md", "m", "y")]);
        assert_eq!(written.prompts[0].prompt, "a");
        let text = written.to_json().unwrap();
        assert!(Baseline::looks_like(&format!("\u{feff} {text}")));
        assert!(!Baseline::looks_like("{}"));
        assert!(!Baseline::looks_like("\"outlay_baseline\""));
        assert_eq!(Baseline::parse(&format!("\u{feff}{text}")).unwrap(), written);
        let newer = text.replace("\"outlay_baseline\": 1", "\"outlay_baseline\": 2");
        assert!(Baseline::parse(&newer).unwrap_err().message().contains("version 2"));
        let broken = Baseline::parse("{\n \"outlay_baseline\": }").unwrap_err();
        assert_eq!(broken.kind(), ErrorKind::Malformed);
        assert!(broken.to_string().contains("2:"), "{broken}");
    }
}
