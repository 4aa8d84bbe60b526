//! What `outlay plan` answers with, as data.

use jiff::civil::Date;
use serde::Serialize;

use super::fit::FitAdvice;
use super::rate_limits::{CallSeconds, QuotaVerdict, RateLimitVerdict};
use crate::Error;
use crate::budget::strict;
use crate::catalog::{Effort, Fidelity, Tier};
use crate::forecast::{Binding, CapRisk, Judgement, PlanStatus, Range};
use crate::gate::Verdict;
use crate::history::{LengthBin, reasoning_histogram};
use crate::report::count::{CountError, PartTokens};
use crate::report::estimate::{PriceOrigin, SentSettings};
use crate::units::{Money, Period, Probability, TokenRange, Tokens, grouped};
use crate::workload::{
    AccountSpec, CostRange, MeasuredProfile, ProfileSummary, Quote, RoomRange, Saving, TierOffer,
};

/// What of a plan takes time and is not in every form.
#[derive(Debug, Clone, Copy)]
pub struct PlanDetail {
    /// What only pictures show.
    pub curves: bool,
    /// The tiers of a single call, which data have; those of several calls are in every form.
    pub tiers: bool,
}

/// The plan of one input for one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlanResult {
    /// The file, `-`, `file:line`, or nothing for bare numbers.
    pub input: Option<String>,
    /// The model.
    pub model: String,
    /// The model as people see it: with the effort that was named behind it.
    #[serde(skip)]
    pub name: String,
    /// The level of effort that the forecast is of; null where none is named.
    pub effort: Option<Effort>,
    /// The most reasoning tokens of the forecast; null where nothing but the cap bounds them.
    pub thinking_budget: Option<Tokens>,
    /// Whether anything is known of the work, so that its risk decides about the cap.
    #[serde(skip)]
    pub work_is_known: bool,
    /// How sure the prompt tokens are.
    pub fidelity: Fidelity,
    /// How far an estimated count is from the model's own, where that was measured.
    pub count_error: Option<CountError>,
    /// Prompt tokens.
    pub prompt_tokens: Tokens,
    /// Between what and what they lie, where they are an estimate and that is known.
    pub prompt_tokens_range: Option<TokenRange>,
    /// The context window.
    pub window: Tokens,
    /// The model's own maximum of completion tokens.
    pub output_cap: Tokens,
    /// The limit of the prompt alone, where there is one.
    pub input_limit: Option<Tokens>,
    /// The largest completion that fits.
    pub room: Tokens,
    /// The same over the range of the prompt.
    pub room_range: Option<RoomRange>,
    /// Tokens kept for reasoning and outputs; nothing for models that do not reason.
    pub reserve: Option<Tokens>,
    /// The cap to send; nothing without room.
    pub recommended_max_completion_tokens: Option<Tokens>,
    /// The field in which the API takes the cap, such as `max_tokens`.
    pub cap_field: String,
    /// The term that decided it.
    pub binding: Binding,
    /// Whether the room is enough.
    pub status: PlanStatus,
    /// What `--strict` makes of it.
    pub verdict: Verdict,
    /// Prompt tokens to cut before the reserve fits.
    pub cut_tokens: Option<Tokens>,
    /// Probability that the answer is cut off at the recommended cap.
    pub length_risk: Option<Probability>,
    /// The part of it where nothing visible comes out.
    pub empty_risk: Option<Probability>,
    /// The length risk that was asked for.
    pub risk_target: Probability,
    /// Completion tokens at the recommended cap.
    pub completion_tokens: Option<Range<Tokens>>,
    /// The cost of a call at the recommended cap.
    pub cost_usd: Option<Range<Money>>,
    /// The same over the range of the prompt: what is expected, or the worst case where nothing is.
    pub cost_usd_range: Option<CostRange>,
    /// How long a call takes at the measured output speed; nothing where no speed is known.
    pub seconds: Option<CallSeconds>,
    /// Whether the call passes the rate limits that were named.
    pub admission: Option<RateLimitVerdict>,
    /// How long the calls take under the message quota that was named.
    pub quota: Option<QuotaVerdict>,
    /// How many calls.
    pub calls: u64,
    /// Over what time.
    pub period: Option<Period>,
    /// The cost of all calls.
    pub calls_cost_usd: Option<Range<Money>>,
    /// The largest part of the prompt, which is the first to look at when it must be cut.
    pub largest_part: Option<PartTokens>,
    /// The cap that is already sent.
    pub sent: Option<Judgement>,
    /// The measured profile that the forecast comes from; nothing when it was declared or is not known.
    pub profile: Option<ProfileSummary>,
    /// The price list.
    pub price: PriceOrigin,
    /// The risks of every cap; only where a picture of them is asked for.
    pub risk_by_cap: Option<Vec<CapRisk>>,
    /// How often the reasoning in the profile had which length; only where a picture is asked for.
    pub reasoning_histogram: Option<Vec<LengthBin>>,
    /// Which messages to leave out so that the reserve fits again; null where it fits, or where the input is
    /// no conversation.
    pub fit: Option<FitAdvice>,
    /// What was assumed.
    pub assumptions: Vec<String>,
    /// The template that the input fills, where it is a row of a dataset.
    pub template: Option<String>,
    /// What the request says beside its text.
    pub request: SentSettings,
    /// The tier it is priced in.
    pub tier: Tier,
    /// The same calls in every tier that has a known price for them, with the time that answers take.
    pub tiers: Vec<TierOffer>,
    /// What reading from the cache saves, and a tier that was asked for.
    pub savings: Vec<Saving>,
}

