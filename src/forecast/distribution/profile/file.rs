//! Profiles as files: one, or those of several models.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::super::turn_range::TurnRange;
use super::logged_steps::LoggedSteps;
use super::sample::{DayRange, Observation, Profile, Sample};
use crate::units::{Position, Tokens};
use crate::{Error, ErrorKind};

/// The version of the file format; another one is refused.
const SCHEMA_VERSION: u32 = 1;

const COLUMNS: [&str; 5] = ["reasoning", "completion", "content", "count", "censored"];

const SHAPE: &str = "the built-in ones under `pricing/profiles` in the source show the form";

/// One profile in a file of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(deserialize_with = "supported_version")]
    #[expect(dead_code, reason = "checked while it is read")]
    schema_version: (),
    model: String,
    origin: String,
    period: Option<DayRange>,
    n: u64,
    columns: Vec<String>,
    tasks: BTreeMap<String, Vec<Row>>,
    #[serde(default)]
    conversations: BTreeMap<String, Together>,
    #[serde(default)]
    steps: BTreeMap<String, LoggedSteps>,
}

/// What is known of the conversations of a task.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Together {
    /// How many independent completions all of them are worth.
    worth: u64,
    /// The correlation of the normal scores within a conversation.
    rho: Option<f64>,
    /// The rows by turn: `1`, `2-3`, `4-6`, `7-11`, `12+`.
    #[serde(default)]
    turns: BTreeMap<String, Vec<Row>>,
}

/// Several profiles in one file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Files<T> {
    profiles: Vec<T>,
}

/// What is written of a profile.
#[derive(Serialize)]
struct Written<'a> {
    schema_version: u32,
    model: &'a str,
    origin: &'a str,
    period: Option<DayRange>,
    n: u64,
    columns: [&'static str; 5],
    tasks: BTreeMap<&'a str, Vec<Row>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    conversations: BTreeMap<&'a str, Together>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    steps: &'a BTreeMap<String, LoggedSteps>,
}

/// Reasoning, completion, content, count, censored.
#[derive(Debug, Serialize, Deserialize)]
struct Row(u64, u64, Option<u64>, u64, u8);

fn supported_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    match u32::deserialize(deserializer)? {
        SCHEMA_VERSION => Ok(()),
        other => Err(D::Error::custom(format!(
            "profile schema version {other} is not supported, only {SCHEMA_VERSION}"
        ))),
    }
}

impl Profile {
    /// Reads a file that holds one profile.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] with the place, for another schema version, for a profile without
    /// rows, and for rows that contradict themselves.
    pub fn parse(text: &str) -> Result<Self, Error> {
        json::<File>(text)?.profile()
    }

    /// Reads a file that holds one profile, or one per model under `profiles`.
    ///
    /// # Errors
    /// As [`Profile::parse`].
    pub fn parse_all(text: &str) -> Result<Vec<Self>, Error> {
        /// Which of the two forms it is.
        #[derive(Deserialize)]
        struct Form {
            profiles: Option<serde::de::IgnoredAny>,
        }
        if json::<Form>(text)?.profiles.is_none() {
            return Ok(vec![Self::parse(text)?]);
        }
        json::<Files<File>>(text)?.profiles.into_iter().map(File::profile).collect()
    }

    /// The file of these profiles, which [`Profile::parse_all`] reads again.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when they cannot be written as JSON, which would be a mistake of ours.
    pub fn file(profiles: &[Self]) -> Result<String, Error> {
        let written: Vec<Written<'_>> = profiles.iter().map(Written::of).collect();
        let text = match written.as_slice() {
            [one] => serde_json::to_string(one),
            _ => serde_json::to_string(&Files { profiles: written }),
        };
        text.map(|text| text + "\n").map_err(|e| {
            Error::new(ErrorKind::Usage, format!("the profile cannot be written: {e}"))
        })
    }
}

fn json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).map_err(|e| {
        let message = e.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        Error::new(ErrorKind::Malformed, format!("this is not a profile: {message}"))
            .at(Position { line: e.line(), column: e.column().max(1) })
            .hint(SHAPE)
    })
}

