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
    let [input, cached, written, extended, output] = parts(usage, rates);
    let of = |(kind, tokens, rate)| line(kind, tokens, rate);
    let lines = [of(input), of(cached), of(written), of(extended), of(output)];
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

#[cfg(test)]
mod tests {
    use super::*;

    const fn rate(picodollars: u64) -> Rate {
        Rate::from_picodollars_per_token(picodollars)
    }

    /// Each rate is another, so that every line shows which one it paid.
    fn rates() -> Rates {
        Rates {
            cached_input: Some(rate(3)),
            cache_write: Some(rate(5)),
            cache_write_extended: Some(rate(7)),
            ..Rates::new(Tier::Standard, rate(2), rate(11))
        }
    }

    fn tokens(n: u64) -> Tokens {
        Tokens::new(n)
    }

    /// 100 uncached, 20 read, 30 written, 40 written for long, 50 of the completion.
    fn usage() -> Usage {
        Usage::of_parts(tokens(100), tokens(20), tokens(30), tokens(50))
            .with_written_extended(tokens(40))
    }

    fn logged() -> LoggedUsage {
        let none = MediumTokens::default();
        let reasoning = Some(Tokens::ZERO);
        LoggedUsage { usage: usage(), reasoning, audio: none, images: none, prompt_known: true }
    }

    /// What is on each line, in picodollars.
    fn lines(bill: &Bill) -> Vec<(CostKind, u64, i128)> {
        let some = |line: &&CostLine| line.cost_usd > Money::ZERO;
        let shown = |line: &CostLine| (line.kind, line.tokens.get(), line.cost_usd.picodollars());
        bill.lines().filter(some).map(shown).collect()
    }

    /// The lines once 10 tokens outside the cache, 4 read from it and 6 of the completion pay 13, 17 and 19.
    fn moved([input, cached, output]: [CostKind; 3]) -> [(CostKind, u64, i128); 8] {
        [
            (CostKind::Input, 90, 180),
            (CostKind::CachedInput, 16, 48),
            (CostKind::CacheWrite, 30, 150),
            (CostKind::CacheWriteExtended, 40, 280),
            (CostKind::Output, 44, 484),
            (input, 10, 130),
            (cached, 4, 68),
            (output, 6, 114),
        ]
    }

    #[test]
    fn every_part_pays_its_own_rate() {
        let bill = bill(usage(), &rates());
        let wanted = [
            (CostKind::Input, 100, 200),
            (CostKind::CachedInput, 20, 60),
            (CostKind::CacheWrite, 30, 150),
            (CostKind::CacheWriteExtended, 40, 280),
            (CostKind::Output, 50, 550),
        ];
        assert_eq!(lines(&bill), wanted);
        assert_eq!(bill.total().picodollars(), 1_240);
        assert_eq!(cost(usage(), &rates()), bill.total());
        // 190 tokens of input at 2 are 380, and 690 were paid; 70 tokens were written for 430 and not for 140.
        assert_eq!(bill.saved().picodollars(), -310);
        assert_eq!(bill.write_surcharge().picodollars(), 290);
    }

