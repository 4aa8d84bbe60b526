//! The figures of a bill: which of them are parts of others, and whether they agree.

use serde::Deserialize;
use serde::de::{Deserializer, Unexpected, Visitor};

use super::object::malformed;
use crate::Error;
#[cfg(doc)]
use crate::ErrorKind;
use crate::logs::Usage;
use crate::units::Tokens;

/// Checked figures: cached and written tokens are inside the prompt, reasoning is inside the completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bill {
    /// What is charged for.
    pub usage: Usage,
    /// The reasoning tokens, where the log has them.
    pub reasoning: Option<Tokens>,
    /// Whether the log has the prompt tokens; where it has not, [`Usage::prompt`] is 0.
    pub prompt_known: bool,
}

/// The figures as a log has them, each part inside its whole.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) prompt: Option<Tokens>,
    pub(crate) cached: Option<Tokens>,
    pub(crate) written: Option<Tokens>,
    pub(crate) completion: Option<Tokens>,
    pub(crate) reasoning: Option<Tokens>,
    pub(crate) total: Option<Tokens>,
}

impl Counts {
    /// The same figures where the log keeps the parts outside: `prompt` without what was cached or
    /// written, `completion` without reasoning.
    pub(crate) fn with_parts_outside(self) -> Self {
        let add = |whole: Option<Tokens>, parts: [Option<Tokens>; 2]| {
            whole.map(|whole| whole + parts.into_iter().flatten().sum())
        };
        Self {
            prompt: add(self.prompt, [self.cached, self.written]),
            completion: add(self.completion, [self.reasoning, None]),
            ..self
        }
    }

    /// The same figures, with the parts inside or outside as the total tells; without a total they
    /// are taken to be where `outside` says.
    pub(crate) fn placed_by_total(self, outside: bool) -> Self {
        let apart = self.with_parts_outside();
        let adds_up = |counts: &Self| counts.total.is_some() && counts.total == counts.sum();
        match (adds_up(&self), adds_up(&apart)) {
            (false, true) => apart,
            (false, false) if outside => apart,
            _ => self,
        }
    }

    fn sum(&self) -> Option<Tokens> {
        Some(self.prompt? + self.completion?)
    }

    /// The bill, when the figures agree with each other.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when one is missing, a part is larger than its whole, or the total
    /// is not the sum.
    pub(crate) fn bill(self) -> Result<Bill, Error> {
        let completion = match (self.completion, self.prompt, self.total) {
            (Some(completion), ..) => completion,
            // Embeddings have a prompt and nothing else.
            (None, Some(prompt), Some(total)) if prompt == total => Tokens::ZERO,
            _ => return Err(malformed("the usage has no completion tokens".to_owned())),
        };
        let reasoning = self.reasoning.unwrap_or_default();
        if reasoning > completion {
            return Err(contradiction(&format!(
                "{reasoning} reasoning tokens are more than the completion of {completion}"
            )));
        }
        let prompt = self.prompt.unwrap_or_default();
        let (cached, written) = (self.cached.unwrap_or_default(), self.written.unwrap_or_default());
        let prompt_known = self.prompt.is_some();
        let uncached = prompt.checked_sub(cached + written);
        let uncached = match uncached {
            Some(uncached) => uncached,
            None if written == Tokens::ZERO => {
                return Err(contradiction(&format!(
                    "{cached} cached tokens are more than the prompt of {prompt}"
                )));
            }
            None => {
                return Err(contradiction(&format!(
                    "{cached} cached and {written} written tokens are more than the prompt of {prompt}"
                )));
            }
        };
        if let (Some(total), true) = (self.total, prompt_known)
            && total != prompt + completion
        {
            return Err(contradiction(&format!(
                "a total of {total} tokens is not the prompt of {prompt} and the completion of {completion}"
            )));
        }
        let usage = Usage::of_parts(uncached, cached, written, completion);
        Ok(Bill { usage, reasoning: self.reasoning, prompt_known })
    }
}

fn contradiction(message: &str) -> Error {
    malformed(format!("the usage contradicts itself: {message}"))
}

/// The `usage` object of OpenAI's APIs under both namings, and of those who write it alike.
///
/// Details may be null or absent, and so may each figure in them (2024-09 to 2026-11).
#[derive(Debug, Default, Deserialize)]
pub(crate) struct OpenAiUsage {
    prompt_tokens: Option<Count>,
    completion_tokens: Option<Count>,
    input_tokens: Option<Count>,
    output_tokens: Option<Count>,
    total_tokens: Option<Count>,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
    input_tokens_details: Option<PromptDetails>,
    output_tokens_details: Option<CompletionDetails>,
}

#[derive(Debug, Default, Deserialize)]
struct PromptDetails {
    cached_tokens: Option<Count>,
    cache_write_tokens: Option<Count>,
}

#[derive(Debug, Default, Deserialize)]
struct CompletionDetails {
    reasoning_tokens: Option<Count>,
}

impl OpenAiUsage {
    pub(crate) fn counts(self) -> Counts {
        let prompt = self.prompt_tokens_details.or(self.input_tokens_details).unwrap_or_default();
        let completion =
            self.completion_tokens_details.or(self.output_tokens_details).unwrap_or_default();
        let tokens = |count: Option<Count>| count.map(|Count(tokens)| tokens);
        Counts {
            prompt: tokens(self.prompt_tokens.or(self.input_tokens)),
            cached: tokens(prompt.cached_tokens),
            written: tokens(prompt.cache_write_tokens),
            completion: tokens(self.completion_tokens.or(self.output_tokens)),
            reasoning: tokens(completion.reasoning_tokens),
            total: tokens(self.total_tokens),
        }
    }
}