impl PlanResult {
    /// The plan of a quote for an account.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) for a usage tier or quota that the catalogue does not know.
    pub fn new(
        input: Option<String>,
        name: String,
        quote: Quote<'_>,
        account: &AccountSpec,
        as_of: Date,
        wanted: PlanDetail,
    ) -> Result<Self, Error> {
        let (plan, estimate) = (&quote.plan, quote.estimate.as_ref().ok());
        let calls = quote.volume.calls;
        let admission = match account.minute_limits(quote.model, as_of)? {
            None => None,
            Some((limits, source)) => {
                let sent = quote.sent.as_ref().map(|judgement| judgement.cap);
                let limits = (limits, source);
                sent.or(plan.recommended).map(|cap| {
                    let (volume, completion) = (quote.volume, quote.completion());
                    RateLimitVerdict::new(plan.prompt, cap, limits, volume, completion)
                })
            }
        };
        let messages = account.message_quota(quote.model, as_of)?;
        let messages = messages.map(|(of, source)| QuotaVerdict::new(of, source, quote.volume));
        let in_time = admission.as_ref().is_none_or(RateLimitVerdict::passes)
            && messages.as_ref().is_none_or(|quota| quota.fits != Some(false));
        let verdict =
            if in_time { strict(plan, quote.sent.as_ref(), &quote.policy) } else { Verdict::Fail };
        let histogram = |profile: &MeasuredProfile| reasoning_histogram(&profile.sample);
        Ok(Self {
            input,
            template: None,
            fit: None,
            model: quote.model.id.clone(),
            name,
            effort: quote.source.effort.level,
            thinking_budget: quote.source.effort.budget,
            work_is_known: plan.work_is_known,
            fidelity: quote.prompt.count.fidelity,
            count_error: CountError::of(quote.model, quote.prompt.count.fidelity),
            prompt_tokens: plan.prompt,
            prompt_tokens_range: quote.range.map(|range| range.tokens),
            window: quote.model.limits.window,
            output_cap: quote.model.limits.output_cap,
            input_limit: quote.model.limits.input_limit,
            room: plan.room,
            room_range: quote.range.map(|range| range.room),
            reserve: plan.reserve,
            recommended_max_completion_tokens: plan.recommended,
            cap_field: quote.prompt.cap_field.clone(),
            binding: plan.binding,
            status: plan.status,
            verdict,
            cut_tokens: plan.cut,
            length_risk: plan.length_risk,
            empty_risk: plan.empty_risk,
            risk_target: quote.policy.risk,
            completion_tokens: estimate.map(|estimate| estimate.completion),
            cost_usd: estimate.map(|estimate| estimate.cost),
            cost_usd_range: quote.range.and_then(|range| range.cost),
            seconds: estimate.and_then(|estimate| CallSeconds::of(quote.model, estimate)),
            admission,
            quota: messages,
            calls,
            period: quote.volume.period,
            calls_cost_usd: estimate.map(|estimate| estimate.all_calls),
            largest_part: quote.prompt.largest_part().cloned().map(PartTokens::from),
            sent: quote.sent.clone(),
            profile: quote.profile().map(|profile| ProfileSummary {
                confidence: Some(profile.confidence(plan, &quote.policy)),
                ..profile.about.clone()
            }),
            risk_by_cap: wanted.curves.then(|| quote.risk_by_cap()).flatten(),
            reasoning_histogram: quote.profile().filter(|_| wanted.curves).map(histogram),
            request: SentSettings::of(&quote),
            tier: quote.tier,
            tiers: if wanted.tiers || calls > 1 { quote.tiers() } else { Vec::new() },
            savings: quote.savings(),
            price: PriceOrigin::from(quote.price),
            assumptions: quote.assumptions.into_vec(),
        })
    }

    /// A risk; where a sample never showed it, how many observations say so.
    pub(crate) fn seen(&self, risk: Probability) -> String {
        match (risk.get() > 0.0, &self.profile) {
            (false, Some(profile)) => format!("0 of {}", grouped(profile.n)),
            _ => risk.to_string(),
        }
    }
}
