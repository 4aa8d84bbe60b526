//! `outlay plan`

use std::str::FromStr;

use clap::Args;

use crate::budget::strict;
use crate::catalog::Model;
use crate::cli::args::CapArgs;
use crate::cli::args::{CallArgs, PromptArgs, parse};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::completion_source::Source;
use crate::cli::input::counted::{self, Prompt};
use crate::cli::input::workload::Workload;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::forecast::{
    CONFIDENCE, CapPolicy, CapRisk, Completion, Estimate, MinuteLimits, Plan, SafeCap, admit,
    assess_cap, estimate, length_risk_upper, needed_n, plan, risk_by_cap, safe_cap, under_quota,
    writing_time,
};
use crate::gate::Verdict;
use crate::history;
use crate::report::{
    AdmissionRef, BarRef, CallSeconds, ConfidenceRef, CountError, PartTokens, PlanResult, PriceRef,
    ProfileRef, QuotaRef, SentCap,
};
use crate::units::{CallVolume, Tokens};
use crate::{Error, ErrorKind};

/// Say what fits after a prompt and which max_completion_tokens to send
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay plan prompt.md
  outlay plan request.json --reasoning p50=4288,p95=11072 --visible 200..1200 --risk 1%
  outlay plan prompt.md -m o1-mini -m o1-preview          models side by side
  outlay plan prompt.md --max-completion-tokens 4096      judge a cap that you already send
  outlay plan --input-tokens 110k --strict                exit with 1 unless the plan is ok
  outlay plan prompt.md --calls 10k --usage-tier 1        how long the calls take")]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    prompt: PromptArgs,
    #[command(flatten, next_help_heading = "The call")]
    call: CallArgs,
    #[command(flatten, next_help_heading = "The cap")]
    cap: CapArgs,
    /// Exit with 1 unless every plan is ok and its risk is within the target
    #[arg(long, help_heading = "The cap")]
    strict: bool,
    /// Exit with 0 where --strict would exit with 1
    #[arg(long, help_heading = "The cap")]
    exit_zero: bool,
    /// Requests per minute of your account
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true, help_heading = "The pace")]
    rpm: Option<Tokens>,
    /// Tokens per minute of your account
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true, help_heading = "The pace")]
    tpm: Option<Tokens>,
    /// Take the limits of this usage tier from the catalogue
    #[arg(long, value_name = "TIER", conflicts_with_all = ["rpm", "tpm"], help_heading = "The pace")]
    usage_tier: Option<String>,
    /// A message quota such as 50/week, or chatgpt for that of ChatGPT at the date
    #[arg(long, value_name = "QUOTA", value_parser = parse::<Quota>, help_heading = "The pace")]
    quota: Option<Quota>,
}

/// A message quota, written out or by the name of a product.
#[derive(Debug, Clone)]
enum Quota {
    Declared(CallVolume),
    Product(String),
}

impl FromStr for Quota {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Ok(Self::Product(text.to_owned()));
        }
        match text.parse()? {
            CallVolume { period: None, .. } => {
                Err(Error::new(ErrorKind::Amount, format!("the quota `{text}` has no period"))
                    .hint("write it as 50/day or 50/week"))
            }
            quota => Ok(Self::Declared(quota)),
        }
    }
}

pub(crate) fn run(args: &PlanArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut warnings = Vec::new();
    let prompts = counted::prompts(&args.prompt, settings, &mut warnings);
    let results = prompts
        .into_iter()
        .map(|prompt| {
            let prompt = prompt?;
            answer(&prompt, args, settings).map_err(|error| prompt.placed(error))
        })
        .collect();
    let (answers, errors) = counted::part(results, settings);
    let (results, verdicts): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    let fails = args.strict && !args.exit_zero && verdicts.contains(&Verdict::Fail);
    let verdict = if fails { Verdict::Fail } else { Verdict::Pass };
    Answered { verdict, ..Answered::new(results, errors, warnings) }.finish(settings)
}

