//! Logged calls into profiles, and what a profile says about caps.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use crate::Error;
use crate::catalog::{Catalog, Model};
use crate::forecast::{
    CallEffort, DayRange, Empirical, LoggedStep, LoggedSteps, Observation, OwnCalls, Prior, Priors,
    Profile, QuantileBounds, SafeCap, Sample, TurnRange, WorkKind, clustering, error_of, own_cap,
    pooled_prior, quantile_bounds, safe_cap,
};
use crate::logs::{CallGroup, Finish, UsageRecord, Visible};
use crate::units::{Probability, Tokens};

/// The task of calls that have no label.
const UNLABELLED: &str = "unlabelled";
/// The quantiles that are reported.
const QUANTILES: [f64; 4] = [0.5, 0.9, 0.95, 0.99];
/// How many bars a histogram has at most.
const BARS: u64 = 20;
/// Numbers of calls for which the error of the mean is worked out.
const MORE: [u64; 4] = [20, 50, 100, 300];
/// How many calls a cap must have had before its share of empty answers is compared.
const ENOUGH: u64 = 20;

/// Why a call is no observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// The log does not tell its reasoning tokens, and the model reasons.
    ReasoningUnknown,
    /// It asked for several answers, whose completions are billed together.
    SeveralAnswers,
    /// Something other than its length ended it, such as a content filter.
    EndedOtherwise,
    /// The log names no model.
    NoModel,
}

impl LeftOut {
    /// Why, as the end of a sentence about calls.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::ReasoningUnknown => "do not tell their reasoning tokens",
            Self::SeveralAnswers => "asked for several answers, which are billed together",
            Self::EndedOtherwise => "were ended by something other than their length",
            Self::NoModel => "name no model",
        }
    }
}

/// Gathers observations by model and task.
pub struct Calibrator<'c> {
    catalog: &'c Catalog,
    as_of: Date,
    models: BTreeMap<String, Gathered>,
    left_out: BTreeMap<LeftOut, u64>,
    /// How many calls stand alone.
    alone: u64,
    /// How many turns of each conversation were seen.
    turns: BTreeMap<u64, u64>,
    /// The requests of each conversation.
    conversations: BTreeMap<ConversationKey, Requests>,
}

/// The model, the task and the number of a conversation.
type ConversationKey = (String, String, u64);

/// The requests of a conversation.
#[derive(Debug, Default)]
struct Requests {
    steps: Vec<LoggedStep>,
    /// Whether an agent wrote the log.
    of_agent: bool,
}

#[derive(Debug, Default)]
struct Gathered {
    tasks: BTreeMap<String, Task>,
    period: Option<DayRange>,
}

impl Gathered {
    fn cover(&mut self, days: DayRange) {
        let period = self.period.unwrap_or(days);
        self.period =
            Some(DayRange { from: period.from.min(days.from), to: period.to.max(days.to) });
    }
}

/// What a call adds to a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The id of the model; its name in the log where the catalogue does not have it.
    pub model: String,
    /// The label of the task, with the effort where the log has one.
    pub task: String,
    /// What was seen.
    pub observation: Observation,
}

/// How often something was observed: a row of a histogram, which adds up with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObservedRow<'a> {
    /// The id of the model.
    pub model: &'a str,
    /// The label of the task.
    pub task: &'a str,
    /// What was seen.
    pub observation: Observation,
    /// How often.
    pub times: u64,
}

/// What caps must satisfy, and what is known of the work besides its logs.
#[derive(Debug, Clone, Copy)]
pub struct CapQuestion<'a> {
    /// Tokens to keep as long as the calls do not allow less.
    pub reserve: Tokens,
    /// The length risks for which a cap is wanted.
    pub risks: &'a [Probability],
    /// The kind of work.
    pub kind: Option<WorkKind>,
    /// What is known of completions before any call.
    pub priors: &'a Priors,
}

/// What a completion is alike with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Shared(CallGroup),
    Alone(u64),
}

