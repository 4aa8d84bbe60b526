//! Usage times rates: a bill of exact lines.

use serde::Serialize;

use crate::catalog::{Rates, Tier};
use crate::logs::{LoggedUsage, MediumTokens, Usage};
use crate::units::{Factor, Money, Rate, Tokens};
use crate::{Error, ErrorKind};

/// What a line of a bill charges for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// Prompt tokens that were not cached.
    Input,
    /// Prompt tokens read from the cache.
    CachedInput,
    /// Prompt tokens written to the cache for its usual lifetime, such as five minutes.
    CacheWrite,
    /// Prompt tokens written to the cache for its longer lifetime, such as an hour.
    CacheWriteExtended,
    /// Completion tokens, reasoning included.
    Output,
    /// Reasoning tokens, where they have a rate of their own; the output is then the rest.
    ReasoningOutput,
    /// Prompt tokens of sound outside the cache, where they have a rate of their own.
    AudioInput,
    /// Prompt tokens of sound read from the cache.
    AudioCachedInput,
    /// Completion tokens of sound.
    AudioOutput,
    /// Prompt tokens of images outside the cache, where they have a rate of their own.
    ImageInput,
    /// Prompt tokens of images read from the cache.
    ImageCachedInput,
    /// Completion tokens of images.
    ImageOutput,
    /// Uses of tools that the provider ran, such as searches; no tokens.
    Fees,
    /// What the seller says that it charged, where that is the bill; no tokens.
    Charged,
}

impl CostKind {
    /// Every kind, in the order of the lines of a bill.
    pub const ALL: [Self; 14] = [
        Self::Input,
        Self::CachedInput,
        Self::CacheWrite,
        Self::CacheWriteExtended,
        Self::Output,
        Self::ReasoningOutput,
        Self::AudioInput,
        Self::AudioCachedInput,
        Self::AudioOutput,
        Self::ImageInput,
        Self::ImageCachedInput,
        Self::ImageOutput,
        Self::Fees,
        Self::Charged,
    ];

    /// The name in tables and charts.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::CachedInput => "cached input",
            Self::CacheWrite => "cache write",
            Self::CacheWriteExtended => "long cache write",
            Self::Output => "output",
            Self::ReasoningOutput => "reasoning output",
            Self::AudioInput => "audio input",
            Self::AudioCachedInput => "cached audio input",
            Self::AudioOutput => "audio output",
            Self::ImageInput => "image input",
            Self::ImageCachedInput => "cached image input",
            Self::ImageOutput => "image output",
            Self::Fees => "tool fees",
            Self::Charged => "charged by the seller",
        }
    }

    /// Whether it charges for a part of the prompt.
    #[must_use]
    pub const fn is_prompt(self) -> bool {
        matches!(
            self,
            Self::Input
                | Self::CachedInput
                | Self::CacheWrite
                | Self::CacheWriteExtended
                | Self::AudioInput
                | Self::AudioCachedInput
                | Self::ImageInput
                | Self::ImageCachedInput
        )
    }

    /// Whether it charges for a part of the completion.
    #[must_use]
    pub const fn is_completion(self) -> bool {
        matches!(self, Self::Output | Self::ReasoningOutput | Self::AudioOutput | Self::ImageOutput)
    }

    /// Whether it charges for prompt tokens read from the cache.
    #[must_use]
    pub const fn is_cached(self) -> bool {
        matches!(self, Self::CachedInput | Self::AudioCachedInput | Self::ImageCachedInput)
    }

    /// Whether reports leave the line out when there is nothing on it. Kinds that came after the
    /// first version of the JSON contract do, so that older lists stay as they were.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        !matches!(self, Self::Input | Self::CachedInput | Self::CacheWrite | Self::Output)
    }
}

/// Tokens of one kind, their rate, and the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CostLine {
    /// What is charged for.
    pub kind: CostKind,
    /// How many tokens.
    pub tokens: Tokens,
    /// USD per million tokens.
    pub usd_per_mtok: Rate,
    /// `tokens × usd_per_mtok / 1,000,000`, exactly.
    pub cost_usd: Money,
}

/// How many lines every bill has.
const ALWAYS: usize = 5;

