//! The quote of a request whose slots vary: that of its high end.

use jiff::civil::Date;

use super::builder::Workload;
use super::call_spec::CallSpec;
use super::completion_source::CompletionSources;
use super::prompt::Prompt;
use super::quote::{CapRule, Quote};
use super::template::{PromptSize, Template};
use crate::Error;
use crate::catalog::{Fidelity, Model};
use crate::request::{Request, prompt_tokens};

/// A request with what is known of its slots, and what is said about its call.
#[derive(Debug, Clone, Copy)]
pub struct TemplatedRequest<'a> {
    /// The request.
    pub request: &'a Request,
    /// Its slots; where nothing is declared, the samples that the request brings along.
    pub slots: &'a Template,
    /// What goes before what the request says of its call.
    pub own: &'a CallSpec,
    /// What goes after it.
    pub common: &'a CallSpec,
}

/// A quote for the largest prompt, with the sizes that the prompt has.
#[derive(Debug)]
pub struct TemplatedQuote<'a> {
    /// The quote of the high end: a budget must hold for the largest prompt.
    pub quote: Quote<'a>,
    /// The prompt tokens.
    pub size: PromptSize,
    /// How they were counted; an estimate where slots vary.
    pub fidelity: Fidelity,
    /// What the size and the quote rest on.
    pub assumptions: Vec<String>,
}

impl TemplatedRequest<'_> {
    /// The quote for a model on a day, at the cap that the request sends, else at the recommended one.
    ///
    /// # Errors
    /// Whatever counting the request, its effort or the quote reports.
    pub fn quote<'m>(
        &self,
        model: &'m Model,
        as_of: Date,
        sources: &CompletionSources<'_>,
    ) -> Result<TemplatedQuote<'m>, Error> {
        let Self { request, slots, own, common } = *self;
        let samples = Template::of_samples(&request.samples);
        let slots = if slots.is_empty() { &samples } else { slots };
        let mut assumptions = Vec::new();
        let (size, count) = if slots.is_empty() {
            let count = prompt_tokens(&request.for_model(model), &model.counting)?;
            (PromptSize::fixed(count.prompt_tokens()), count)
        } else {
            assumptions.push(slots.assumption());
            slots.size(request, model)?
        };
        let varies = size.high != count.prompt_tokens();
        let fidelity = if varies { Fidelity::Estimate } else { count.fidelity };
        let prompt = Prompt::counted(request, model, count);
        let call = own.clone().over(&prompt.declares()).over(common);
        let effort = prompt.effort.resolve_over(model, own, common)?;
        let quote = Workload::new(model, as_of)
            .counted(Prompt { tokens: size.high, ..prompt })
            .call(call)
            .completion(sources.of(model, effort)?)
            .cap(CapRule::SentOrRecommended)
            .quote()?;
        assumptions.extend(quote.assumptions.completion.iter().cloned());
        assumptions.extend(quote.assumptions.cap.iter().cloned());
        assumptions.extend(quote.range.map(|range| range.sentence()));
        Ok(TemplatedQuote { quote, size, fidelity, assumptions })
    }
}