fn answer(
    prompt: &Prompt<'_>,
    args: &PlanArgs,
    settings: &Settings,
) -> Result<(PlanResult, Verdict), Error> {
    let workload = Workload::new(prompt, &args.call, settings)?;
    let model = prompt.model;
    let law = workload.completion();
    let mut assumptions = workload.assumptions.clone();
    let policy = args.cap.policy(workload.profile(), &mut assumptions);
    let plan = plan(model, prompt.tokens, &policy, law);
    let cost = plan.recommended.map(|cap| estimate(&workload.call(Some(cap)))).transpose()?;
    let sent = args.call.max_completion_tokens.or(prompt.cap);
    let sent = sent.map(|cap| assess_cap(model, prompt.tokens, cap, &policy, law));
    let verdict = strict(&plan, sent.as_ref(), &policy);
    let result = PlanResult {
        input: prompt.input(),
        model: model.id.clone(),
        fidelity: prompt.fidelity,
        count_error: CountError::of(prompt.model, prompt.fidelity),
        prompt_tokens: plan.prompt,
        window: model.limits.window,
        output_cap: model.limits.output_cap,
        input_limit: model.limits.input_limit,
        room: plan.room,
        reserve: plan.reserve,
        recommended_max_completion_tokens: plan.recommended,
        binding: plan.binding,
        status: plan.status,
        verdict,
        cut_tokens: plan.cut,
        length_risk: plan.length_risk,
        empty_risk: plan.empty_risk,
        risk_target: policy.risk,
        completion_tokens: cost.as_ref().map(|cost| cost.completion),
        cost_usd: cost.as_ref().map(|cost| cost.cost),
        seconds: cost.as_ref().and_then(|cost| seconds(model, cost)),
        admission: args.admission(model, &plan, settings)?,
        quota: args.quota(model, settings)?,
        calls: args.call.volume().calls,
        period: args.call.volume().period,
        calls_cost_usd: cost.as_ref().map(|cost| cost.all_calls),
        largest_part: prompt.largest_part.clone().map(PartTokens::from),
        sent: sent.map(|judgement| SentCap {
            max_completion_tokens: judgement.cap,
            verdict: judgement.verdict,
            length_risk: judgement.length_risk,
            empty_risk: judgement.empty_risk,
            api: judgement.refusal,
        }),
        profile: workload.profile().map(|source| ProfileRef {
            confidence: Some(confidence(source, &plan, &policy)),
            ..source.profile.clone()
        }),
        risk_by_cap: law.filter(|_| settings.wants_curves()).and_then(|law| {
            let sent = args.call.max_completion_tokens.or(prompt.cap);
            curve(model, &plan, sent, law)
        }),
        reasoning_histogram: workload.profile().filter(|_| settings.wants_curves()).map(|source| {
            history::reasoning_histogram(&source.sample).iter().map(BarRef::from).collect()
        }),
        price: PriceRef::from(workload.price),
        assumptions,
    };
    Ok((result, verdict))
}

/// The risks around the caps that matter; `None` without room.
fn curve(
    model: &Model,
    plan: &Plan,
    sent: Option<Tokens>,
    law: &Completion,
) -> Option<Vec<CapRisk>> {
    let marked: Vec<Tokens> =
        [plan.recommended, plan.reserve, sent].into_iter().flatten().collect();
    let largest = marked.iter().copied().filter(|cap| *cap <= plan.room).max();
    // A little beyond the largest of them, as far as the room reaches.
    let most = Tokens::from_f64(largest?.as_f64() * 1.25).min(plan.room);
    (plan.recommended.is_some()).then(|| risk_by_cap(law, model.reasoning, most, &marked))
}

fn confidence(source: &Source, plan: &Plan, policy: &CapPolicy) -> ConfidenceRef {
    let cap = match safe_cap(&source.sample, policy.risk) {
        SafeCap::Cap(cap) => Some(cap),
        SafeCap::TooSmall { .. } | SafeCap::AtLeast(_) => None,
    };
    ConfidenceRef {
        level: CONFIDENCE,
        cap,
        needed_n: needed_n(policy.risk),
        length_risk_upper: plan.recommended.and_then(|cap| length_risk_upper(&source.sample, cap)),
    }
}

pub(crate) fn seconds(model: &Model, cost: &Estimate) -> Option<CallSeconds> {
    let speed = model.speeds.first()?.output_tokens_per_second;
    let writing = |tokens| writing_time(tokens, speed);
    let completion = cost.completion;
    Some(CallSeconds { expected: writing(completion.expected?), p95: writing(completion.p95?) })
}

impl PlanArgs {
    fn admission(
        &self,
        model: &Model,
        plan: &Plan,
        settings: &Settings,
    ) -> Result<Option<AdmissionRef>, Error> {
        let (limits, source) = match (&self.usage_tier, self.rpm, self.tpm) {
            (Some(tier), ..) => {
                let limit = model.rate_limit_at(tier, settings.as_of)?;
                let limits = MinuteLimits { rpm: limit.rpm, tpm: limit.tpm };
                (limits, format!("usage tier {tier} since {}", limit.from))
            }
            (None, None, None) => return Ok(None),
            (None, rpm, tpm) => {
                (MinuteLimits { rpm: rpm.map(Tokens::get), tpm }, "declared".to_owned())
            }
        };
        let Some(cap) = self.call.max_completion_tokens.or(plan.recommended) else {
            return Ok(None);
        };
        let admission = admit(plan.prompt, cap, limits, self.call.volume().calls);
        Ok(Some(AdmissionRef {
            rpm: limits.rpm,
            tpm: limits.tpm,
            source,
            tokens_per_call: admission.tokens_per_call,
            admitted: admission.admitted,
            calls_per_minute: admission.calls_per_minute,
            seconds_for_calls: admission.duration,
        }))
    }

    fn quota(&self, model: &Model, settings: &Settings) -> Result<Option<QuotaRef>, Error> {
        let (quota, source) = match &self.quota {
            None => return Ok(None),
            Some(Quota::Declared(quota)) => (*quota, "declared".to_owned()),
            Some(Quota::Product(product)) => {
                let found = model.message_quota_at(product, settings.as_of)?;
                (found.quota, format!("{product} since {}", found.from))
            }
        };
        Ok(Some(QuotaRef {
            messages: quota.calls,
            period: quota.period,
            source,
            seconds_for_calls: under_quota(self.call.volume().calls, quota),
        }))
    }
}