impl File {
    fn profile(mut self) -> Result<Profile, Error> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Malformed, message).hint(SHAPE));
        if self.columns != COLUMNS {
            return refuse(format!("the columns of a profile are {}", COLUMNS.join(", ")));
        }
        let mut tasks = BTreeMap::new();
        for (task, rows) in std::mem::take(&mut self.tasks) {
            let mut sample = Sample::default();
            for row in rows {
                sample.add(row.observation(), row.times()).map_err(|e| {
                    Error::new(e.kind(), format!("task `{task}`: {}", e.message())).hint(SHAPE)
                })?;
            }
            tasks.insert(task, sample);
        }
        for (task, together) in std::mem::take(&mut self.conversations) {
            let Some(sample) = tasks.get_mut(&task) else {
                return refuse(format!(
                    "`conversations` names the task `{task}`, which has no rows"
                ));
            };
            if let Err(why) = together.note(sample) {
                return refuse(format!("task `{task}`: {why}"));
            }
        }
        let Self { model, origin, period, steps, .. } = self;
        let profile = Profile { model, origin, period, tasks, steps };
        match profile.pooled().n() {
            0 if profile.steps.is_empty() => refuse("the profile has no rows".to_owned()),
            n if n != self.n => {
                refuse(format!("the profile says n = {}, but has {n} observations", self.n))
            }
            _ => Ok(profile),
        }
    }
}

impl Row {
    fn of((seen, times): (&Observation, u64)) -> Self {
        let content = seen.content.map(Tokens::get);
        Self(seen.reasoning.get(), seen.completion.get(), content, times, u8::from(seen.censored))
    }

    fn observation(&self) -> Observation {
        let Self(reasoning, completion, content, _, censored) = *self;
        Observation {
            completion: Tokens::new(completion),
            censored: censored > 0,
            reasoning: Tokens::new(reasoning),
            content: content.map(Tokens::new),
        }
    }

    fn times(&self) -> u64 {
        self.3
    }
}

impl Together {
    /// What a sample knows of conversations; `None` for calls that stand alone.
    fn of(sample: &Sample) -> Option<Self> {
        let rho = sample.rho()?;
        let rows = |turn| sample.at_turn(turn).observations().map(Row::of).collect();
        Some(Self {
            worth: Tokens::from_f64(sample.worth()).get(),
            rho: Some(rho),
            turns: sample.turns().map(|turn| (turn.to_string(), rows(turn))).collect(),
        })
    }

    fn note(self, sample: &mut Sample) -> Result<(), String> {
        if self.worth == 0 || self.worth > sample.n() {
            return Err(format!("{} calls are not worth {}", sample.n(), self.worth));
        }
        sample.set_worth(self.worth as f64);
        if let Some(rho) = self.rho {
            if !(0.0..=1.0).contains(&rho) {
                return Err(format!("a correlation of {rho} is not between 0 and 1"));
            }
            sample.set_rho(rho);
        }
        for (name, rows) in self.turns {
            let turn: TurnRange =
                name.parse().map_err(|()| format!("`{name}` is no range of turns"))?;
            for row in rows {
                sample.note_turn(turn, row.observation(), row.times());
            }
        }
        Ok(())
    }
}

impl<'a> Written<'a> {
    fn of(profile: &'a Profile) -> Self {
        let rows = |sample: &Sample| sample.observations().map(Row::of).collect();
        let together = |(task, sample): (&'a str, &Sample)| Some((task, Together::of(sample)?));
        Self {
            schema_version: SCHEMA_VERSION,
            model: &profile.model,
            origin: &profile.origin,
            period: profile.period,
            n: profile.pooled().n(),
            columns: COLUMNS,
            tasks: profile.tasks().map(|(task, sample)| (task, rows(sample))).collect(),
            conversations: profile.tasks().filter_map(together).collect(),
            steps: &profile.steps,
        }
    }
}
