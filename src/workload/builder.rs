//! From a model and a day to a [`Quote`].

use std::sync::Arc;

use jiff::civil::Date;

use super::call_spec::CallSpec;
use super::completion_source::CompletionSource;
use super::measured_profile::{MeasuredProfile, NoProfileFiles, Work};
use super::prompt::Prompt;
use super::quote::{CapRule, Quote};
use super::sent_effort::SentEffort;
use crate::Error;
use crate::catalog::Model;
use crate::forecast::Profile;
use crate::request::Request;
use crate::units::Tokens;

/// A call to be made: the model, the day, what is sent, and what is known about the answer.
///
/// Each method adds a part; [`Workload::quote`] answers. Without a prompt it answers for an empty one.
#[derive(Debug, Clone)]
pub struct Workload<'m> {
    model: &'m Model,
    as_of: Date,
    prompt: Option<Prompt>,
    spec: CallSpec,
    source: Source,
    rule: CapRule,
    tokens_per_minute: Option<Tokens>,
}

/// Where the distribution of completions comes from.
#[derive(Debug, Clone)]
enum Source {
    /// What the call declares, else what is known of its kind of work, or of any work.
    OfCall,
    /// As the caller found it.
    Found(Arc<CompletionSource>),
}

impl<'m> Workload<'m> {
    /// A call of this model, priced on this day.
    #[must_use]
    pub fn new(model: &'m Model, as_of: Date) -> Self {
        Self {
            model,
            as_of,
            prompt: None,
            spec: CallSpec::default(),
            source: Source::OfCall,
            rule: CapRule::default(),
            tokens_per_minute: None,
        }
    }

    /// Sends this request.
    ///
    /// # Errors
    /// Those of [`prompt_tokens`](crate::request::prompt_tokens).
    pub fn prompt(self, request: &Request) -> Result<Self, Error> {
        let prompt = Prompt::of(request, self.model)?;
        Ok(self.counted(prompt))
    }

    /// Sends a prompt of this many tokens.
    #[must_use]
    pub fn prompt_tokens(self, tokens: Tokens) -> Self {
        let prompt = Prompt::declared(tokens, self.model);
        self.counted(prompt)
    }

    /// Sends a prompt that has been counted for this model.
    #[must_use]
    pub fn counted(self, prompt: Prompt) -> Self {
        Self { prompt: Some(prompt), ..self }
    }

    /// What is known about the call. The profile files that it names are not read: pass what they hold
    /// to [`Workload::completion`].
    #[must_use]
    pub fn call(self, spec: CallSpec) -> Self {
        Self { spec, ..self }
    }

    /// Takes completions from the user's own profile, all its tasks pooled.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) for a profile without rows.
    pub fn profile(self, profile: &Profile) -> Result<Self, Error> {
        let effort = SentEffort::usual(self.model).resolve(self.model, &self.spec)?;
        let work = Work { kind: self.spec.kind, effort };
        let measured =
            MeasuredProfile::chosen(&profile.model, profile, None, self.model, work, true)?;
        Ok(self.completion(Arc::new(CompletionSource::of_profile(measured, work))))
    }

    /// Takes completions from this source.
    #[must_use]
    pub fn completion(self, source: Arc<CompletionSource>) -> Self {
        Self { source: Source::Found(source), ..self }
    }

    /// Prices the call with the cap of this rule, by default the recommended one.
    #[must_use]
    pub fn cap(self, rule: CapRule) -> Self {
        Self { rule, ..self }
    }

    /// Recommends no cap that the tokens per minute of an account do not admit.
    #[must_use]
    pub fn tokens_per_minute(self, tokens_per_minute: Option<Tokens>) -> Self {
        Self { tokens_per_minute, ..self }
    }

    /// Answers.
    ///
    /// # Errors
    /// [`ErrorKind::MissingPrice`](crate::ErrorKind::MissingPrice) when the day or the tier has no price,
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) for declarations that contradict the model. A request that
    /// the API would refuse is no error: [`Quote::estimate`] says so.
    pub fn quote(self) -> Result<Quote<'m>, Error> {
        let Self { model, as_of, prompt, spec, source, rule, tokens_per_minute } = self;
        let prompt = prompt.unwrap_or_else(|| Prompt::declared(Tokens::ZERO, model));
        let source = match source {
            Source::Found(source) => source,
            Source::OfCall => {
                let effort = prompt.effort.resolve(model, &spec)?;
                Arc::new(CompletionSource::of(model, &spec, effort, &NoProfileFiles)?)
            }
        };
        Quote::new(model, as_of, prompt, &spec, source, (rule, tokens_per_minute))
    }
}
