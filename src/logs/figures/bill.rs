//! Which figures are parts of others, and whether they agree.

use super::bag::Figures;
use super::meaning::Figure;
use crate::Error;
#[cfg(doc)]
use crate::ErrorKind;
use crate::logs::object::malformed;
use crate::logs::usage::Usage;
use crate::units::Tokens;

/// Tokens of one medium, each a part of the usage they belong to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct MediumTokens {
    /// Prompt tokens outside the cache.
    pub input: Tokens,
    /// Prompt tokens read from the cache.
    pub cached: Tokens,
    /// Completion tokens.
    pub output: Tokens,
}

impl MediumTokens {
    /// Whether there are no such tokens.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// The checked figures of a call: cached and written tokens are inside the prompt, reasoning is inside
/// the completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedUsage {
    /// What is charged for.
    pub usage: Usage,
    /// The reasoning tokens, where the log has them.
    pub reasoning: Option<Tokens>,
    /// Sound, part of the usage.
    pub audio: MediumTokens,
    /// Images, pages of documents and frames of films, part of the usage.
    pub images: MediumTokens,
    /// Whether the log has the prompt tokens; where it has not, [`Usage::prompt`] is 0.
    pub prompt_known: bool,
}

/// Where a form counts cached and written tokens, and reasoning.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parts {
    /// As the spelling of the keys says: beside the prompt where they are written as Anthropic and
    /// Bedrock write them, inside it elsewhere. Where there is a total, it decides.
    #[default]
    BySpelling,
    /// Beside the prompt and beside the completion, unless a total says otherwise.
    Beside,
    /// The cache beside the prompt, reasoning inside the completion; a total leaves the cache out.
    CacheBeside,
    /// Inside, unless cached and written tokens are more than the prompt.
    Inside,
    /// As Gemini behind OpenAI's endpoint: thoughts may be in the total alone.
    InTotal,
}

/// Where the parts are, for one attempt at adding up.
#[derive(Clone, Copy)]
struct Layout {
    cache_beside: bool,
    reasoning_beside: bool,
}

impl Figures {
    /// The usage, when the figures agree with each other.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when one is missing, a part is larger than its whole, or the total
    /// is not the sum.
    pub(crate) fn bill(&self, parts: Parts) -> Result<LoggedUsage, Error> {
        if let Some(conflict) = &self.conflict {
            return Err(contradiction(conflict));
        }
        let (written, written_long) = self.writes()?;
        let cached = self.or_zero(Figure::Cached);
        let inside = cached + written + written_long;
        let completion = self.completion()?;
        let mut sums = Sums {
            prompt: self.prompt(inside),
            inside,
            tools: self.or_zero(Figure::ToolPrompt),
            completion,
            reasoning: self.or_zero(Figure::Reasoning),
            total: self.get(Figure::Total),
        };
        let layout = self.layout(parts, &mut sums)?;
        let prompt = sums.prompt_in(layout);
        let uncached = prompt.map_or(Ok(Tokens::ZERO), |prompt| {
            prompt
                .checked_sub(inside)
                .ok_or_else(|| Self::too_much_cached(prompt, cached, written + written_long))
        })?;
        let mut completion = sums.completion_in(layout);
        let mut reasoning = self.get(Figure::Reasoning);
        if let (Parts::InTotal, Some(total), Some(prompt)) = (parts, sums.total, prompt)
            && total > prompt + completion
        {
            reasoning =
                Some(reasoning.unwrap_or_default().max(total.saturating_sub(prompt + completion)));
            completion = total.saturating_sub(prompt);
        }
        let completion = completion + self.or_zero(Figure::Citations);
        if reasoning.unwrap_or_default() > completion {
            let reasoning = reasoning.unwrap_or_default();
            return Err(contradiction(&format!(
                "{reasoning} reasoning tokens are more than the completion of {completion}"
            )));
        }
        let usage = Usage::of_parts(uncached, cached, written, completion)
            .with_written_extended(written_long);
        let audio =
            self.medium([Figure::AudioInput, Figure::AudioCached, Figure::AudioOutput], usage)?;
        let images =
            self.medium([Figure::ImageInput, Figure::ImageCached, Figure::ImageOutput], usage)?;
        Ok(LoggedUsage { usage, reasoning, audio, images, prompt_known: sums.prompt.is_some() })
    }