#[derive(Debug, Default)]
struct Task {
    sample: Sample,
    /// Completions with the group that each belongs to; a call on its own is a group of its own.
    groups: Vec<(Group, u64)>,
    /// Calls, and those that came out empty, by the cap that was sent.
    caps: BTreeMap<Tokens, (u64, u64)>,
    unknown_end: u64,
}

impl Task {
    /// The sample with what it is worth, and how alike the calls of a conversation are.
    fn weighed(&self) -> (Sample, Option<f64>) {
        let clustering = clustering(&self.groups);
        let mut sample = self.sample.clone();
        if let Some(rho) = clustering.rho {
            sample.set_worth(clustering.worth);
            sample.set_rho(rho);
        }
        (sample, clustering.rho)
    }

    fn merge(&mut self, other: &Self) {
        self.sample.merge(&other.sample);
        self.groups.extend(&other.groups);
        self.unknown_end += other.unknown_end;
        for (cap, (calls, empty)) in &other.caps {
            let sum = self.caps.entry(*cap).or_default();
            *sum = (sum.0 + calls, sum.1 + empty);
        }
    }
}

impl<'c> Calibrator<'c> {
    /// A calibrator that has seen nothing; calls without a day are taken to be of `as_of`.
    #[must_use]
    pub fn new(catalog: &'c Catalog, as_of: Date) -> Self {
        let (models, left_out, turns, conversations) = <_>::default();
        Self { catalog, as_of, models, left_out, alone: 0, turns, conversations }
    }

    /// What a call adds to a profile. Its task is the label, and its effort where the log has one: calls of
    /// different efforts are never pooled unless somebody pools the tasks.
    ///
    /// # Errors
    /// Why it adds nothing.
    pub fn observe(&self, record: &UsageRecord) -> Result<Observed, LeftOut> {
        let (model, name) = self.model(record)?;
        let reasoning = match record.bill.reasoning {
            Some(reasoning) => reasoning,
            None if model.is_some_and(|model| !model.reasoning) => Tokens::ZERO,
            None => return Err(LeftOut::ReasoningUnknown),
        };
        if record.answers != 1 || record.requests != 1 {
            return Err(LeftOut::SeveralAnswers);
        }
        if record.finish == Finish::Other {
            return Err(LeftOut::EndedOtherwise);
        }
        let observation = Observation {
            completion: record.bill.usage.completion(),
            censored: record.truncated(),
            reasoning,
            content: content(&record.visible, model),
        };
        let model = model.map_or(name, |model| model.id.as_str()).to_owned();
        Ok(Observed { model, task: task_of(record), observation })
    }

