//! Single rates of a record, put together to a price list.

use std::collections::BTreeMap;

use super::feed_row::FeedRow;
use super::issue::{Issue, Reason};
use crate::catalog::{Rates, Tier};
use crate::units::{Position, Rate, Tokens};

/// What a rate is the price of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Input,
    Cached,
    Write,
    WriteLong,
    Output,
    Reasoning,
}

#[derive(Debug, Default, Clone)]
struct Partial {
    input: Option<Rate>,
    cached: Option<Rate>,
    write: Option<Rate>,
    write_long: Option<Rate>,
    output: Option<Rate>,
    reasoning: Option<Rate>,
}

impl Partial {
    fn slot(&mut self, part: Part) -> &mut Option<Rate> {
        match part {
            Part::Input => &mut self.input,
            Part::Cached => &mut self.cached,
            Part::Write => &mut self.write,
            Part::WriteLong => &mut self.write_long,
            Part::Output => &mut self.output,
            Part::Reasoning => &mut self.reasoning,
        }
    }

    /// These rates, and those of `base` where there are none: what a feed does not state for long prompts
    /// stays as it is for short ones.
    fn over(&self, base: &Self) -> Self {
        Self {
            input: self.input.or(base.input),
            cached: self.cached.or(base.cached),
            write: self.write.or(base.write),
            write_long: self.write_long.or(base.write_long),
            output: self.output.or(base.output),
            reasoning: self.reasoning,
        }
    }

    /// The finished row, unless its tokens of one kind have no price.
    fn finish(&self, tier: Tier, over: Option<Tokens>) -> Result<Rates, String> {
        let told = tier_name(tier, over);
        let (input, output) = match (self.input, self.output) {
            (Some(input), Some(output)) => (input, output),
            (None, None) => return Err(format!("{told} has no rate for input and output")),
            (None, _) => return Err(format!("{told} has no rate for input")),
            (_, None) => return Err(format!("{told} has no rate for output")),
        };
        // A write that costs nothing is a key that a feed fills for models without such a charge.
        let charged = |rate: Option<Rate>| rate.filter(|rate| !is_zero(*rate));
        Ok(Rates {
            over,
            cached_input: self.cached,
            cache_write: charged(self.write),
            cache_write_extended: charged(self.write_long),
            ..Rates::new(tier, input, output)
        })
    }
}

/// Whether a rate is $0.
pub(super) fn is_zero(rate: Rate) -> bool {
    rate == Rate::from_picodollars_per_token(0)
}

/// `standard`, or `flex over 272,000`.
fn tier_name(tier: Tier, over: Option<Tokens>) -> String {
    over.map_or_else(|| tier.to_string(), |over| format!("{tier} over {over}"))
}

/// Rates by tier and by the prompt length over which they hold.
#[derive(Debug, Default, Clone)]
pub(super) struct RateTable(BTreeMap<(Tier, Option<Tokens>), Partial>);

impl RateTable {
    /// Adds a rate; a second one for the same tokens is a contradiction unless it is the same.
    pub(super) fn set(
        &mut self,
        (tier, over): (Tier, Option<Tokens>),
        part: Part,
        rate: Rate,
    ) -> Result<(), String> {
        let slot = self.0.entry((tier, over)).or_default().slot(part);
        match slot.replace(rate) {
            Some(before) if before != rate => Err(format!(
                "{} has two rates for the same tokens, {before} and {rate}",
                tier_name(tier, over)
            )),
            _ => Ok(()),
        }
    }

    /// The price list, standard first. What cannot be part of it is noted in the row.
    pub(super) fn finish(&self, row: &mut FeedRow, position: Position) -> Vec<Rates> {
        let mut rates = Vec::new();
        for &tier in Tier::ALL {
            let Some(base) = self.0.get(&(tier, None)) else {
                if self.0.keys().any(|(other, _)| *other == tier) {
                    let message = format!("{tier} has rates for long prompts only");
                    drop_tier(tier, row, Reason::LeftOut, message, position);
                }
                continue;
            };
            let partials = self.0.iter().filter(|((other, _), _)| *other == tier);
            let wanted: Result<Vec<Rates>, (Reason, String)> = partials
                .map(|((_, over), partial)| {
                    let partial = if over.is_some() { partial.over(base) } else { partial.clone() };
                    let whole = partial.finish(tier, *over).map_err(|e| (Reason::LeftOut, e))?;
                    law(&whole, partial.reasoning)?;
                    Ok(whole)
                })
                .collect();
            match wanted {
                Ok(rows) => rates.extend(rows),
                Err((reason, message)) => drop_tier(tier, row, reason, message, position),
            }
        }
        rates
    }
}

/// Tells that a tier is not taken; without its standard rates the row itself is not.
fn drop_tier(tier: Tier, row: &mut FeedRow, reason: Reason, message: String, position: Position) {
    let incomplete = reason == Reason::LeftOut;
    let reason = if incomplete && tier == Tier::Standard { Reason::NoPrice } else { reason };
    // What is missing because it could not be read is already noted.
    if reason == Reason::NoPrice && !row.faults.is_empty() {
        return;
    }
    let fault = Issue { reason, message, position };
    if tier == Tier::Standard { row.faults.push(fault) } else { row.remarks.push(fault) }
}

/// What a finished row must keep.
fn law(rates: &Rates, reasoning: Option<Rate>) -> Result<(), (Reason, String)> {
    let told = tier_name(rates.tier, rates.over);
    if let Some(own) = reasoning.filter(|rate| *rate != rates.output) {
        let message = format!(
            "{told} charges {own} for reasoning and {} for output; the catalogue bills both at one rate",
            rates.output
        );
        return Err((Reason::ReasoningRate, message));
    }
    if rates.cached() > rates.input {
        let message = format!(
            "{told} charges {} for cached input and {} for input",
            rates.cached(),
            rates.input
        );
        return Err((Reason::Contradiction, message));
    }
    Ok(())
}
