//! `outlay models verify`

use std::path::Path;

use clap::Args;

use crate::cli::commands::models::import::read;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::discover;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::feed::{Feed, FeedKind, Verdicts, verify};
use crate::report::VerifyTotal;
use crate::workload::parse;
use crate::{Error, ErrorKind};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay models verify model_prices.json api.json data.json
  outlay models verify *.json --verdicts pricing/feeds/verdicts.toml --strict
  outlay models verify api.json --provider openai --json

The prices in force on --as-of are compared, earlier ones where a feed dates them, limits, days and features. A value is
outvoted when two feeds or more give it as another one. A verdict says why a value is kept, and until when.

Exit codes: 0 answered, 1 with --strict where a value is contradicted without a verdict, 2 no answer.")]
pub(crate) struct VerifyArgs {
    /// Price feeds: JSON files of LiteLLM, models.dev, genai-prices, Langfuse, OpenRouter or llm-prices
    #[arg(value_name = "FEED", required = true)]
    feed: Vec<String>,
    /// Whose form the feeds have [default: auto-detect]
    #[arg(long, value_name = "KIND", value_parser = parse::<FeedKind>)]
    from: Option<FeedKind>,
    /// A file of verdicts: values that the catalogue keeps, each with its reason
    #[arg(long, value_name = "FILE")]
    verdicts: Option<String>,
    /// Only the models of this provider, such as openai, anthropic or azure
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
    /// Exit with 1 where a value is contradicted without a verdict
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(args: &VerifyArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let feeds: Vec<Feed> =
        args.feed.iter().map(|name| read(name, args.from, settings)).collect::<Result<_, _>>()?;
    let verdicts = args.verdicts.as_deref().map(verdicts).transpose()?.unwrap_or_default();
    let of_provider = |provider: &str| args.provider.as_ref().is_none_or(|id| provider == id);
    let models: Vec<_> = settings
        .catalog
        .models()
        .filter(|model| model.released <= settings.as_of && of_provider(&model.provider))
        .collect();
    if models.is_empty() {
        return Err(Error::new(ErrorKind::UnknownModel, "there is no model to verify")
            .hint(format!("the providers are {}", settings.catalog.providers().join(", ")))
            .into());
    }
    let found = verify(models.iter().copied(), &feeds, &verdicts, settings.as_of);
    let names = feeds.iter().map(|feed| format!("{} ({})", feed.name, feed.kind)).collect();
    let total = VerifyTotal::of(names, models.len(), &found, args.strict);
    let mut answered = Answered::new(found.doubts, Vec::new(), Vec::new());
    answered.verdict = total.verdict;
    answered.total = Some(total);
    answered.finish(settings)
}

fn verdicts(name: &str) -> Result<Verdicts, Error> {
    let text = discover::named(Path::new(name)).and_then(|source| source.text());
    Verdicts::parse(name, &text.map_err(|e| e.in_source(name))?)
}