    /// The prompt, which some logs leave to be added up.
    fn prompt(&self, inside: Tokens) -> Option<Tokens> {
        let added_up = || self.get(Figure::Uncached).map(|uncached| uncached + inside);
        self.get(Figure::Prompt).or_else(added_up)
    }

    fn completion(&self) -> Result<Tokens, Error> {
        if let Some(completion) = self.get(Figure::Completion) {
            return Ok(completion);
        }
        // Embeddings and refused prompts have a prompt and nothing else; an answer of thoughts alone
        // has no candidates.
        let prompt = self.or_zero(Figure::Prompt) + self.or_zero(Figure::ToolPrompt);
        let is_prompt_alone = self.get(Figure::Prompt).is_some()
            && self.get(Figure::Total).is_some_and(|total| total == prompt);
        if is_prompt_alone || (self.thoughts_spelling && self.get(Figure::Reasoning).is_some()) {
            return Ok(Tokens::ZERO);
        }
        Err(malformed("the usage has no completion tokens".to_owned()))
    }

    /// The tokens written for the usual and for the longer lifetime.
    fn writes(&self) -> Result<(Tokens, Tokens), Error> {
        let all = self.or_zero(Figure::Written);
        let (short, long) = (self.or_zero(Figure::WrittenShort), self.or_zero(Figure::WrittenLong));
        match all.checked_sub(short + long) {
            // What has no lifetime has the usual one, unless the log tells that one apart.
            Some(rest) if short == Tokens::ZERO => Ok((rest, long)),
            Some(Tokens::ZERO) => Ok((short, long)),
            Some(rest) => Err(contradiction(&format!(
                "{rest} of {all} tokens written to the cache have no lifetime, and the others have"
            ))),
            None if all == Tokens::ZERO => Ok((short, long)),
            None => Err(contradiction(&format!(
                "{short} and {long} tokens written to the cache by lifetime are more than the {all} written"
            ))),
        }
    }

    fn layout(&self, parts: Parts, sums: &mut Sums) -> Result<Layout, Error> {
        let cache_beside = match parts {
            // A prompt that was added up of its parts has them all.
            _ if self.get(Figure::Prompt).is_none() => false,
            Parts::Beside | Parts::CacheBeside => true,
            Parts::BySpelling => self.input_spelling && self.beside_spelling,
            Parts::Inside | Parts::InTotal => false,
        };
        let layout = |cache_beside, reasoning_beside| Layout { cache_beside, reasoning_beside };
        let reasoning_beside = parts == Parts::Beside || self.thoughts_spelling;
        // Parts in an object of their own are inside the figure beside it.
        let is_certain = self.in_details && parts != Parts::Beside;
        let guess = layout(cache_beside, reasoning_beside);
        if let (Some(total), true) = (sums.total, sums.prompt.is_some()) {
            let all = [
                guess,
                layout(cache_beside, !reasoning_beside),
                layout(!cache_beside, reasoning_beside),
                layout(!cache_beside, !reasoning_beside),
            ];
            let tried =
                if is_certain || parts == Parts::CacheBeside { &all[..2] } else { &all[..] };
            // What tools added is beside the prompt at Gemini; other logs may have it inside.
            for tools in [sums.tools, Tokens::ZERO] {
                let sums_so = Sums { tools, ..*sums };
                if let Some(found) = tried.iter().find(|layout| sums_so.adds_up(**layout, total)) {
                    *sums = sums_so;
                    return Ok(*found);
                }
            }
            let is_in_total = parts == Parts::InTotal && sums.sum(guess) < total;
            let leaves_cache_out = cache_beside && sums.sum_without_cache(guess) == total;
            if is_in_total || leaves_cache_out {
                return Ok(guess);
            }
            if sums.is_possible(guess) {
                return Err(contradiction(&format!(
                    "a total of {total} tokens is not the prompt of {} and the completion of {}",
                    sums.prompt_in(guess).unwrap_or_default(),
                    sums.completion_in(guess)
                )));
            }
        }
        let beside = layout(true, reasoning_beside);
        let must_be_beside = !sums.is_possible(guess) && !is_certain && sums.is_possible(beside);
        Ok(if must_be_beside { beside } else { guess })
    }

