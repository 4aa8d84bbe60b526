//! From a prompt and the declared completion to a priced call.

use crate::Error;
use crate::catalog::{Model, PriceEntry, Tier};
use crate::cli::args::CallArgs;
use crate::cli::input::completion_source::{Law, Source, law};
use crate::cli::input::counted::Prompt;
use crate::cli::settings::Settings;
use crate::forecast::{Call, Completion};
use crate::units::Tokens;

/// A prompt with all that is known about the call it is for.
pub(crate) struct Workload<'a> {
    pub(crate) prompt: &'a Prompt<'a>,
    pub(crate) price: &'a PriceEntry,
    pub(crate) tier: Tier,
    pub(crate) cached: Tokens,
    pub(crate) law: Option<Law>,
    pub(crate) calls: u64,
    pub(crate) assumptions: Vec<String>,
}

impl<'a> Workload<'a> {
    pub(crate) fn new(
        prompt: &'a Prompt<'a>,
        args: &CallArgs,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let model = prompt.model;
        let price = model.price_at(settings.as_of)?;
        let tier = args.tier.or(prompt.tier).unwrap_or_default();
        let rates = model.rates(price, tier, prompt.tokens)?;
        let cached = args.cached.map_or(Tokens::ZERO, |cached| cached.of(prompt.tokens));
        let law = law(model, args)?;

        let mut assumptions = prompt.assumptions.clone();
        if cached > Tokens::ZERO && rates.cached_input.is_none() {
            assumptions.push(format!(
                "`{}` has no {tier} price for cached input on {}: it costs the input rate",
                model.id, settings.as_of
            ));
        }
        if let Some(over) = rates.over {
            assumptions.push(format!(
                "the prompt is over {over} tokens: the whole call takes that tier's rates"
            ));
        }
        if let Some(until) = price.until.filter(|until| *until < settings.as_of) {
            assumptions.push(format!(
                "the prices were promised until {until}; no later ones are known, `outlay models show {}` \
                 tells the source",
                model.id
            ));
        }
        if prompt.choices > 1 {
            assumptions.push(format!("n = {}: every answer is billed", prompt.choices));
        }
        assumptions.push(law.as_ref().map_or_else(|| unknown(model), |law| law.sentence(model)));
        if args.volume().calls > 1 && law.is_some() {
            assumptions.push(
                "p5-p95 of all calls: calls are independent, and the forecast of one is true"
                    .to_owned(),
            );
        }
        Ok(Self { prompt, price, tier, cached, law, calls: args.volume().calls, assumptions })
    }

    /// The law of its completion, where there is one.
    pub(crate) fn completion(&self) -> Option<&Completion> {
        self.law.as_ref().map(|law| &law.completion)
    }

    /// The profile it is from, if it is from one.
    pub(crate) fn profile(&self) -> Option<&Source> {
        self.law.as_ref()?.profile.as_ref()
    }

    /// The call with this cap.
    pub(crate) fn call(&self, cap: Option<Tokens>) -> Call<'_> {
        Call {
            model: self.prompt.model,
            price: self.price,
            tier: self.tier,
            prompt: self.prompt.tokens,
            cached: self.cached,
            completion: self.completion(),
            cap,
            choices: self.prompt.choices,
            calls: self.calls,
        }
    }
}

fn unknown(model: &Model) -> String {
    let flags = if model.reasoning { "--reasoning and --visible" } else { "--visible" };
    format!("the completion is not known, only its worst case: declare it with {flags}")
}
