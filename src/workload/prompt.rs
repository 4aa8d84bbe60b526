//! What a call sends: a counted request, or a declared number of tokens.

use super::call_spec::CallSpec;
use super::sent_effort::SentEffort;
use crate::Error;
use crate::catalog::{Feature, Fidelity, Model, Rates};
use crate::request::{
    MarkedTokens, PartCount, PromptCount, Request, RequestSettings, cap_field, prompt_tokens,
};
use crate::units::{TokenRange, Tokens};

/// What a call sends, as one model counts it.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// Prompt tokens, as billed. Those of the count, unless slots make the prompt larger than its text.
    pub tokens: Tokens,
    /// Its tokens part by part, and how sure they are.
    pub count: PromptCount,
    /// What the request says beside its text: cap, tier, choices, thinking, marks for the cache.
    pub settings: RequestSettings,
    /// What its marks for the cache cover.
    pub marked: MarkedTokens,
    /// What it sends about reasoning.
    pub effort: SentEffort,
    /// The field in which the API takes the cap.
    pub cap_field: String,
    /// The features that a model must have to take it.
    pub needs: Vec<Feature>,
    /// What kept the request from being counted; the count is 0 then.
    pub uncountable: Option<Error>,
}

impl Prompt {
    /// A request, counted for a model.
    ///
    /// # Errors
    /// Those of [`prompt_tokens`].
    pub fn of(request: &Request, model: &Model) -> Result<Self, Error> {
        let sized = request.for_model(model);
        Ok(Self::counted(request, model, prompt_tokens(&sized, &model.counting)?))
    }

    /// A request that has been counted already.
    #[must_use]
    pub fn counted(request: &Request, model: &Model, count: PromptCount) -> Self {
        Self {
            tokens: count.prompt_tokens(),
            marked: request.marked(model, &count),
            count,
            settings: request.settings.clone(),
            effort: SentEffort::of(request, model),
            cap_field: request.cap_field(model).to_owned(),
            needs: request.needs(),
            uncountable: None,
        }
    }

    /// What the request says of its call itself.
    #[must_use]
    pub fn declares(&self) -> CallSpec {
        CallSpec::sent(&self.settings)
    }

    /// A request that holds something a model does not count.
    #[must_use]
    pub fn uncountable(request: &Request, model: &Model, error: Error) -> Self {
        let count = PromptCount::nothing(&model.counting);
        Self { uncountable: Some(error), ..Self::counted(request, model, count) }
    }

    /// A declared number of tokens.
    #[must_use]
    pub fn declared(tokens: Tokens, model: &Model) -> Self {
        let nothing = PromptCount::nothing(&model.counting);
        let count = PromptCount { fidelity: Fidelity::Declared, framing: tokens, ..nothing };
        Self {
            tokens,
            count,
            settings: RequestSettings::default(),
            marked: MarkedTokens::default(),
            effort: SentEffort::usual(model),
            cap_field: cap_field(model).to_owned(),
            needs: Vec::new(),
            uncountable: None,
        }
    }

    /// The largest of several parts: the first to look at when the prompt must be cut.
    #[must_use]
    pub fn largest_part(&self) -> Option<&PartCount> {
        let parts = Some(&self.count.parts).filter(|parts| parts.len() > 1)?;
        parts.iter().max_by_key(|part| part.tokens)
    }

    /// What a call writes to the cache because the request marks it, at these rates and where so much of the
    /// prompt is read from there: for the usual lifetime, and for the longer one.
    #[must_use]
    pub(super) fn marked_for(&self, model: &Model, rates: &Rates, cached: Tokens) -> MarkedTokens {
        // Where writing costs the input rate it is not told apart.
        let Some(cache) = model.cache.as_ref().filter(|_| rates.cache_write.is_some()) else {
            return MarkedTokens::default();
        };
        // What slots add may stand before the marks.
        let slots = self.tokens.saturating_sub(self.count.prompt_tokens());
        let least = cache.min_prefix.unwrap_or_default();
        let enough = |marked: Tokens| {
            let end = if marked == Tokens::ZERO { marked } else { marked + slots };
            if end < least { Tokens::ZERO } else { end.min(self.tokens) }
        };
        let (end, extended) = (enough(self.marked.tokens), enough(self.marked.extended));
        MarkedTokens {
            tokens: end.saturating_sub(cached.max(extended)),
            extended: extended.saturating_sub(cached),
        }
    }

    /// Why the count is not exact, one sentence each.
    pub fn reasons(&self) -> impl Iterator<Item = String> {
        let basis = self.count.basis.iter();
        let basis = basis.map(|basis| format!("the prompt is reconstructed: {basis}"));
        let reasons = self.count.reasons.iter();
        reasons.map(|reason| format!("the prompt is an estimate: {reason}")).chain(basis)
    }

    /// Between what and what an estimated prompt lies, where that is known.
    #[must_use]
    pub fn range(&self) -> Option<TokenRange> {
        let TokenRange { low, mean, high } = self.count.range()?;
        // What slots add to the text is declared.
        let slots = self.tokens.saturating_sub(self.count.prompt_tokens());
        Some(TokenRange { low: low + slots, mean: mean + slots, high: high + slots })
    }
}
