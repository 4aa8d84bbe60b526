//! How the forecasts of a profile did on logged calls, model by model.

use std::collections::BTreeMap;

use serde::Serialize;

use super::call_spec::CallSpec;
use super::completion_source::{MeasuredProfile, ReadProfile};
use crate::history::{Charge, Score, Scorer};
use crate::logs::UsageRecord;
use crate::{Error, ErrorKind};

/// The score of a profile on the calls of one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ProfileScore {
    /// The profile.
    pub profile: String,
    /// The model whose calls were scored.
    pub model: String,
    /// How the forecasts of the profile did on these calls.
    #[serde(flatten)]
    pub score: Score,
}

/// Scores a profile, or a file of several, on calls of any model.
pub struct ProfileScores<'a> {
    /// The profile as the user named it.
    written: &'a str,
    files: &'a dyn ReadProfile,
    /// The profile's name and scorer for each model it has.
    scorers: BTreeMap<String, (String, Scorer)>,
    /// Why the calls of a model are not scored.
    not_scored: BTreeMap<String, Error>,
}

impl<'a> ProfileScores<'a> {
    /// Scores of no call yet; `written` as [`MeasuredProfile::named`] reads it.
    #[must_use]
    pub fn new(written: &'a str, files: &'a dyn ReadProfile) -> Self {
        Self { written, files, scorers: BTreeMap::new(), not_scored: BTreeMap::new() }
    }

    /// Scores a call, where the profile is of its model.
    pub fn add(&mut self, record: &UsageRecord, charge: &Charge<'_>) {
        let Some((model, _)) = charge.model else { return };
        let id = model.id.as_str();
        if self.not_scored.contains_key(id) {
            return;
        }
        if !self.scorers.contains_key(id) {
            match MeasuredProfile::named(self.written, model, &CallSpec::default(), self.files) {
                // A profile of another model forecasts nothing about this one.
                Ok(source) if source.about.model != id => {
                    let written = self.written;
                    let message =
                        format!("`{written}` has no profile of `{id}`, whose calls are not scored");
                    let error = Error::new(ErrorKind::Usage, message)
                        .hint("make a profile of such calls with `outlay calibrate`");
                    self.not_scored.insert(id.to_owned(), error);
                    return;
                }
                Ok(source) => {
                    let scorer = Scorer::new(source.measured);
                    self.scorers.insert(id.to_owned(), (source.about.name, scorer));
                }
                Err(error) => {
                    self.not_scored.insert(id.to_owned(), error);
                    return;
                }
            }
        }
        if let Some((_, scorer)) = self.scorers.get_mut(id) {
            scorer.add(record, charge);
        }
    }

    /// The scores, and why the calls of other models have none.
    #[must_use]
    pub fn finish(self) -> (Vec<ProfileScore>, Vec<Error>) {
        let score = |(model, (profile, scorer)): (String, (String, Scorer))| {
            Some(ProfileScore { profile, model, score: scorer.score()? })
        };
        (
            self.scorers.into_iter().filter_map(score).collect(),
            self.not_scored.into_values().collect(),
        )
    }
}