    /// The model of a call, where the catalogue has it, and its name.
    fn model<'r>(&self, record: &'r UsageRecord) -> Result<(Option<&'c Model>, &'r str), LeftOut> {
        let day = record.day.unwrap_or(self.as_of);
        let name = record.model.as_deref().ok_or(LeftOut::NoModel)?;
        Ok((self.catalog.resolve(name, day).ok(), name))
    }

    /// Notes a request of a conversation: what it sent, and what it got.
    fn note_step(&mut self, record: &UsageRecord) {
        let (Some(CallGroup::Conversation(number)), Ok((model, name))) =
            (record.group, self.model(record))
        else {
            return;
        };
        if record.requests != 1 || record.answers != 1 {
            return;
        }
        let reasons = model.is_none_or(|model| model.reasoning);
        let id = model.map_or(name, |model| model.id.as_str()).to_owned();
        let requests = self.conversations.entry((id, task_of(record), number)).or_default();
        requests.of_agent |= record.format.is_of_agent();
        let usage = record.bill.usage;
        requests.steps.push(LoggedStep {
            place: record.turn.unwrap_or(requests.steps.len() as u64),
            prompt: usage.prompt().get(),
            completion: usage.completion().get(),
            reasoning: record.bill.reasoning.map(Tokens::get).or((!reasons).then_some(0)),
        });
    }

    /// What is known of the steps of the tasks of a model.
    fn steps(&self, model: &str) -> BTreeMap<String, LoggedSteps> {
        let mut tasks: BTreeMap<&str, Vec<&Requests>> = BTreeMap::new();
        for ((of, task, _), requests) in &self.conversations {
            if of == model {
                tasks.entry(task).or_default().push(requests);
            }
        }
        let logged = |(task, all): (&str, Vec<&Requests>)| {
            let of_agents = all.iter().all(|requests| requests.of_agent);
            let steps = all.into_iter().map(|requests| requests.steps.clone());
            Some((task.to_owned(), LoggedSteps::of(steps, of_agents)?))
        };
        tasks.into_iter().filter_map(logged).collect()
    }

    /// Adds a call, or counts why it is left out.
    pub fn add(&mut self, record: &UsageRecord) {
        self.note_step(record);
        let Observed { model, task, observation } = match self.observe(record) {
            Ok(observed) => observed,
            Err(why) => return self.leave_out(why, 1),
        };
        let gathered = self.models.entry(model).or_default();
        if let Some(day) = record.day {
            gathered.cover(DayRange { from: day, to: day });
        }
        let task = gathered.tasks.entry(task).or_default();
        let turn = match record.group {
            Some(CallGroup::Conversation(name)) => {
                let seen = self.turns.entry(name).or_default();
                *seen += 1;
                Some(record.turn.unwrap_or(*seen))
            }
            Some(CallGroup::Prompt(_)) | None => record.turn,
        };
        let added = match turn {
            Some(turn) => task.sample.add_at(TurnRange::of(turn), observation, 1),
            None => task.sample.add(observation, 1),
        };
        // Checked when the bill was: reasoning is part of the completion.
        if added.is_ok() {
            // A call of which the log names no conversation stands alone.
            self.alone += 1;
            let group = record.group.map_or(Group::Alone(self.alone), Group::Shared);
            task.groups.push((group, observation.completion.get()));
            task.unknown_end += u64::from(record.finish == Finish::Unknown && record.cap.is_none());
            if let Some(cap) = record.cap {
                let (calls, empty) = task.caps.entry(cap).or_default();
                *calls += 1;
                *empty += u64::from(record.empty());
            }
        }
    }

    /// The histogram so far: what was observed of every model and task, and how often.
    pub fn rows(&self) -> impl Iterator<Item = ObservedRow<'_>> {
        self.models.iter().flat_map(|(model, gathered)| {
            gathered.tasks.iter().flat_map(move |(task, gathered)| {
                gathered.sample.observations().map(move |(observation, times)| ObservedRow {
                    model,
                    task,
                    observation: *observation,
                    times,
                })
            })
        })
    }

    /// Adds a row of a histogram, with the days of its calls where they are known. Rows that were parted, by
    /// day or by machine, add up to the histogram of the whole. They do not say which calls belong to one
    /// conversation: each is taken to be independent of the others.
    ///
    /// # Errors
    /// As [`Sample::add`].
    pub fn add_row(&mut self, row: ObservedRow<'_>, days: Option<DayRange>) -> Result<(), Error> {
        let gathered = self.models.entry(row.model.to_owned()).or_default();
        if let Some(days) = days {
            gathered.cover(days);
        }
        let task = gathered.tasks.entry(row.task.to_owned()).or_default();
        task.sample.add(row.observation, row.times)?;
        let completion = row.observation.completion.get();
        task.groups.extend((1..=row.times).map(|i| (Group::Alone(self.alone + i), completion)));
        self.alone += row.times;
        Ok(())
    }

    /// Adds what another calibrator has gathered, in any order, where no conversation is parted between them:
    /// turns that the log does not number are numbered as they come.
    pub fn merge(&mut self, other: Self) {
        for (model, gathered) in other.models {
            let known = self.models.entry(model).or_default();
            if let Some(days) = gathered.period {
                known.cover(days);
            }
            for (name, mut task) in gathered.tasks {
                for (group, _) in &mut task.groups {
                    if let Group::Alone(number) = group {
                        *number += self.alone;
                    }
                }
                known.tasks.entry(name).or_default().merge(&task);
            }
        }
        self.alone += other.alone;
        for (conversation, turns) in other.turns {
            *self.turns.entry(conversation).or_default() += turns;
        }
        for (key, requests) in other.conversations {
            let known = self.conversations.entry(key).or_default();
            known.steps.extend(requests.steps);
            known.of_agent |= requests.of_agent;
        }
        for (why, calls) in other.left_out {
            self.leave_out(why, calls);
        }
    }

    fn leave_out(&mut self, why: LeftOut, calls: u64) {
        *self.left_out.entry(why).or_default() += calls;
    }

    /// How many calls were left out, and why.
    pub fn left_out(&self) -> impl Iterator<Item = (LeftOut, u64)> {
        self.left_out.iter().map(|(why, calls)| (*why, *calls))
    }

    /// The profile of every model that was seen, by id.
    #[must_use]
    pub fn profiles(&self, origin: &str) -> Vec<Profile> {
        let profile = |model: &String| {
            let gathered = self.models.get(model);
            let tasks = gathered.into_iter().flat_map(|gathered| &gathered.tasks);
            Profile {
                model: model.clone(),
                origin: origin.to_owned(),
                period: gathered.and_then(|gathered| gathered.period),
                tasks: tasks.map(|(name, task)| (name.clone(), task.weighed().0)).collect(),
                steps: self.steps(model),
            }
        };
        let of_tasks = self.conversations.keys().map(|(model, ..)| model);
        let models: BTreeSet<&String> = self.models.keys().chain(of_tasks).collect();
        let says_nothing = |profile: &Profile| profile.tasks.is_empty() && profile.steps.is_empty();
        models.into_iter().map(profile).filter(|profile| !says_nothing(profile)).collect()
    }

    /// What the calls of every model and task say, and where a model has several tasks, what they
    /// say pooled, under no name.
    #[must_use]
    pub fn calibrations(&self, question: &CapQuestion<'_>) -> Vec<Calibration<'c>> {
        let mut found = Vec::new();
        for (id, gathered) in &self.models {
            let model = self.catalog.get(id);
            let prior = match model {
                Some(model) => {
                    question.priors.of(model, question.kind, CallEffort::at(model, None))
                }
                None => question.priors.of_id(
                    id,
                    question.kind,
                    CallEffort { reasons: true, level: None, budget: None },
                ),
            };
            let alone: Vec<Option<OwnCalls>> = gathered
                .tasks
                .values()
                .map(|task| OwnCalls::new(&task.weighed().0, &prior))
                .collect();
            let mut pooled = Task::default();
            for (i, (name, task)) in gathered.tasks.iter().enumerate() {
                let others: Vec<OwnCalls> = alone
                    .iter()
                    .enumerate()
                    .filter(|(j, _)| *j != i)
                    .filter_map(|(_, own)| own.clone())
                    .collect();
                let prior = pooled_prior(&prior, &others);
                let about = About { id, model, task: Some(name), pooled_with: others.len() };
                found.push(Calibration::of(&about, task, &prior, question));
                pooled.merge(task);
            }
            if gathered.tasks.len() > 1 {
                let about = About { id, model, task: None, pooled_with: 0 };
                found.push(Calibration::of(&about, &pooled, &prior, question));
            }
        }
        found
    }
}

