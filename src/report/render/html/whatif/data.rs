//! The part of a compare page that answers what-ifs.
//!
//! It carries what decides the figures of a comparison: rates in whole picodollars, limits, and measured
//! completions as they were observed. The script beside it computes with them what
//! [`forecast`](crate::forecast) computes, in the same order of operations; a test in a browser holds the two
//! against each other, figure by figure.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::Error;
use crate::catalog::{Effort, Model, Rates, Tier};
use crate::forecast::{MeanOfAnswers, Prior, Profile, Sample, Variances, WorkKind};
use crate::report::render::unserialisable;
use crate::report::widget::{EmbeddedJson, Widget};
use crate::units::{Money, Period, Rate, Tokens};
use crate::workload::call_fees;

const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("numbers.js"),
    include_str!("distribution.js"),
    include_str!("offer.js"),
    include_str!("picture.js"),
    include_str!("form.js"),
    include_str!("follow.js"),
    "})();\n"
);

/// What a page can be asked, and what it answers from.
#[derive(Debug, Clone, Serialize)]
pub struct WhatIf {
    /// Whether it answers beside a page that says something else.
    pub beside: bool,
    /// The date of prices and lifecycle.
    pub as_of: Date,
    /// What the command asked.
    pub ask: Question,
    /// The tier that the command names.
    pub tier: Option<Tier>,
    /// The level of effort that the command names.
    pub effort: Option<Effort>,
    /// What of the prompt is written to the cache, as the command line takes it, where it says so.
    pub cache_write: Option<String>,
    /// What the recommended cap must satisfy.
    pub policy: Policy,
    /// The flags of the command that the form does not set.
    pub flags: Vec<String>,
    /// The models that may be chosen, those of the command first.
    pub models: Vec<Candidate>,
    /// The request, unless the command declares the prompt.
    pub job: Option<Job>,
    /// Remarks on prompts, which many models share.
    pub texts: Vec<String>,
    /// What is known of completions: of any work and by kind, for models that reason and for the others.
    pub predictions: [Vec<Prediction>; 2],
    /// What is known of the completions of models, which many models share.
    pub works: Vec<ModelWork>,
    /// Where the means of workloads differ, for models that reason and for the others.
    pub variances: [VariancesRef; 2],
    /// The quantile at 95 % that a declared completion has, and how many calls it is taken to be worth.
    pub declared: (f64, u64),
    /// The built-in profiles by name.
    pub profiles: BTreeMap<String, Measurements>,
    /// The profiles that the user brought.
    pub given: Given,
}

/// What the form shows first.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// How many calls.
    pub calls: u64,
    /// Over what time.
    pub period: Option<Period>,
    /// The cap that is sent.
    pub cap: Option<Tokens>,
    /// What of the prompt is cached, as the command line takes it.
    pub cached: Option<String>,
    /// The declared prompt.
    pub input_tokens: Option<Tokens>,
    /// Ids of the models.
    pub models: Vec<String>,
    /// Where the length of completions comes from.
    pub length: Length,
}

/// Where the length of completions comes from; distributions as the command line takes them.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Length {
    /// What is known of the kind of work, or of any work.
    Work {
        /// The kind.
        work: Option<WorkKind>,
    },
    /// One profile for all.
    Profile {
        /// Its name, or a file, with or without a task.
        profile: String,
    },
    /// Declared.
    Declared {
        /// Hidden reasoning.
        reasoning: Option<String>,
        /// The visible answer.
        visible: Option<String>,
        /// Both together.
        completion: Option<String>,
    },
}

/// What the recommended cap must satisfy.
#[derive(Debug, Clone, Serialize)]
pub struct Policy {
    /// Tokens kept for reasoning and outputs.
    pub reserve: Tokens,
    /// The accepted length risk.
    pub risk: f64,
    /// Whether the reserve is one that measurements allow.
    pub released: bool,
    /// Why it is released or stays, where that was asked.
    pub why: Option<String>,
}

/// What is known of the completions of one kind of work.
#[derive(Debug, Clone, Serialize)]
pub struct Prediction {
    centre: f64,
    within: f64,
    shared: f64,
    /// How completions divide: centre, intercept, slope and deviation.
    share: Option<[f64; 4]>,
    /// Heavier tails: degrees of freedom, and the part of the deviation that is the scale.
    tail: Option<[f64; 2]>,
}

impl Prediction {
    /// The prior of a model that was not measured.
    #[must_use]
    pub fn of(prior: &Prior) -> Self {
        let share = prior.share.map(|share| [share.centre, share.intercept, share.slope, share.sd]);
        let tail = prior.tail.map(|tail| [tail.dof, tail.scale]);
        let Prior { centre, within, shared, .. } = *prior;
        Self { centre, within, shared, share, tail }
    }
}

