//! `outlay plan`

use clap::Args;

use super::args::{CallArgs, PromptArgs, parse};
use super::call::Workload;
use super::outcome::Outcome;
use super::output;
use super::prompts::{self, Prompt};
use super::settings::Settings;
use crate::Error;
use crate::forecast::{CapPolicy, estimate, judge, plan};
use crate::gate::{Verdict, strict};
use crate::report::{PlanResult, PriceRef, Problem, Report, SentCap};
use crate::units::{Probability, Tokens};

/// Say what fits after a prompt and which max_completion_tokens to send
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay plan prompt.md
  outlay plan request.json --reasoning p50=4288,p95=11072 --visible 200..1200 --risk 1%
  outlay plan --input-tokens 110k -m o1-mini --strict
  outlay plan prompt.md --max-completion-tokens 4096     judge a cap that you already send")]
pub(super) struct PlanArgs {
    #[command(flatten)]
    prompt: PromptArgs,
    #[command(flatten, next_help_heading = "The call")]
    call: CallArgs,
    /// Tokens to keep for reasoning and outputs [default: 25,000, as OpenAI advises]
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_negative_numbers = true)]
    reserve: Option<Tokens>,
    /// The accepted probability that an answer is cut off [default: 1%]
    #[arg(long, value_name = "P", value_parser = parse::<Probability>, allow_negative_numbers = true)]
    risk: Option<Probability>,
    /// Exit with 1 unless every plan is ok and its risk is within the target
    #[arg(long)]
    strict: bool,
    /// Exit with 0 where --strict would exit with 1
    #[arg(long, requires = "strict")]
    exit_zero: bool,
}

impl PlanArgs {
    fn policy(&self) -> CapPolicy {
        let advised = CapPolicy::default();
        CapPolicy {
            reserve: self.reserve.unwrap_or(advised.reserve),
            risk: self.risk.unwrap_or(advised.risk),
        }
    }
}

pub(super) fn run(args: &PlanArgs, settings: &Settings) -> anyhow::Result<Outcome> {
    let mut warnings = Vec::new();
    let prompts = prompts::prompts(&args.prompt, settings, &mut warnings)?;
    let results = prompts
        .into_iter()
        .map(|prompt| prompt.and_then(|prompt| answer(&prompt, args, settings)))
        .collect();
    let (answers, errors) = prompts::part(results, settings);
    let (results, verdicts): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    let mut report = Report::new(&settings.catalog, settings.as_of, results, None);
    report.errors = errors.iter().map(Problem::from).collect();
    report.warnings = warnings;
    output::emit(&report, settings)?;
    let fails = args.strict && !args.exit_zero && verdicts.contains(&Verdict::Fail);
    Ok(Outcome::of(errors.len(), if fails { Verdict::Fail } else { Verdict::Pass }))
}

fn answer(
    prompt: &Prompt<'_>,
    args: &PlanArgs,
    settings: &Settings,
) -> Result<(PlanResult, Verdict), Error> {
    let placed = |error: Error| match &prompt.input {
        Some(input) => error.in_source(input),
        None => error,
    };
    let policy = args.policy();
    let workload = Workload::new(prompt, &args.call, settings).map_err(placed)?;
    let law = workload.completion.as_ref();
    let plan = plan(prompt.model, prompt.tokens, &policy, law);
    let cost = match plan.recommended {
        Some(cap) => Some(estimate(&workload.call(Some(cap))).map_err(placed)?),
        None => None,
    };
    let sent = args.call.max_completion_tokens.or(prompt.cap);
    let sent = sent.map(|cap| judge(prompt.model, prompt.tokens, cap, &policy, law));
    let verdict = strict(&plan, sent.as_ref(), &policy);
    let limits = &prompt.model.limits;
    let result = PlanResult {
        model: prompt.model.id.clone(),
        fidelity: prompt.fidelity,
        prompt_tokens: plan.prompt,
        window: limits.window,
        output_cap: limits.output_cap,
        input_limit: limits.input_limit,
        room: plan.room,
        reserve: plan.reserve,
        recommended_max_completion_tokens: plan.recommended,
        binding: plan.binding,
        status: plan.status,
        cut_tokens: plan.cut,
        length_risk: plan.length_risk,
        empty_risk: plan.empty_risk,
        risk_target: policy.risk,
        completion_tokens: cost.as_ref().map(|cost| cost.completion),
        cost_usd: cost.as_ref().map(|cost| cost.cost),
        sent: sent.map(|judgement| SentCap {
            max_completion_tokens: judgement.cap,
            verdict: judgement.verdict,
            length_risk: judgement.length_risk,
            empty_risk: judgement.empty_risk,
            api: judgement.refusal,
        }),
        price: PriceRef::from(workload.price),
        assumptions: workload.assumptions,
        input: prompt.input.clone(),
    };
    Ok((result, verdict))
}