    #[test]
    fn what_has_no_rate_pays_the_one_that_it_stands_for() {
        let bare = Rates::new(Tier::Standard, rate(2), rate(11));
        let free = bill(usage(), &bare);
        assert_eq!(free.total().picodollars(), 190 * 2 + 550);
        assert_eq!((free.saved(), free.write_surcharge()), (Money::ZERO, Money::ZERO));
        let usual = Rates { cache_write: Some(rate(5)), ..bare };
        assert_eq!(bill(usage(), &usual).total().picodollars(), 120 * 2 + 70 * 5 + 550);
        // A long write is priced by its own rate where writing costs anything.
        let refused = bill_logged(&logged(), &usual).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::MissingPrice);
        assert!(bill_logged(&logged(), &Rates::new(Tier::Standard, rate(2), rate(11))).is_ok());
        let short = LoggedUsage { usage: usage().with_written_extended(Tokens::ZERO), ..logged() };
        assert!(bill_logged(&short, &usual).is_ok());
    }

    #[test]
    fn sound_is_moved_to_lines_of_its_own_and_never_priced_as_text() {
        let audio = MediumTokens { input: tokens(10), cached: tokens(4), output: tokens(6) };
        let heard = LoggedUsage { audio, ..logged() };
        let own = Rates {
            audio_input: Some(rate(13)),
            audio_cached_input: Some(rate(17)),
            audio_output: Some(rate(19)),
            ..rates()
        };
        let wanted =
            moved([CostKind::AudioInput, CostKind::AudioCachedInput, CostKind::AudioOutput]);
        assert_eq!(lines(&bill_logged(&heard, &own).unwrap()), wanted);
        // Read from the cache, sound without a rate of its own there pays that of sound.
        let uncached = Rates { audio_cached_input: None, ..own.clone() };
        let bill = bill_logged(&heard, &uncached).unwrap();
        assert!(lines(&bill).contains(&(CostKind::AudioCachedInput, 4, 52)));
        for missing in [
            Rates { audio_input: None, ..own.clone() },
            Rates { audio_output: None, ..own.clone() },
            Rates { audio_cached_input: None, cached_input: None, ..own.clone() },
        ] {
            let refused = bill_logged(&heard, &missing).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::MissingPrice, "{missing:?}");
        }
        assert!(bill_logged(&logged(), &rates()).is_ok());
    }

    #[test]
    fn images_pay_their_rates_in_the_prompt_text_and_in_the_answer_nothing_else() {
        let images = MediumTokens { input: tokens(10), cached: tokens(4), output: Tokens::ZERO };
        let seen = LoggedUsage { images, ..logged() };
        let as_text = bill_logged(&seen, &rates()).unwrap();
        assert_eq!(lines(&as_text), lines(&bill(usage(), &rates())));
        let own = Rates {
            image_input: Some(rate(13)),
            image_cached_input: Some(rate(17)),
            image_output: Some(rate(19)),
            ..rates()
        };
        let drawn = MediumTokens { output: tokens(6), ..images };
        let drawn = LoggedUsage { images: drawn, ..logged() };
        let wanted =
            moved([CostKind::ImageInput, CostKind::ImageCachedInput, CostKind::ImageOutput]);
        assert_eq!(lines(&bill_logged(&drawn, &own).unwrap()), wanted);
        // A kind of which there is nothing has no line.
        assert_eq!(bill_logged(&seen, &own).unwrap().lines().count(), ALWAYS + 2);
        let refused = bill_logged(&drawn, &rates()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::MissingPrice);
        assert!(bill_logged(&logged(), &own).is_ok());
    }

    #[test]
    fn reasoning_decides_on_the_rate_where_the_list_says_so() {
        let thought = |n: u64| LoggedUsage { reasoning: Some(tokens(n)), ..logged() };
        let total = |logged: &LoggedUsage, rates: &Rates| {
            bill_logged(logged, rates).map(|bill| bill.total().picodollars())
        };
        let thinking = Rates { thinking_output: Some(rate(23)), ..rates() };
        assert_eq!(total(&thought(0), &thinking).unwrap(), 690 + 50 * 11);
        assert_eq!(total(&thought(8), &thinking).unwrap(), 690 + 50 * 23);
        let reasoning = Rates { reasoning_output: Some(rate(29)), ..rates() };
        assert_eq!(total(&thought(8), &reasoning).unwrap(), 690 + 42 * 11 + 8 * 29);
        let unknown = LoggedUsage { reasoning: None, ..logged() };
        assert_eq!(total(&unknown, &rates()).unwrap(), 1_240);
        for rates in [&thinking, &reasoning] {
            assert_eq!(total(&unknown, rates).unwrap_err().kind(), ErrorKind::MissingPrice);
        }
    }

    #[test]
    fn fees_charges_and_factors_are_on_the_bill() {
        let paid = bill(usage(), &rates());
        let fee = Money::from_picodollars(100);
        let with_fees = paid.clone().with_fee(fee, 3).with_fee(fee, 1);
        assert_eq!(with_fees.total().picodollars(), 1_240 + 400);
        let fees = |line: &&CostLine| line.kind == CostKind::Fees;
        assert_eq!(with_fees.lines().filter(fees).count(), 1);
        let doubled = with_fees.times("2".parse().unwrap());
        assert_eq!(doubled.total().picodollars(), 2 * 1_640);
        assert_eq!(doubled.saved().picodollars(), -620);
        assert_eq!(doubled.write_surcharge().picodollars(), 580);
        let charged = Bill::charged(usage(), fee);
        assert_eq!((charged.total(), charged.saved()), (fee, Money::ZERO));
    }

    #[test]
    fn kinds_say_what_they_charge_for() {
        let of = |is: fn(CostKind) -> bool| {
            CostKind::ALL
                .into_iter()
                .filter(|kind| is(*kind))
                .map(CostKind::label)
                .collect::<Vec<_>>()
        };
        let prompt = [
            "input",
            "cached input",
            "cache write",
            "long cache write",
            "audio input",
            "cached audio input",
            "image input",
            "cached image input",
        ];
        assert_eq!(of(CostKind::is_prompt), prompt);
        assert_eq!(
            of(CostKind::is_completion),
            ["output", "reasoning output", "audio output", "image output"]
        );
        let cached = ["cached input", "cached audio input", "cached image input"];
        assert_eq!(of(CostKind::is_cached), cached);
        assert_eq!(
            of(|kind| !kind.is_optional()),
            ["input", "cached input", "cache write", "output"]
        );
    }
}
