//! A prompt with slots, and how large it becomes when they are filled.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::catalog::Model;
use crate::forecast::TokenDist;
use crate::request::{Language, PromptCount, Request, prompt_tokens, value_of};
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// Prompt tokens of a prompt that may be a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PromptSize {
    /// The mean.
    pub expected: Tokens,
    /// What nineteen of twenty do not exceed, the largest sample included; equal to the mean where
    /// nothing varies.
    pub high: Tokens,
}

impl PromptSize {
    /// A prompt that is always the same.
    #[must_use]
    pub const fn fixed(tokens: Tokens) -> Self {
        Self { expected: tokens, high: tokens }
    }
}

/// What is known about the slots of a prompt.
#[derive(Debug, Default, Clone)]
pub struct Template {
    /// Declared sizes by slot, in tokens.
    pub sizes: BTreeMap<String, TokenDist>,
    /// Values by slot; the nth values of all slots belong together.
    pub samples: BTreeMap<String, Vec<String>>,
}

impl Template {
    /// Whether nothing is known about slots.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty() && self.samples.is_empty()
    }

    /// Whether the size or samples of a slot are known.
    #[must_use]
    pub fn knows(&self, slot: &str) -> bool {
        self.sizes.contains_key(slot) || self.samples.contains_key(slot)
    }

    /// A template whose values are the rows of a prompt file; the columns of a row that lacks one are empty.
    #[must_use]
    pub fn of_samples(rows: &[Vec<(String, String)>]) -> Self {
        let names = rows.iter().flatten().map(|(name, _)| name.clone());
        let mut samples: BTreeMap<String, Vec<String>> =
            names.map(|name| (name, vec![String::new(); rows.len()])).collect();
        for (i, row) in rows.iter().enumerate() {
            // Of a name that a row has twice, the first value counts.
            for (name, value) in row.iter().rev() {
                if let Some(column) = samples.get_mut(name) {
                    column[i].clone_from(value);
                }
            }
        }
        Self { sizes: BTreeMap::new(), samples }
    }

    /// The language in which a request marks its slots.
    #[must_use]
    pub fn language(&self, request: &Request) -> Language {
        request.language(&|name| self.knows(name))
    }

    /// Slots that no request of the prompt has.
    #[must_use]
    pub fn unused<'a>(&'a self, requests: &[&Request]) -> Vec<&'a str> {
        let mut used: HashSet<Cow<'_, str>> = HashSet::new();
        for request in requests {
            let language = self.language(request);
            used.extend(request.slots(language).into_iter().map(|slot| Cow::Borrowed(slot.name)));
            used.extend(request.names(language).into_iter().map(Cow::Owned));
        }
        let names = self.sizes.keys().chain(self.samples.keys());
        names.map(String::as_str).filter(|name| !used.contains(*name)).collect()
    }

    /// The prompt tokens of a template at their mean and at their high end, and the count of a
    /// representative filling.
    ///
    /// Slots with samples are filled and counted as a whole; a declared size is added to the count of
    /// the text around it. The high end is the largest sample plus the p95 of every declared size.
    pub fn size(
        &self,
        request: &Request,
        model: &Model,
    ) -> Result<(PromptSize, PromptCount), Error> {
        let language = self.language(request);
        let rows = self.samples.values().map(Vec::len).max().unwrap_or(0).max(1);
        let mut largest: Option<PromptCount> = None;
        let mut sum = Tokens::ZERO;
        for row in 0..rows {
            let sample = |name: &str| {
                let values = self.samples.get(name).filter(|values| !values.is_empty())?;
                Some(values[row % values.len()].as_str())
            };
            let sized = |name: &str| self.sizes.contains_key(name).then_some(Cow::Borrowed(""));
            let value = |name: &str| value_of(name, sample).or_else(|| sized(name));
            let filled = if self.samples.is_empty() {
                // Sizes do not say which branch of a block is taken.
                request.fill_slots(language, value)
            } else {
                request.fill(language, value)?
            };
            let count = prompt_tokens(&filled.for_model(model), &model.counting)?;
            let tokens = count.prompt_tokens();
            sum += tokens;
            if largest.as_ref().is_none_or(|known| tokens > known.prompt_tokens()) {
                largest = Some(count);
            }
        }
        let (mut mean, mut high) = (0.0, 0.0);
        for dist in self.sizes_in(request, language) {
            mean += dist.truncated_moment(1, Tokens::LIMIT.as_f64());
            high += dist.quantile(0.95);
        }
        let Some(count) = largest else {
            return Err(Error::new(ErrorKind::Usage, "the template has no samples"));
        };
        let of_rows = Tokens::new(sum.get().div_ceil(rows as u64));
        let size = PromptSize {
            expected: of_rows + Tokens::from_f64(mean),
            high: count.prompt_tokens() + Tokens::from_f64(high),
        };
        // A skewed distribution may have its mean beyond its p95.
        Ok((PromptSize { high: size.high.max(size.expected), ..size }, count))
    }

    /// The declared sizes that a request has: of every slot, and of every list that a loop or a section goes
    /// through without naming it in a slot.
    fn sizes_in(&self, request: &Request, language: Language) -> Vec<&TokenDist> {
        let slots = request.slots(language);
        let in_slots: HashSet<&str> = slots.iter().map(|slot| slot.name).collect();
        let mut gone_through = request.names(language);
        gone_through.retain(|name| !in_slots.contains(name.as_str()));
        let names = slots.iter().map(|slot| slot.name);
        let names = names.chain(gone_through.iter().map(String::as_str));
        names.filter_map(|name| self.sizes.get(name)).collect()
    }

    /// The slot with the largest declared size in a request, and that size at its high end.
    #[must_use]
    pub fn largest(&self, request: &Request) -> Option<(String, Tokens)> {
        let slots = request.slots(self.language(request));
        let sized = slots.into_iter().filter_map(|slot| {
            let dist = self.sizes.get(slot.name)?;
            Some((slot.name.to_owned(), Tokens::from_f64(dist.quantile(0.95))))
        });
        sized.max_by_key(|(_, tokens)| *tokens)
    }

    /// How the sizes were made, for the assumptions.
    #[must_use]
    pub fn assumption(&self) -> String {
        let mut parts = Vec::new();
        for (name, dist) in &self.sizes {
            parts.push(format!("{name} {dist}"));
        }
        for (name, values) in &self.samples {
            parts.push(format!("{name} of {} samples", values.len()));
        }
        format!("slots: {}; declared sizes are added to the text around them", parts.join("; "))
    }
}