/// A whole number of tokens: as a number, as `12.0`, or as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count(pub(crate) Tokens);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a whole number of tokens")
    }

    fn visit_u64<E: serde::de::Error>(self, n: u64) -> Result<Count, E> {
        if n > Tokens::LIMIT.get() {
            return Err(E::custom(format!("{n} is more tokens than any call has")));
        }
        Ok(Count(Tokens::new(n)))
    }

    fn visit_i64<E: serde::de::Error>(self, n: i64) -> Result<Count, E> {
        u64::try_from(n)
            .map_err(|_| E::invalid_value(Unexpected::Signed(n), &self))
            .and_then(|n| self.visit_u64(n))
    }

    fn visit_f64<E: serde::de::Error>(self, x: f64) -> Result<Count, E> {
        let tokens = Tokens::from_f64(x);
        if (tokens.as_f64() - x).abs() > 0.0 {
            return Err(E::invalid_value(Unexpected::Float(x), &self));
        }
        self.visit_u64(tokens.get())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Count, E> {
        let number = text.trim();
        if let Ok(n) = number.parse::<u64>() {
            return self.visit_u64(n);
        }
        // Tables that know no whole numbers write 431.0.
        match number.parse::<f64>() {
            Ok(x) => self.visit_f64(x),
            Err(_) => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}

impl Count {
    /// The number in a cell of a table; an empty cell has none.
    pub(crate) fn in_cell(cell: &str) -> Result<Option<Tokens>, Error> {
        if cell.trim().is_empty() {
            return Ok(None);
        }
        CountVisitor
            .visit_str(cell)
            .map(|Count(tokens)| Some(tokens))
            .map_err(|e: serde_json::Error| malformed(e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(text: &str) -> Result<Counts, serde_json::Error> {
        serde_json::from_str::<OpenAiUsage>(text).map(OpenAiUsage::counts)
    }

    /// The shapes of facts 6 by date: details absent, null, empty, with null figures, and under the
    /// names of the Responses API.
    #[test]
    fn details_may_be_missing_in_every_way() {
        for (text, cached, reasoning) in [
            (r#"{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17}"#, 0, None),
            (
                r#"{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17,"completion_tokens_details":{"reasoning_tokens":5}}"#,
                0,
                Some(5),
            ),
            (
                r#"{"prompt_tokens":10,"completion_tokens":7,"prompt_tokens_details":null,"completion_tokens_details":{}}"#,
                0,
                None,
            ),
            (
                r#"{"prompt_tokens":10.0,"completion_tokens":"7","prompt_tokens_details":{"cached_tokens":4,"audio_tokens":null},"completion_tokens_details":{"reasoning_tokens":null}}"#,
                4,
                None,
            ),
            (
                r#"{"input_tokens":10,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":0},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":6},"total_tokens":17}"#,
                2,
                Some(6),
            ),
        ] {
            let bill = counts(text).unwrap().bill().unwrap();
            assert_eq!(bill.usage.prompt(), Tokens::new(10), "{text}");
            assert_eq!(bill.usage.completion(), Tokens::new(7), "{text}");
            assert_eq!(bill.usage.cached(), Tokens::new(cached), "{text}");
            assert_eq!(bill.reasoning, reasoning.map(Tokens::new), "{text}");
        }
    }

    #[test]
    fn figures_that_disagree_have_no_bill() {
        for (text, why) in [
            (r#"{"prompt_tokens":10,"completion_tokens":7,"total_tokens":18}"#, "a total of 18"),
            (
                r#"{"prompt_tokens":10,"completion_tokens":7,"completion_tokens_details":{"reasoning_tokens":8}}"#,
                "8 reasoning tokens are more than the completion of 7",
            ),
            (
                r#"{"prompt_tokens":10,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":11}}"#,
                "11 cached tokens are more than the prompt of 10",
            ),
            (r#"{"prompt_tokens":10}"#, "no completion tokens"),
        ] {
            let error = counts(text).unwrap().bill().unwrap_err();
            assert!(error.message().contains(why), "{error}");
        }
        for text in [
            r#"{"prompt_tokens":-1}"#,
            r#"{"prompt_tokens":1.5}"#,
            r#"{"prompt_tokens":"many"}"#,
            r#"{"prompt_tokens":true}"#,
            r#"{"prompt_tokens":99999999999999}"#,
            r#"{"prompt_tokens":1e300}"#,
        ] {
            assert!(counts(text).is_err(), "{text}");
        }
    }

    proptest! {
        /// Inside or outside, a total that adds up gives the same bill.
        #[test]
        fn a_total_tells_where_the_parts_are(
            uncached in 0..1_000_u64,
            cached in 0..1_000_u64,
            written in 0..1_000_u64,
            visible in 0..1_000_u64,
            reasoning in 0..1_000_u64,
            guess: bool,
        ) {
            let tokens = |n: u64| Some(Tokens::new(n));
            let outside = Counts {
                prompt: tokens(uncached),
                cached: tokens(cached),
                written: tokens(written),
                completion: tokens(visible),
                reasoning: tokens(reasoning),
                total: tokens(uncached + cached + written + visible + reasoning),
            };
            let inside = Counts {
                prompt: tokens(uncached + cached + written),
                completion: tokens(visible + reasoning),
                ..outside
            };
            let bill = inside.bill().unwrap();
            prop_assert_eq!(bill.usage.uncached(), Tokens::new(uncached));
            prop_assert_eq!(outside.placed_by_total(guess).bill().unwrap(), bill);
            prop_assert_eq!(inside.placed_by_total(guess).bill().unwrap(), bill);
        }
    }
}
