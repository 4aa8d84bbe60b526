//! `outlay models diff`

use std::path::Path;

use clap::Args;

use crate::Error;
use crate::billing::cost;
use crate::cli::commands::models::import;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::discover;
use crate::cli::output::{self, Answered};
use crate::cli::settings::Settings;
use crate::feed::{Disagreement, FeedKind, FeedRow, PricedCalls, Reason, compare};
use crate::gate::Verdict;
use crate::logs::Usage;
use crate::report::{ComparedCalls, ComparedSource, DisagreementTotal};
use crate::units::{CallVolume, Tokens};
use crate::workload::{CachedPart, parse};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay models diff catalog model_prices_and_context_window.json
  outlay models diff old/api.json new/api.json --strict       exits with 1 when they disagree
  outlay models diff catalog negotiated.toml --input-tokens 2k --completion-tokens 500 --calls 1m/month

The list in force on --as-of is compared. What only one side states is counted, not compared; -v and JSON name it.")]
pub(crate) struct ModelsDiffArgs {
    /// `catalog` (with every --catalog), a catalogue file (.toml), or a price feed
    #[arg(value_name = "A")]
    a: String,
    /// The same
    #[arg(value_name = "B")]
    b: String,
    /// Whose form the feeds have [default: told by the shape of each]
    #[arg(long, value_name = "KIND", value_parser = parse::<FeedKind>)]
    from: Option<FeedKind>,
    /// Prompt tokens of a call of the workload [default: 10k]
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    input_tokens: Option<Tokens>,
    /// How much of the prompt is read from the cache: an amount, or a share [default: 50%]
    #[arg(long, value_name = "N|SHARE", value_parser = parse::<CachedPart>, allow_hyphen_values = true)]
    cached: Option<CachedPart>,
    /// Completion tokens of a call, reasoning included [default: 1k]
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    completion_tokens: Option<Tokens>,
    /// How many calls, such as 20k/month [default: 100k/month]
    #[arg(long, value_name = "VOLUME", value_parser = parse::<CallVolume>, allow_hyphen_values = true)]
    calls: Option<CallVolume>,
    /// Exit with 1 when they disagree
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(args: &ModelsDiffArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let volume = args.calls.map_or_else(|| "100k/month".parse(), Ok)?;
    let prompt = args.input_tokens.unwrap_or(Tokens::new(10_000));
    let cached = args.cached.map_or_else(|| "50%".parse(), Ok)?;
    let completion = args.completion_tokens.unwrap_or(Tokens::new(1_000));
    let usage = Usage::new(prompt, completion).with_cached(cached.of(prompt))?;
    let all = usage.times(volume.calls);
    let calls = PricedCalls { prompt, cost: &|rates| cost(all, rates) };

    let (a, b) = (side(&args.a, args.from, settings)?, side(&args.b, args.from, settings)?);
    let found = compare(&a.rows, &b.rows, settings.as_of, &calls);
    for (side, which, only) in [(&a, "first", &found.only_a), (&b, "second", &found.only_b)] {
        for row in &side.source.unusable {
            output::verbose(settings, &format!("the {which} cannot be compared at {row}"));
        }
        for model in only {
            output::verbose(settings, &format!("{model}: only in the {which}"));
        }
    }
    for value in &found.one_sided {
        output::verbose(settings, value);
    }
    let workload = ComparedCalls::new(usage, volume);
    let total = DisagreementTotal::new((a.source, b.source), workload, &found);
    // A catalogue has no lines to name.
    let result = |one: Disagreement| Disagreement {
        line_a: one.line_a.filter(|_| total.a.has_lines()),
        line_b: one.line_b.filter(|_| total.b.has_lines()),
        ..one
    };
    let results: Vec<_> = found.disagreements.into_iter().map(result).collect();
    let differs = args.strict && !results.is_empty();
    let mut answered = Answered::new(results, Vec::new(), Vec::new());
    answered.total = Some(total);
    answered.verdict = if differs { Verdict::Fail } else { Verdict::Pass };
    answered.finish(settings)
}

/// A source with its rows.
struct Side {
    source: ComparedSource,
    rows: Vec<FeedRow>,
}

impl Side {
    fn new(name: &str, kind: &str, rows: Vec<FeedRow>) -> Self {
        // What is not about chat is no part of the question.
        let about_chat = |row: &FeedRow| {
            !row.faults.iter().any(|fault| matches!(fault.reason, Reason::NotChat | Reason::Sample))
        };
        let usable = |row: &FeedRow| !row.prices.is_empty();
        let (rows, others): (Vec<FeedRow>, Vec<FeedRow>) =
            rows.into_iter().filter(about_chat).partition(usable);
        let told = |row: &FeedRow| {
            let why: Vec<&str> = row.faults.iter().map(|fault| fault.message.as_str()).collect();
            format!("line {}: {}: {}", row.position.line, row.full_name(), why.join("; "))
        };
        let unusable = others.iter().map(told).collect();
        let (name, kind) = (name.to_owned(), kind.to_owned());
        Self { source: ComparedSource { name, kind, models: rows.len(), unusable }, rows }
    }
}

fn side(name: &str, kind: Option<FeedKind>, settings: &Settings) -> Result<Side, Error> {
    if name == ComparedSource::CATALOG {
        let released = settings.catalog.models().filter(|model| model.released <= settings.as_of);
        return Ok(Side::new(name, ComparedSource::CATALOG, released.map(FeedRow::from).collect()));
    }
    let path = Path::new(name);
    if path.extension().is_some_and(|extension| extension == "toml") {
        let text = discover::named(path).and_then(|source| source.text());
        let text = text.map_err(|e| e.in_source(name))?;
        let models = settings.catalog.models_of(name, &text)?;
        return Ok(Side::new(
            name,
            ComparedSource::CATALOG_FILE,
            models.iter().map(FeedRow::from).collect(),
        ));
    }
    let feed = import::read(name, kind, settings)?;
    Ok(Side::new(name, feed.kind.name(), feed.rows))
}