    fn too_much_cached(prompt: Tokens, cached: Tokens, written: Tokens) -> Error {
        contradiction(&if written == Tokens::ZERO {
            format!("{cached} cached tokens are more than the prompt of {prompt}")
        } else {
            format!(
                "{cached} cached and {written} written tokens are more than the prompt of {prompt}"
            )
        })
    }

    /// The tokens of a medium, which are parts of prompt, cache and completion.
    fn medium(
        &self,
        [input, cached, output]: [Figure; 3],
        usage: Usage,
    ) -> Result<MediumTokens, Error> {
        let (input, cached, output) =
            (self.or_zero(input), self.or_zero(cached), self.or_zero(output));
        if (input, cached, output) == (Tokens::ZERO, Tokens::ZERO, Tokens::ZERO) {
            return Ok(MediumTokens::default());
        }
        // Where the log does not part the cached tokens by medium, they are text, if text they can be.
        let outside = input.checked_sub(cached);
        match outside {
            Some(outside)
                if cached <= usage.cached()
                    && outside <= usage.prompt().saturating_sub(usage.cached())
                    && output <= usage.completion() =>
            {
                Ok(MediumTokens { input: outside, cached, output })
            }
            _ => Err(contradiction(&format!(
                "{input}, {cached} and {output} tokens of sound or images are more than the prompt, the \
                 cached tokens or the completion"
            ))),
        }
    }
}

/// The figures that a total is the sum of.
#[derive(Clone, Copy)]
struct Sums {
    prompt: Option<Tokens>,
    /// Cached and written tokens.
    inside: Tokens,
    tools: Tokens,
    completion: Tokens,
    reasoning: Tokens,
    total: Option<Tokens>,
}

impl Sums {
    fn prompt_in(&self, layout: Layout) -> Option<Tokens> {
        let beside = if layout.cache_beside { self.inside } else { Tokens::ZERO };
        self.prompt.map(|prompt| prompt + beside + self.tools)
    }

    fn completion_in(&self, layout: Layout) -> Tokens {
        let beside = if layout.reasoning_beside { self.reasoning } else { Tokens::ZERO };
        self.completion + beside
    }

    fn sum(&self, layout: Layout) -> Tokens {
        self.prompt_in(layout).unwrap_or_default() + self.completion_in(layout)
    }

    fn sum_without_cache(&self, layout: Layout) -> Tokens {
        self.sum(Layout { cache_beside: false, ..layout })
    }

    /// Whether no part is larger than its whole.
    fn is_possible(&self, layout: Layout) -> bool {
        self.prompt_in(layout).is_none_or(|prompt| prompt >= self.inside)
            && self.completion_in(layout) >= self.reasoning
    }

    fn adds_up(&self, layout: Layout, total: Tokens) -> bool {
        self.is_possible(layout) && self.sum(layout) == total
    }
}