/// Whose calls a calibration is about.
struct About<'a, 'c> {
    id: &'a str,
    model: Option<&'c Model>,
    task: Option<&'a String>,
    /// How many other tasks its prior rests on.
    pooled_with: usize,
}

/// The label of a call, with its effort where the log has one.
fn task_of(record: &UsageRecord) -> String {
    let label = record.task.as_deref().unwrap_or(UNLABELLED);
    match &record.effort {
        Some(effort) => Profile::task_at(label, effort),
        None => label.to_owned(),
    }
}

/// The visible answer as it is counted in the next prompt, where its text was kept.
fn content(visible: &Visible, model: Option<&Model>) -> Option<Tokens> {
    match visible {
        Visible::Empty => Some(Tokens::ZERO),
        Visible::Tokens(tokens) => Some(*tokens),
        Visible::Text(text) => Some(model?.counting.encoding.count(text)),
        Visible::Something | Visible::Unknown => None,
    }
}

/// What the calls of a model and task say.
#[derive(Debug, Clone)]
pub struct Calibration<'c> {
    /// The id of the model, or its name in the log where the catalogue does not have it.
    pub id: String,
    /// The model, where the catalogue has it.
    pub model: Option<&'c Model>,
    /// The task; nothing for all tasks pooled.
    pub task: Option<String>,
    /// How many completions.
    pub n: u64,
    /// How many independent completions they are worth: those of one conversation are alike.
    pub worth: f64,
    /// How alike those of one conversation are, where some belong together.
    pub rho: Option<f64>,
    /// How many other tasks of the model tell what is usual for this one.
    pub pooled_with: usize,
    /// The relative error that their mean stays within in nine of ten cases.
    pub mean_error: Option<f64>,
    /// That error with as many calls.
    pub more: Vec<(u64, f64)>,
    /// How many of them were cut off.
    pub censored: u64,
    /// How many logs do not say how the call ended, nor which cap it had; taken as finished.
    pub unknown_end: u64,
    /// The caps that were sent, where the log has them.
    pub sent_caps: Vec<Tokens>,
    /// The quantiles p50, p90, p95 and p99 of the completion.
    pub quantiles: [QuantileBounds; 4],
    /// The share of reasoning in all completion tokens.
    pub reasoning_share: Option<Probability>,
    /// The cap for each risk.
    pub caps: Vec<CapAdvice>,
    /// How often completions had which length.
    pub histogram: Vec<LengthBin>,
    /// How often their reasoning had which length; empty where none is known.
    pub reasoning_histogram: Vec<LengthBin>,
    /// Whether a larger cap did not make fewer answers empty: reasoning that fills any cap.
    pub fills_any_cap: bool,
    /// The cap for a risk of 1 % by the calls alone, and by their fit, where one is more than twice the other.
    pub two_caps: Option<(Tokens, Tokens)>,
}