/// What is known of the completions of one model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelWork {
    /// Whether its calls reason.
    pub reasons: bool,
    /// Why it answers nothing, where it lacks the effort of the command.
    pub cannot: Option<String>,
    /// How much longer its completions are than usual, as a logarithm: of any work, then of each kind; one for
    /// all where it is the same.
    pub longer: Vec<f64>,
    /// How much larger the odds of reasoning are than usual, as a logarithm.
    pub odds: f64,
    /// The variance of that.
    pub variance: f64,
    /// The numbers of the texts that say where forecasts are from: of any work, then of each kind.
    pub says: Vec<usize>,
}

/// Variances of the logarithm of a workload's mean.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct VariancesRef {
    workloads: f64,
    models: f64,
    interaction: f64,
}

impl From<Variances> for VariancesRef {
    fn from(all: Variances) -> Self {
        let Variances { workloads, models, interaction } = all;
        Self { workloads, models, interaction }
    }
}

/// A model that may be chosen.
#[derive(Debug, Clone, Serialize)]
pub struct Candidate {
    id: String,
    provider: String,
    reasoning: bool,
    /// The number of what is known of its completions.
    work: usize,
    window: Tokens,
    output_cap: Tokens,
    input_limit: Option<Tokens>,
    /// Completion tokens per second.
    speed: Option<u32>,
    /// That it cannot be called on that date, with its name.
    gone: Option<String>,
    /// When it ends, where that is announced.
    ending: Option<String>,
    /// Why it has no price on that date.
    unpriced: Option<String>,
    /// From which prompt on it is written to the cache without being asked, and charged for.
    writes_from: Option<Tokens>,
    /// Picodollars of fees for each call, and what there is to say about them.
    fees: Option<(i128, Vec<String>)>,
    tiers: BTreeMap<&'static str, TierRates>,
}

/// The rates of a tier, or why there are none.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum TierRates {
    Listed(Vec<RateRow>),
    Missing(String),
}

/// The length that a prompt must exceed, and picodollars per token: prompt, cached prompt, completion, and
/// prompt that is written to the cache.
#[derive(Debug, Clone, Serialize)]
struct RateRow(Option<Tokens>, i128, Option<i128>, i128, Option<i128>);

impl RateRow {
    fn of(rates: &Rates) -> Self {
        let picodollars = |rate: Rate| i128::from(rate.picodollars_per_token());
        Self(
            rates.over,
            picodollars(rates.input),
            rates.cached_input.map(picodollars),
            picodollars(rates.output),
            rates.cache_write.map(picodollars),
        )
    }
}

impl Candidate {
    /// A model on a date, with the rates of these tiers and the fees of a call; `gone` says why it cannot be
    /// called, `ending` when it ends.
    #[must_use]
    pub fn of(
        model: &Model,
        as_of: Date,
        (tiers, searches): (&[Tier], u32),
        gone: Option<String>,
        ending: Option<String>,
        work: usize,
    ) -> Self {
        let price = model.price_at(as_of);
        let list = |tier: Tier| {
            let price = price.as_ref().ok()?;
            // The row of a prompt of no length is the one without a threshold.
            let rates = match model.rates(price, tier, Tokens::ZERO) {
                Err(error) => TierRates::Missing(error.message().to_owned()),
                Ok(_) => TierRates::Listed(
                    price
                        .rates
                        .iter()
                        .filter(|row| row.tier == tier && !row.off_peak)
                        .map(RateRow::of)
                        .collect(),
                ),
            };
            Some((tier.name(), rates))
        };
        let fees = call_fees(model, searches, as_of);
        let unpriced = price.as_ref().err().or(fees.as_ref().err());
        Self {
            id: model.id.clone(),
            provider: model.provider.clone(),
            reasoning: model.reasoning,
            work,
            window: model.limits.window,
            output_cap: model.limits.output_cap,
            input_limit: model.limits.input_limit,
            speed: model.speeds.first().map(|speed| speed.output_tokens_per_second),
            gone,
            ending,
            unpriced: unpriced.map(|error| error.message().to_owned()),
            writes_from: price.as_ref().ok().and_then(|price| {
                model.writes_from(model.rates(price, Tier::Standard, Tokens::ZERO).ok()?)
            }),
            fees: fees
                .ok()
                .filter(|(usd, _)| *usd > Money::ZERO)
                .map(|(usd, says)| (usd.picodollars(), says)),
            tiers: tiers.iter().filter_map(|tier| list(*tier)).collect(),
        }
    }
}

/// A request.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// The words of the command line that name it.
    pub words: Vec<String>,
    /// Its name in the answer.
    pub name: String,
    /// What the command line needs besides, to find it again.
    pub note: Option<String>,
    /// The cap that it sends.
    pub cap: Option<Tokens>,
    /// How many answers it asks for.
    pub choices: u64,
    /// The tier that it asks for.
    pub tier: Option<Tier>,
    /// Its length by model.
    pub prompts: BTreeMap<String, CountedPrompt>,
}