pub(crate) fn contradiction(message: &str) -> Error {
    malformed(format!("the usage contradicts itself: {message}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bill(text: &str) -> Result<LoggedUsage, Error> {
        serde_json::from_str::<Figures>(text)
            .map_err(|e| malformed(e.to_string()))?
            .bill(Parts::BySpelling)
    }

    /// Uncached, cached, written, written for long, completion and reasoning tokens.
    fn shown(text: &str) -> [u64; 6] {
        let bill = bill(text).unwrap();
        let u = bill.usage;
        [
            u.uncached(),
            u.cached(),
            u.written(),
            u.written_extended(),
            u.completion(),
            bill.reasoning.unwrap_or_default(),
        ]
        .map(Tokens::get)
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
            let bill = bill(text).unwrap();
            assert_eq!(bill.usage.prompt(), Tokens::new(10), "{text}");
            assert_eq!(bill.usage.completion(), Tokens::new(7), "{text}");
            assert_eq!(bill.usage.cached(), Tokens::new(cached), "{text}");
            assert_eq!(bill.reasoning, reasoning.map(Tokens::new), "{text}");
        }
    }

    /// The same call as every maker and exporter writes it.
    #[test]
    fn every_spelling_gives_the_same_parts() {
        let wanted = [100, 50, 20, 0, 30, 0];
        for text in [
            // Anthropic
            r#"{"input_tokens":100,"cache_read_input_tokens":50,"cache_creation_input_tokens":20,"cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":0},"output_tokens":30}"#,
            // Bedrock
            r#"{"inputTokens":100,"cacheReadInputTokens":50,"cacheWriteInputTokens":20,"outputTokens":30,"totalTokens":200}"#,
            // OpenAI
            r#"{"input_tokens":170,"input_tokens_details":{"cached_tokens":50,"cache_write_tokens":20,"cache_write_tokens_details":{"ttl_30m_tokens":20}},"output_tokens":30,"total_tokens":200}"#,
            // LiteLLM, which has them twice
            r#"{"prompt_tokens":170,"prompt_tokens_details":{"cached_tokens":50,"cache_creation_tokens":20},"cache_read_input_tokens":50,"cache_creation_input_tokens":20,"completion_tokens":30,"total_tokens":200}"#,
            // Vercel AI SDK 6
            r#"{"inputTokens":170,"inputTokenDetails":{"noCacheTokens":100,"cacheReadTokens":50,"cacheWriteTokens":20},"outputTokens":30,"totalTokens":200}"#,
            r#"{"inputTokens":{"total":170,"noCache":100,"cacheRead":50,"cacheWrite":20},"outputTokens":{"total":30,"text":30}}"#,
            // LangChain
            r#"{"input_tokens":170,"output_tokens":30,"total_tokens":200,"input_token_details":{"cache_read":50,"cache_creation":0,"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":0}}"#,
            // Qwen
            r#"{"prompt_tokens":170,"prompt_tokens_details":{"cached_tokens":50,"cache_creation_input_tokens":20,"cache_creation":{"ephemeral_5m_input_tokens":20},"cache_type":"ephemeral"},"completion_tokens":30,"total_tokens":200}"#,
            // Kimi Code
            r#"{"input_other":100,"output":30,"input_cache_read":50,"input_cache_creation":20}"#,
            // OpenCode and OpenTelemetry's underscores, where only beside is possible
            r#"{"input":100,"output":30,"cache":{"read":50,"write":20},"total":200}"#,
        ] {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }

    /// Bedrock's total may have the cache in it or not.
    #[test]
    fn a_total_may_leave_the_cache_out() {
        let text =
            r#"{"inputTokens":100,"cacheReadInputTokens":50,"outputTokens":30,"totalTokens":130}"#;
        let figures: Figures = serde_json::from_str(text).unwrap();
        assert_eq!(figures.bill(Parts::CacheBeside).unwrap().usage.prompt(), Tokens::new(150));
    }

    /// `total = prompt + completion + reasoning` is how xAI counts.
    #[test]
    fn a_total_says_where_reasoning_is() {
        let usage = |total| {
            format!(
                r#"{{"prompt_tokens":100,"completion_tokens":20,"total_tokens":{total},"completion_tokens_details":{{"reasoning_tokens":15}}}}"#
            )
        };
        assert_eq!(shown(&usage(120)), [100, 0, 0, 0, 20, 15]);
        assert_eq!(shown(&usage(135)), [100, 0, 0, 0, 35, 15]);
        assert!(bill(&usage(136)).is_err());
    }

    #[test]
    fn lifetimes_media_and_tools_are_kept() {
        let text = r#"{"input_tokens":5,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":1,"server_tool_use":{"web_search_requests":3,"web_fetch_requests":1},"speed":"fast","inference_geo":"us","service_tier":"standard"}"#;
        assert_eq!(shown(text), [5, 0, 10, 20, 1, 0]);
        let figures: Figures = serde_json::from_str(text).unwrap();
        assert_eq!(figures.tools.len(), 1);
        assert_eq!(figures.tools[0].1, 3);
        assert_eq!(figures.speed.as_deref(), Some("fast"));
        assert_eq!(figures.residency.as_deref(), Some("us"));
        assert_eq!(figures.tier, None);
        assert!(figures.unread.is_empty());
        let text = r#"{"promptTokenCount":10,"candidatesTokenCount":4,"totalTokenCount":14,"promptTokensDetails":[{"modality":"TEXT","tokenCount":1},{"modality":"AUDIO","tokenCount":9}],"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":3},{"modality":"TEXT","tokenCount":1}]}"#;
        let bill = bill(text).unwrap();
        assert_eq!(bill.audio.input, Tokens::new(9));
        assert_eq!(bill.images.output, Tokens::new(3));
    }

    #[test]
    fn what_nobody_knows_is_named_when_it_may_cost_something() {
        let unread = |text: &str| serde_json::from_str::<Figures>(text).unwrap().unread;
        let text = r#"{"prompt_tokens":1,"completion_tokens":2,"telepathy_tokens":3,"queue_time":0.5,"dreams":{"deep":{"units":2}},"odd_tokens":0,"name":"x","list":[1]}"#;
        assert_eq!(unread(text), ["telepathy_tokens", "dreams.deep.units", "list."]);
        assert!(unread(r#"{"prompt_tokens":1,"nothing_tokens":null,"flag":true}"#).is_empty());
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
            (
                r#"{"prompt_tokens":10,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4},"prompt_cache_hit_tokens":5}"#,
                "`prompt_cache_hit_tokens` says 5 where another key says 4",
            ),
        ] {
            let error = bill(text).unwrap_err();
            assert!(error.message().contains(why), "{error}");
        }
        for text in [
            r#"{"prompt_tokens":-1}"#,
            r#"{"prompt_tokens":1.5}"#,
            r#"{"prompt_tokens":"many"}"#,
            r#"{"prompt_tokens":"NaN"}"#,
            r#"{"prompt_tokens":"inf"}"#,
            r#"{"prompt_tokens":true}"#,
            r#"{"prompt_tokens":99999999999999}"#,
            r#"{"prompt_tokens":1e300}"#,
        ] {
            assert!(serde_json::from_str::<Figures>(text).is_err(), "{text}");
        }
    }

    proptest! {
        /// Inside or beside, a total that adds up gives the same bill.
        #[test]
        fn a_total_says_where_the_parts_are(
            uncached in 0..1_000_u64,
            cached in 0..1_000_u64,
            written in 0..1_000_u64,
            visible in 0..1_000_u64,
            reasoning in 0..1_000_u64,
            guess: bool,
        ) {
            let figures = |prompt, completion| {
                let mut figures = Figures::default();
                for (figure, tokens) in [
                    (Figure::Prompt, prompt),
                    (Figure::Cached, cached),
                    (Figure::Written, written),
                    (Figure::Completion, completion),
                    (Figure::Reasoning, reasoning),
                    (Figure::Total, uncached + cached + written + visible + reasoning),
                ] {
                    figures.put(figure, Some(Tokens::new(tokens)));
                }
                figures
            };
            let parts = if guess { Parts::Beside } else { Parts::Inside };
            let inside = figures(uncached + cached + written, visible + reasoning);
            let bill = inside.bill(parts).unwrap();
            prop_assert_eq!(bill.usage.uncached(), Tokens::new(uncached));
            prop_assert_eq!(figures(uncached, visible).bill(parts).unwrap(), bill);
        }
    }
}
