//! Logged calls into profiles, and what a profile says about caps.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::calibration::{About, Calibration, CapQuestion};
use super::task_calls::{Group, Task};
use crate::Error;
use crate::catalog::{Catalog, Model};
use crate::forecast::{
    CallEffort, DayRange, LoggedStep, LoggedSteps, Observation, OwnCalls, Profile, TurnRange,
    priors_by_others,
};
use crate::logs::{CallGroup, Finish, UsageRecord, Visible};
use crate::units::Tokens;

/// The task of calls that have no label.
const UNLABELLED: &str = "unlabelled";

/// So many tasks of models are told apart. The calls of what comes after them are one task, so that a log
/// with a label for each call is read in bounded memory.
const MOST: usize = 2_000;

/// The name of that task, and of the model where there are as many of those.
const OTHERS: &str = "others";

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
    /// How many tasks of models there are.
    told_apart: usize,
    /// How many calls are of tasks that are not told apart.
    others: u64,
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

impl<'c> Calibrator<'c> {
    /// A calibrator that has seen nothing; calls without a day are taken to be of `as_of`.
    #[must_use]
    pub fn new(catalog: &'c Catalog, as_of: Date) -> Self {
        let (models, left_out, turns, conversations) = <_>::default();
        let (told_apart, others, alone) = <_>::default();
        Self { catalog, as_of, models, left_out, told_apart, others, alone, turns, conversations }
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
        let model = self.catalog.meant(name, day).filter(|model| model.released <= day);
        Ok((model, name))
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

    /// What is known of the steps of tasks, by model.
    fn steps(&self) -> BTreeMap<&String, BTreeMap<String, LoggedSteps>> {
        let mut tasks: BTreeMap<(&String, &String), Vec<&Requests>> = BTreeMap::new();
        for ((model, task, _), requests) in &self.conversations {
            tasks.entry((model, task)).or_default().push(requests);
        }
        let mut found: BTreeMap<&String, BTreeMap<String, LoggedSteps>> = BTreeMap::new();
        for ((model, task), all) in tasks {
            let of_agents = all.iter().all(|requests| requests.of_agent);
            let steps = all.into_iter().map(|requests| requests.steps.clone());
            if let Some(steps) = LoggedSteps::of(steps, of_agents) {
                found.entry(model).or_default().insert(task.clone(), steps);
            }
        }
        found
    }

    /// The model and the task under which calls are kept, or those of what is not told apart.
    fn kept(&mut self, model: String, task: String, calls: u64) -> (String, String) {
        let known = self.models.get(&model);
        if known.is_some_and(|gathered| gathered.tasks.contains_key(&task)) {
            return (model, task);
        }
        if self.told_apart < MOST {
            self.told_apart += 1;
            return (model, task);
        }
        let model = if known.is_some() { model } else { OTHERS.to_owned() };
        self.others += calls;
        (model, OTHERS.to_owned())
    }

    /// How many calls are of tasks that are not told apart.
    #[must_use]
    pub fn others(&self) -> u64 {
        self.others
    }

    /// Adds a call, or counts why it is left out.
    pub fn add(&mut self, record: &UsageRecord) {
        self.note_step(record);
        let Observed { model, task, observation } = match self.observe(record) {
            Ok(observed) => observed,
            Err(why) => return self.leave_out(why, 1),
        };
        let (model, task) = self.kept(model, task, 1);
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
    /// As [`Sample::add`](crate::forecast::Sample::add).
    pub fn add_row(&mut self, row: ObservedRow<'_>, days: Option<DayRange>) -> Result<(), Error> {
        let (model, task) = self.kept(row.model.to_owned(), row.task.to_owned(), row.times);
        let gathered = self.models.entry(model).or_default();
        if let Some(days) = days {
            gathered.cover(days);
        }
        let task = gathered.tasks.entry(task).or_default();
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
            for (name, mut task) in gathered.tasks {
                let (model, name) = self.kept(model.clone(), name, task.sample.n());
                let known = self.models.entry(model).or_default();
                if let Some(days) = gathered.period {
                    known.cover(days);
                }
                for (group, _) in &mut task.groups {
                    if let Group::Alone(number) = group {
                        *number += self.alone;
                    }
                }
                known.tasks.entry(name).or_default().merge(&task);
            }
        }
        self.alone += other.alone;
        self.others += other.others;
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
        let mut steps = self.steps();
        let mut profile = |model: &String| {
            let gathered = self.models.get(model);
            let tasks = gathered.into_iter().flat_map(|gathered| &gathered.tasks);
            Profile {
                model: model.clone(),
                origin: origin.to_owned(),
                period: gathered.and_then(|gathered| gathered.period),
                tasks: tasks.map(|(name, task)| (name.clone(), task.weighed().0)).collect(),
                steps: steps.remove(model).unwrap_or_default(),
            }
        };
        let of_tasks = self.conversations.keys().map(|(model, ..)| model);
        let models: BTreeSet<&String> = self.models.keys().chain(of_tasks).collect();
        let says_nothing = |profile: &Profile| profile.tasks.is_empty() && profile.steps.is_empty();
        models.into_iter().map(&mut profile).filter(|profile| !says_nothing(profile)).collect()
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
            let known = alone.iter().flatten().count();
            let priors = priors_by_others(&prior, &alone);
            let mut pooled = Task::default();
            for ((name, task), (own, prior)) in gathered.tasks.iter().zip(alone.iter().zip(&priors))
            {
                let pooled_with = known - usize::from(own.is_some());
                let about = About { id, model, task: Some(name), pooled_with };
                found.push(Calibration::of(&about, task, prior, question));
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