/// A request as one model counts it.
#[derive(Debug, Clone, Serialize)]
pub struct CountedPrompt {
    /// Prompt tokens.
    pub tokens: Tokens,
    /// What to know about the count: numbers of texts.
    pub notes: Vec<usize>,
    /// Why the model does not take it.
    pub cannot: Option<String>,
}

/// Reasoning, completion, content, how often, and 1 for what was cut off.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Row(u64, u64, Option<u64>, u64, u8);

/// Observations in the order of the forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ObservedRows(Vec<Row>);

impl From<&Sample> for ObservedRows {
    fn from(sample: &Sample) -> Self {
        let row = sample.observations().map(|(seen, times)| {
            let content = seen.content.map(Tokens::get);
            Row(
                seen.reasoning.get(),
                seen.completion.get(),
                content,
                times,
                u8::from(seen.censored),
            )
        });
        Self(row.collect())
    }
}

/// A built-in profile.
#[derive(Debug, Clone, Serialize)]
pub struct Measurements {
    model: String,
    origin: String,
    from: Option<Date>,
    to: Option<Date>,
    tasks: BTreeMap<String, ObservedRows>,
    /// The variance of the logarithm of the mean, by task, and of all tasks under no name.
    variances: BTreeMap<String, f64>,
}

impl Measurements {
    /// A profile, with how well its means are known.
    #[must_use]
    pub fn of(profile: &Profile, variance: impl Fn(&Sample) -> f64) -> Self {
        let of_task = |(task, sample): (&str, &Sample)| (task.to_owned(), variance(sample));
        let mut variances: BTreeMap<String, f64> = profile.tasks().map(of_task).collect();
        variances.insert(String::new(), variance(&profile.pooled()));
        Self {
            variances,
            model: profile.model.clone(),
            origin: profile.origin.clone(),
            from: profile.period.map(|period| period.from),
            to: profile.period.map(|period| period.to),
            tasks: profile.tasks().map(|(task, rows)| (task.to_owned(), rows.into())).collect(),
        }
    }
}

/// Profiles that the user brought: which one a model finds under a name differs by model.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Given {
    profiles: BTreeMap<String, BTreeMap<String, Found>>,
    about: Vec<crate::workload::ProfileSummary>,
    rows: Vec<ObservedRows>,
}

/// What a model finds under the name of a profile.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Found {
    Profile { about: usize, rows: usize, policy: Policy, variance: f64, quantile: f64 },
    Nothing(String),
}

impl Given {
    /// Keeps what a model finds under a name, with the cap policy that it allows; what several
    /// models find is kept once.
    pub fn add(
        &mut self,
        name: &str,
        model: &str,
        found: Result<(&crate::workload::ProfileSummary, &Sample, Policy, MeanOfAnswers), Error>,
    ) {
        let found = match found {
            Err(error) => Found::Nothing(error.message().to_owned()),
            Ok((about, sample, policy, mean)) => Found::Profile {
                about: place(&mut self.about, about.clone(), |known| {
                    (&known.name, &known.model, &known.task)
                        == (&about.name, &about.model, &about.task)
                }),
                rows: {
                    let rows = ObservedRows::from(sample);
                    place(&mut self.rows, rows.clone(), |known| *known == rows)
                },
                policy,
                variance: mean.spread.powi(2),
                quantile: mean.z(0.95),
            },
        };
        self.profiles.entry(name.to_owned()).or_default().insert(model.to_owned(), found);
    }

    /// How many observations are kept.
    #[must_use]
    pub fn size(&self) -> usize {
        self.rows.iter().map(|rows| rows.0.len()).sum()
    }
}

/// The index of a thing, which is added unless an equal one is there.
fn place<T>(things: &mut Vec<T>, thing: T, is_like: impl Fn(&T) -> bool) -> usize {
    things.iter().position(is_like).unwrap_or_else(|| {
        things.push(thing);
        things.len() - 1
    })
}

impl WhatIf {
    /// The part of the page.
    ///
    /// # Errors
    /// Whatever serialising reports, which would be a mistake of ours.
    pub fn widget(&self) -> Result<Widget, Error> {
        Ok(Widget {
            id: "what-if",
            heading: "What if",
            markup: include_str!("form.html"),
            style: include_str!("form.css"),
            script: SCRIPT,
            script_digest: include_str!("digest").trim_ascii(),
            data: EmbeddedJson::of(self).map_err(unserialisable)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sha2::Digest as _;

    use super::*;

    /// Without the right digest no browser runs the script.
    #[test]
    fn the_digest_is_that_of_the_script() {
        let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(SCRIPT));
        let kept = include_str!("digest").trim_ascii();
        assert_eq!(kept, digest, "write it to src/report/render/html/whatif/digest");
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"), "the element would end");
    }
}
