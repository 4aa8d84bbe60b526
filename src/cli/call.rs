//! From a prompt and the declared completion to a priced call.

use super::args::{Cached, CallArgs};
use super::prompts::Prompt;
use super::settings::Settings;
use crate::catalog::{Model, PriceEntry, Tier};
use crate::forecast::{Call, Completion, TokenDist};
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// A prompt with all that is known about the call it is for.
pub(super) struct Workload<'a> {
    pub(super) prompt: &'a Prompt<'a>,
    pub(super) price: &'a PriceEntry,
    pub(super) tier: Tier,
    pub(super) cached: Tokens,
    pub(super) completion: Option<Completion>,
    pub(super) calls: u64,
    pub(super) assumptions: Vec<String>,
}

impl<'a> Workload<'a> {
    pub(super) fn new(
        prompt: &'a Prompt<'a>,
        args: &CallArgs,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let model = prompt.model;
        let price = model.price_at(settings.as_of)?;
        let tier = args.tier.or(prompt.tier).unwrap_or_default();
        let rates = model.rates(price, tier, prompt.tokens)?;
        let cached = match args.cached {
            Cached::Tokens(tokens) => tokens,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of the prompt is no more than the prompt"
            )]
            Cached::Share(share) => {
                Tokens::new((prompt.tokens.as_f64() * share.get()).floor() as u64)
            }
        };
        let completion = completion(model, args)?;

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
        if prompt.choices > 1 {
            assumptions.push(format!("n = {}: every answer is billed", prompt.choices));
        }
        assumptions.push(about_completion(model, completion.as_ref()));
        Ok(Self { prompt, price, tier, cached, completion, calls: args.calls.calls, assumptions })
    }

    /// The call with this cap.
    pub(super) fn call(&self, cap: Option<Tokens>) -> Call<'_> {
        Call {
            model: self.prompt.model,
            price: self.price,
            tier: self.tier,
            prompt: self.prompt.tokens,
            cached: self.cached,
            completion: self.completion.as_ref(),
            cap,
            choices: self.prompt.choices,
            calls: self.calls,
        }
    }
}

/// The law of the completion that the user declared.
fn completion(model: &Model, args: &CallArgs) -> Result<Option<Completion>, Error> {
    let incomplete =
        |message: String, hint: &str| Err(Error::new(ErrorKind::Usage, message).hint(hint));
    match (args.completion_tokens, args.reasoning, args.visible) {
        (Some(total), ..) => Ok(Some(Completion::total(total))),
        (None, None, None) => Ok(None),
        (None, Some(_), _) if !model.reasoning => incomplete(
            format!("`{}` has no hidden reasoning", model.id),
            "declare its answer with --visible alone",
        ),
        (None, Some(reasoning), Some(visible)) => Ok(Some(Completion::split(reasoning, visible))),
        (None, None, Some(visible)) if !model.reasoning => {
            Ok(Some(Completion::split(TokenDist::Constant(Tokens::ZERO), visible)))
        }
        (None, Some(_), None) => incomplete(
            "--reasoning alone says nothing about the visible answer".to_owned(),
            "add --visible, such as --visible 200..1200",
        ),
        (None, None, Some(_)) => incomplete(
            format!("`{}` bills hidden reasoning besides the visible answer", model.id),
            "add --reasoning, such as --reasoning 1k..12k",
        ),
    }
}

fn about_completion(model: &Model, completion: Option<&Completion>) -> String {
    match completion {
        None if model.reasoning => {
            "the completion is not known, only its worst case: declare it with --reasoning and --visible".to_owned()
        }
        None => "the completion is not known, only its worst case: declare it with --visible".to_owned(),
        Some(law) => match (law.reasoning(), law.visible(), law.declared_total()) {
            (Some(reasoning), Some(visible), _) if model.reasoning => {
                format!("declared: reasoning {reasoning}; visible {visible}; independent")
            }
            (_, Some(visible), _) => format!("declared: visible {visible}"),
            (.., Some(total)) => format!("declared: completion {total}, reasoning included"),
            _ => String::new(),
        },
    }
}
