//! What the rules look at.

use jiff::civil::Date;

use crate::catalog::{Catalog, Feature, Model, Status};
use crate::forecast::{CapPolicy, MinuteLimits};
use crate::request::{Body, PromptCount, Request};
use crate::units::{CallVolume, Lines};

/// A request with everything the rules look at.
#[derive(Clone, Copy)]
pub struct LintTarget<'a> {
    /// The model it is for.
    pub model: &'a Model,
    /// The catalogue, for models that would do the job.
    pub catalog: &'a Catalog,
    /// The day of the call.
    pub as_of: Date,
    /// The text of the file.
    pub text: &'a str,
    /// Its lines.
    pub lines: &'a Lines,
    /// The parameters as they are written; nothing for plain text.
    pub body: Option<Body<'a>>,
    /// The request, where it can be read.
    pub request: Option<&'a Request>,
    /// The request before it in the file.
    pub before: Option<&'a Request>,
    /// Its prompt tokens, where they can be counted.
    pub count: Option<&'a PromptCount>,
    /// The reserve that a cap should hold.
    pub policy: &'a CapPolicy,
    /// What the account may send in a minute, where that is known.
    pub limits: Option<MinuteLimits>,
    /// How many calls are made, where that is known.
    pub calls: Option<CallVolume>,
}

impl LintTarget<'_> {
    /// Whether the call reasons; a request that cannot be read may.
    pub(super) fn reasons(&self) -> bool {
        self.request.map_or(self.model.reasoning, |request| request.reasons(self.model))
    }

    /// Whether refusals are in the words of OpenAI's API, in which they were recorded.
    pub(super) fn speaks_openai(&self) -> bool {
        matches!(self.model.provider.as_str(), "openai" | "azure")
    }

    /// The id by which the request calls the model.
    pub(super) fn asked_id(&self) -> String {
        let written = self.request.and_then(|request| request.settings.model.clone());
        written.unwrap_or_else(|| self.model.id.clone())
    }

    /// Whether the model is known to refuse a feature on the day.
    pub(super) fn refuses(&self, feature: Feature) -> bool {
        self.model.supports(feature, self.as_of) == Some(false)
    }

    /// A model that takes a feature on the day, as advice: gpt-4o while it lives, else what follows it.
    pub(super) fn instead(&self, feature: Feature) -> Option<String> {
        let classic = self.catalog.get("gpt-4o").filter(|model| model.released <= self.as_of)?;
        let takes = |model: &Model| model.supports(feature, self.as_of) != Some(false);
        let next = self.catalog.living_successor(classic, self.as_of).filter(|model| takes(model));
        match classic.status_at(self.as_of) {
            Status::Active if takes(classic) => Some("`gpt-4o`".to_owned()),
            Status::Ending(day) if takes(classic) => Some(match next {
                Some(next) => format!("`gpt-4o` (until {day}) or `{}`", next.id),
                None => format!("`gpt-4o` (until {day})"),
            }),
            _ => next.map(|next| format!("`{}`", next.id)),
        }
    }
}