/// The cap for a risk, and whether the sample allows it in place of the reserve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapAdvice {
    /// The accepted length risk.
    pub risk: Probability,
    /// The smallest cap within the risk in the sample itself.
    pub measured: Option<Tokens>,
    /// What can be said of it with 95 % confidence.
    pub safe: SafeCap,
    /// The cap to send after a short prompt.
    pub recommended: Tokens,
    /// The reserve that applies: nothing for a model that does not reason.
    pub reserve: Tokens,
    /// Whether the sample is large enough to replace it.
    pub released: bool,
}

/// The calls from one length to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LengthBin {
    /// The shortest.
    pub from: Tokens,
    /// Shorter than this.
    pub below: Tokens,
    /// How many were finished.
    pub finished: u64,
    /// How many were cut off.
    pub censored: u64,
}

impl<'c> Calibration<'c> {
    fn of(about: &About<'_, 'c>, task: &Task, prior: &Prior, question: &CapQuestion<'_>) -> Self {
        let (sample, rho) = task.weighed();
        let sample = &sample;
        let own = OwnCalls::new(sample, prior);
        let more = own.as_ref().map_or_else(Vec::new, |own| {
            let larger = MORE.into_iter().filter(|n| *n as f64 > own.worth);
            larger.map(|n| (n, error_of(n, own.deviation()))).collect()
        });
        let (mut reasoning, mut completion) = (0.0, 0.0);
        for (observation, times) in sample.observations() {
            reasoning += observation.reasoning.as_f64() * times as f64;
            completion += observation.completion.as_f64() * times as f64;
        }
        Self {
            id: about.id.to_owned(),
            model: about.model,
            task: about.task.cloned(),
            n: sample.n(),
            worth: sample.worth(),
            rho,
            pooled_with: about.pooled_with,
            mean_error: own
                .as_ref()
                .zip(Empirical::new(sample))
                .map(|(own, measured)| own.mean_error(&measured)),
            more,
            censored: sample.censored(),
            unknown_end: task.unknown_end,
            sent_caps: task.caps.keys().copied().collect(),
            quantiles: QUANTILES.map(|p| quantile_bounds(sample, p)),
            reasoning_share: (completion > 0.0)
                .then(|| Probability::clamped(reasoning / completion)),
            caps: question
                .risks
                .iter()
                .map(|risk| advice(sample, about.model, prior, question.reserve, *risk))
                .collect(),
            histogram: histogram(sample, |seen| seen.completion),
            reasoning_histogram: reasoning_histogram(sample),
            fills_any_cap: fills_any_cap(&task.caps),
            two_caps: own.as_ref().and_then(|own| two_caps(sample, own)),
        }
    }
}