/// What a call costs, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    lines: [CostLine; ALWAYS],
    /// Lines that few bills have.
    more: Vec<CostLine>,
    /// What the same prompt would have cost without a cache, less what it cost with it.
    saved: Money,
    /// What writing to the cache cost more than the same tokens without it.
    write_surcharge: Money,
}

impl Bill {
    /// The lines, in the order of [`CostKind::ALL`]; of those that are optional only those with
    /// something on them, and [`CostKind::CacheWriteExtended`].
    pub fn lines(&self) -> impl Iterator<Item = &CostLine> {
        self.lines.iter().chain(&self.more)
    }

    /// The sum of the lines.
    #[must_use]
    pub fn total(&self) -> Money {
        self.lines().map(|line| line.cost_usd).sum()
    }

    /// How much more the call would have cost without a cache: every prompt token at the input rate.
    /// Negative when writing to the cache cost more than reading from it saved.
    #[must_use]
    pub const fn saved(&self) -> Money {
        self.saved
    }

    /// How much more the tokens written to the cache cost than the input rate; 0 where writing costs
    /// nothing.
    #[must_use]
    pub const fn write_surcharge(&self) -> Money {
        self.write_surcharge
    }

    /// The same bill with a fee for `uses` of a tool, each of this much.
    #[must_use]
    pub fn with_fee(mut self, each: Money, uses: u64) -> Self {
        self.add(CostKind::Fees, Tokens::ZERO, each * uses);
        self
    }

    /// Every line multiplied, such as by 1.1 for a region.
    #[must_use]
    pub fn times(mut self, factor: Factor) -> Self {
        for line in self.lines.iter_mut().chain(&mut self.more) {
            line.cost_usd = line.cost_usd * factor;
            line.usd_per_mtok = line.usd_per_mtok * factor;
        }
        self.saved = self.saved * factor;
        self.write_surcharge = self.write_surcharge * factor;
        self
    }

    /// The bill of a call that the seller charged this much for, whatever its tokens.
    #[must_use]
    pub fn charged(usage: Usage, usd: Money) -> Self {
        let free = Rate::from_picodollars_per_token(0);
        let mut bill = bill(usage, &Rates::new(Tier::Standard, free, free));
        bill.add(CostKind::Charged, Tokens::ZERO, usd);
        bill
    }

    fn add(&mut self, kind: CostKind, tokens: Tokens, cost_usd: Money) {
        let usd_per_mtok = Rate::from_picodollars_per_token(0);
        match self.more.iter_mut().find(|line| line.kind == kind) {
            Some(line) => line.cost_usd += cost_usd,
            None => self.more.push(CostLine { kind, tokens, usd_per_mtok, cost_usd }),
        }
    }
}

/// Bills `usage` at `rates`:
/// `uncached·input + cached·cached_input + written·write + written_extended·write_extended + completion·output`.
///
/// A missing cache rate is the input rate; a missing extended write rate is that of the usual write.
/// The rates must be those of the prompt's length, see [`crate::catalog::PriceEntry::rates`].
#[must_use]
pub fn bill(usage: Usage, rates: &Rates) -> Bill {
    let lines = parts(usage, rates).map(|(kind, tokens, rate)| line(kind, tokens, rate));
    let paid: Money =
        lines.iter().filter(|line| line.kind.is_prompt()).map(|line| line.cost_usd).sum();
    let saved = rates.input * usage.prompt() - paid;
    let written = usage.written() + usage.written_extended();
    let write_surcharge = lines[2].cost_usd + lines[3].cost_usd - rates.input * written;
    Bill { lines, more: Vec::new(), saved, write_surcharge }
}

/// The tokens of every line of a bill, and their rates.
#[inline]
fn parts(usage: Usage, rates: &Rates) -> [(CostKind, Tokens, Rate); ALWAYS] {
    let write = rates.cache_write.unwrap_or(rates.input);
    let extended = rates.cache_write_extended.unwrap_or(write);
    [
        (CostKind::Input, usage.uncached(), rates.input),
        (CostKind::CachedInput, usage.cached(), rates.cached()),
        (CostKind::CacheWrite, usage.written(), write),
        (CostKind::CacheWriteExtended, usage.written_extended(), extended),
        (CostKind::Output, usage.completion(), rates.output),
    ]
}

fn line(kind: CostKind, tokens: Tokens, rate: Rate) -> CostLine {
    CostLine { kind, tokens, usd_per_mtok: rate, cost_usd: rate * tokens }
}

