//! How forecasts did on logged calls, model by model.

use std::collections::BTreeMap;

use serde::Serialize;

use super::completion_source::CompletionSource;
use super::measured_profile::{MeasuredProfile, ReadProfile, Work};
use crate::catalog::{Effort, Model};
use crate::forecast::{CallEffort, Completion, Priors};
use crate::history::{Charge, Score, Scorer};
use crate::logs::UsageRecord;
use crate::{Error, ErrorKind};

/// The score of a forecast on the calls of one model at one level of effort.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ProfileScore {
    /// The forecast: a profile, `kind:KIND`, or `any`.
    pub profile: String,
    /// The model whose calls were scored.
    pub model: String,
    /// The level of effort of the calls; null where the log names none.
    pub effort: Option<Effort>,
    /// How the forecasts did on these calls.
    #[serde(flatten)]
    pub score: Score,
}

/// Whose calls are scored: the model, the level of effort, and the number of the forecast.
type Scored = (String, Option<Effort>, usize);

/// Scores forecasts on calls of any model.
pub struct ProfileScores<'a> {
    /// The forecasts as the user named them.
    written: &'a [String],
    files: &'a dyn ReadProfile,
    /// The name and the scorer of each forecast, for each model and effort that has calls.
    scorers: BTreeMap<Scored, (String, Scorer)>,
    /// Why the calls of a model are not scored.
    not_scored: BTreeMap<Scored, Error>,
}

impl<'a> ProfileScores<'a> {
    /// Scores of no call yet. Each forecast is `kind:KIND`, `any`, or a profile as [`MeasuredProfile::named`]
    /// reads it.
    #[must_use]
    pub fn new(written: &'a [String], files: &'a dyn ReadProfile) -> Self {
        Self { written, files, scorers: BTreeMap::new(), not_scored: BTreeMap::new() }
    }

    /// Scores a call by every forecast of its model.
    pub fn add(&mut self, record: &UsageRecord, charge: &Charge<'_>) {
        let Some((model, _)) = charge.model else { return };
        let level = record.effort.as_deref().and_then(|effort| effort.parse().ok());
        for number in 0..self.written.len() {
            let key = (model.id.clone(), level, number);
            if self.not_scored.contains_key(&key) {
                continue;
            }
            if !self.scorers.contains_key(&key) {
                match self.forecast(number, model, CallEffort::at(model, level)) {
                    Ok((name, completion)) => {
                        self.scorers.insert(key.clone(), (name, Scorer::new(completion)));
                    }
                    Err(error) => {
                        self.not_scored.insert(key, error);
                        continue;
                    }
                }
            }
            if let Some((_, scorer)) = self.scorers.get_mut(&key) {
                scorer.add(record, charge);
            }
        }
    }

    /// The forecast of this number for a model, with its name.
    fn forecast(
        &self,
        number: usize,
        model: &Model,
        effort: CallEffort,
    ) -> Result<(String, Completion), Error> {
        let written = self.written[number].as_str();
        let kind = match written.strip_prefix("kind:") {
            Some(kind) => Some(Some(kind.parse()?)),
            None => (written == "any").then_some(None),
        };
        if let Some(kind) = kind {
            let work = Work { kind, effort };
            let source = CompletionSource::by_work(model, Priors::embedded()?, work);
            return Ok((written.to_owned(), source.completion));
        }
        let work = Work { kind: None, effort };
        let found = MeasuredProfile::named(written, model, work, self.files)?;
        // A profile of another model forecasts nothing about this one.
        if found.about.model != model.id {
            let message =
                format!("`{written}` has no profile of `{}`, whose calls are not scored", model.id);
            let hint = "make a profile of such calls with `outlay calibrate`, or score kind:KIND";
            return Err(Error::new(ErrorKind::Usage, message).hint(hint));
        }
        let completion = found.completion();
        Ok((found.about.name, completion))
    }

    /// The scores, and why other calls have none, each reason once.
    #[must_use]
    pub fn finish(self) -> (Vec<ProfileScore>, Vec<Error>) {
        let score = |((model, effort, _), (profile, scorer)): (Scored, (String, Scorer))| {
            Some(ProfileScore { profile, model, effort, score: scorer.score()? })
        };
        let mut reasons: Vec<Error> = self.not_scored.into_values().collect();
        reasons.dedup_by(|a, b| a.message() == b.message());
        (self.scorers.into_iter().filter_map(score).collect(), reasons)
    }
}