/// What many calls and their fit say of the cap for a risk of 1 %, where they differ by more than twice.
fn two_caps(sample: &Sample, own: &OwnCalls) -> Option<(Tokens, Tokens)> {
    let risk = Probability::clamped(0.01);
    let SafeCap::Cap(alone) = safe_cap(sample, risk) else { return None };
    let fitted = own.bound(risk)?;
    let ratio = fitted.as_f64() / alone.as_f64().max(1.0);
    (!(0.5..=2.0).contains(&ratio)).then_some((alone, fitted))
}

/// `min(output cap, max(reserve, smallest cap within the risk))`; a sample that is large enough
/// replaces the reserve by its upper bound. A model without reasoning has no reserve.
fn advice(
    sample: &Sample,
    model: Option<&Model>,
    prior: &Prior,
    reserve: Tokens,
    risk: Probability,
) -> CapAdvice {
    let measured = Empirical::new(sample)
        .map(|distribution| distribution.completion().quantile(1.0 - risk.get()));
    let measured = measured.filter(|cap| cap.is_finite()).map(Tokens::from_f64);
    let safe = own_cap(sample, risk, prior);
    let reserve = if model.is_none_or(|model| model.reasoning) { reserve } else { Tokens::ZERO };
    let (wanted, released) = match safe {
        SafeCap::Cap(cap) => (cap, true),
        SafeCap::TooSmall { .. } => (measured.unwrap_or_default().max(reserve), false),
        SafeCap::AtLeast(longest) => (longest.max(reserve), false),
    };
    let recommended = model.map_or(wanted, |model| wanted.min(model.limits.output_cap));
    CapAdvice { risk, measured, safe, recommended, reserve, released }
}

/// How often the reasoning of a sample had which length; empty where there is no reasoning in it.
#[must_use]
pub fn reasoning_histogram(sample: &Sample) -> Vec<LengthBin> {
    let reasons = sample.observations().any(|(seen, _)| seen.reasoning > Tokens::ZERO);
    if reasons { histogram(sample, |seen| seen.reasoning) } else { Vec::new() }
}

/// Bars of equal width, 1, 2 or 5 times a power of ten, from 0 to the longest.
fn histogram(sample: &Sample, of: fn(&Observation) -> Tokens) -> Vec<LengthBin> {
    let longest = sample.observations().map(|(seen, _)| of(seen).get()).max().unwrap_or(0);
    let wide_enough = |width: &u64| longest / width < BARS;
    let widths = (0..13).flat_map(|k| [1, 2, 5].map(|n| n * 10_u64.pow(k)));
    let width = widths.into_iter().find(wide_enough).unwrap_or(longest.max(1));
    let mut bars: Vec<LengthBin> = (0..=longest / width)
        .map(|i| LengthBin {
            from: Tokens::new(i * width),
            below: Tokens::new((i + 1) * width),
            finished: 0,
            censored: 0,
        })
        .collect();
    for (observation, times) in sample.observations() {
        let at = usize::try_from(of(observation).get() / width).unwrap_or(usize::MAX);
        if let Some(bar) = bars.get_mut(at) {
            *(if observation.censored { &mut bar.censored } else { &mut bar.finished }) += times;
        }
    }
    bars
}

/// Whether the share of empty answers did not fall from the smallest cap to the largest.
fn fills_any_cap(caps: &BTreeMap<Tokens, (u64, u64)>) -> bool {
    let mut shares = caps
        .values()
        .filter(|(calls, _)| *calls >= ENOUGH)
        .map(|(calls, empty)| *empty as f64 / *calls as f64);
    match (shares.next(), shares.next_back()) {
        (Some(smallest), Some(largest)) => smallest > 0.0 && largest >= smallest,
        _ => false,
    }
}