/// Bills what a log says, with a line for whatever has a rate of its own: sound, images and reasoning.
///
/// # Errors
/// [`ErrorKind::MissingPrice`] for tokens whose rate is not known: sound without a rate of its own,
/// images in the answer, a long cache write where writing costs something, and a call of which it is
/// not known whether it reasoned where that decides on its rate.
pub fn bill_logged(logged: &LoggedUsage, rates: &Rates) -> Result<Bill, Error> {
    let usage = logged.usage;
    if usage.written_extended() > Tokens::ZERO
        && rates.cache_write.is_some()
        && rates.cache_write_extended.is_none()
    {
        return Err(unpriced("writing to the cache for its longer lifetime"));
    }
    let mut bill = bill(usage, rates);
    if rates.thinking_output.is_some() || rates.reasoning_output.is_some() {
        bill.part_reasoning(logged, rates)?;
    }
    if !logged.audio.is_empty() {
        let MediumTokens { input, cached, output } = logged.audio;
        let text = "tokens of audio";
        let own = |rate: Option<Rate>, tokens: Tokens| match rate {
            None if tokens > Tokens::ZERO => Err(unpriced(text)),
            rate => Ok(rate),
        };
        let cached_rate = rates.audio_cached_input.or(rates.cached_input.and(rates.audio_input));
        bill.move_to(CostKind::Input, CostKind::AudioInput, input, own(rates.audio_input, input)?);
        bill.move_to(
            CostKind::CachedInput,
            CostKind::AudioCachedInput,
            cached,
            own(cached_rate, cached)?,
        );
        bill.move_to(
            CostKind::Output,
            CostKind::AudioOutput,
            output,
            own(rates.audio_output, output)?,
        );
    }
    if !logged.images.is_empty() {
        let MediumTokens { input, cached, output } = logged.images;
        // In the prompt an image costs what text costs, unless the list says otherwise.
        bill.move_to(CostKind::Input, CostKind::ImageInput, input, rates.image_input);
        bill.move_to(
            CostKind::CachedInput,
            CostKind::ImageCachedInput,
            cached,
            rates.image_cached_input,
        );
        if output > Tokens::ZERO && rates.image_output.is_none() {
            return Err(unpriced("tokens of images in the answer"));
        }
        bill.move_to(CostKind::Output, CostKind::ImageOutput, output, rates.image_output);
    }
    Ok(bill)
}

impl Bill {
    /// Rates that depend on whether a call reasons, or that hold for its reasoning alone.
    fn part_reasoning(&mut self, logged: &LoggedUsage, rates: &Rates) -> Result<(), Error> {
        let reasoning = logged.reasoning.ok_or_else(|| unpriced("reasoning that is not logged"))?;
        if reasoning == Tokens::ZERO {
            return Ok(());
        }
        if let Some(rate) = rates.thinking_output {
            self.lines[ALWAYS - 1] = line(CostKind::Output, logged.usage.completion(), rate);
        }
        self.move_to(
            CostKind::Output,
            CostKind::ReasoningOutput,
            reasoning,
            rates.reasoning_output,
        );
        Ok(())
    }

    /// Gives tokens of one line a line of their own, when they have a rate of their own.
    fn move_to(&mut self, from: CostKind, to: CostKind, tokens: Tokens, rate: Option<Rate>) {
        let Some(rate) = rate.filter(|_| tokens > Tokens::ZERO) else { return };
        if let Some(whole) = self.lines.iter_mut().find(|line| line.kind == from) {
            *whole = line(from, whole.tokens.saturating_sub(tokens), whole.usd_per_mtok);
        }
        self.more.push(line(to, tokens, rate));
    }
}

fn unpriced(what: &str) -> Error {
    Error::new(ErrorKind::MissingPrice, format!("no price is known for {what}"))
        .hint("add the rate with `--catalog FILE`")
}

/// The total of [`bill()`], without its lines: simulations ask for millions.
#[must_use]
#[inline]
pub fn cost(usage: Usage, rates: &Rates) -> Money {
    let some = |(_, tokens, _): &(CostKind, Tokens, Rate)| *tokens > Tokens::ZERO;
    // Most calls write nothing to a cache: asking costs less than sums of nothing.
    parts(usage, rates).into_iter().filter(some).map(|(_, tokens, rate)| rate * tokens).sum()
}
