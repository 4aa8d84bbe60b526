//! What a call sends: a counted request, or a declared number of tokens.

use crate::Error;
use crate::catalog::{Counting, Feature, Fidelity, Model, Tier};
use crate::request::{PartCount, PromptCount, Request, prompt_tokens};
use crate::units::{TokenRange, Tokens};

/// What a call sends, as one model counts it.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// Prompt tokens, as billed. Those of the count, unless slots make the prompt larger than its text.
    pub tokens: Tokens,
    /// Its tokens part by part, and how sure they are.
    pub count: PromptCount,
    /// The cap that the request sends.
    pub cap: Option<Tokens>,
    /// How many answers it asks for; each is billed.
    pub choices: u64,
    /// The tier that it asks for.
    pub tier: Option<Tier>,
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
        Ok(Self::counted(request, prompt_tokens(request, &model.counting)?))
    }

    /// A request that has been counted already.
    #[must_use]
    pub fn counted(request: &Request, count: PromptCount) -> Self {
        Self {
            tokens: count.prompt_tokens(),
            count,
            cap: request.cap,
            choices: request.choices,
            tier: request.tier,
            needs: request.needs(),
            uncountable: None,
        }
    }

    /// A request that holds something a model does not count.
    #[must_use]
    pub fn uncountable(request: &Request, model: &Model, error: Error) -> Self {
        let count = PromptCount::nothing(&model.counting);
        Self { uncountable: Some(error), ..Self::counted(request, count) }
    }

    /// A declared number of tokens.
    #[must_use]
    pub fn declared(tokens: Tokens, counting: &Counting) -> Self {
        let nothing = PromptCount::nothing(counting);
        let count = PromptCount { fidelity: Fidelity::Declared, framing: tokens, ..nothing };
        Self {
            tokens,
            count,
            cap: None,
            choices: 1,
            tier: None,
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
