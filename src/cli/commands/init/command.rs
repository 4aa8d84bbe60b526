//! `outlay init`

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::cli::commands::init::first_budgets::{FirstBudgets, Today, template};
use crate::cli::commands::init::prompts::Prompts;
use crate::cli::config::{file, scenario};
use crate::cli::exit_status::ExitStatus;
use crate::cli::output;
use crate::cli::place;
use crate::cli::settings::Settings;
use crate::units::{Money, plural};

/// Write outlay.toml: budgets that fit the prompts of today
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay init                                writes outlay.toml, the budgets of `outlay check`
  outlay init -o -                           prints it
  outlay init --schema                       writes outlay.schema.json, which describes it to editors
  outlay init --scenario -o support.toml     writes a conversation for `outlay simulate`")]
pub(crate) struct InitArgs {
    /// Write a scenario for simulate and compare instead of outlay.toml
    #[arg(long, conflicts_with = "schema")]
    scenario: bool,
    /// Write the JSON Schema of outlay.toml instead
    #[arg(long)]
    schema: bool,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

/// What is written, and what to say about it.
struct Written {
    text: String,
    told: Vec<String>,
    next: &'static str,
}

pub(crate) fn run(args: &InitArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let name = match (args.scenario, args.schema) {
        (true, _) => "scenario.toml",
        (_, true) => "outlay.schema.json",
        _ => "outlay.toml",
    };
    let path = settings.output.clone().unwrap_or_else(|| PathBuf::from(name));
    let is_printed = path.as_os_str() == "-";
    if !is_printed && !args.force {
        output::refuse_existing(&path)?;
    }
    let written = if args.scenario {
        scenario_file(settings)?
    } else if args.schema {
        Written {
            text: file::SCHEMA.to_owned(),
            told: Vec::new(),
            next: "add `#:schema ./outlay.schema.json` as the first line of outlay.toml",
        }
    } else {
        gate(is_printed, settings)?
    };
    if is_printed {
        place::stdout(settings).write_all(written.text.as_bytes())?;
        return Ok(ExitStatus::Passed);
    }
    output::write_text(&path, &written.text, args.force)?;
    output::note(settings, &format!("wrote {}", path.display()));
    for line in written.told {
        output::note(settings, &line);
    }
    output::note(settings, &format!("next: {}", written.next));
    Ok(ExitStatus::Passed)
}

/// A gate whose budgets the prompts of today meet.
fn gate(is_printed: bool, settings: &Settings) -> anyhow::Result<Written> {
    let prompts = Prompts::find();
    let mut told = Vec::new();
    if let Some(example) = prompts.example.filter(|_| !is_printed) {
        prompts.write_example()?;
        told.push(format!("wrote {example}, because no prompt was found: replace it with yours"));
    }
    let models = settings.default_models()?;
    let model = models.first().map_or("o1-mini", |model| model.id.as_str());
    let text = template(&prompts.paths, model);
    let today = Today::measure(&text, settings)?;
    for error in &today.errors {
        output::warn(settings, &error.to_string());
    }
    let budgets = FirstBudgets::over(&today);
    let dollars = |money: Option<Money>| money.map_or("?".to_owned(), Money::for_people);
    let (call, month) = (dollars(today.call), dollars(today.month));
    let (prompts, tokens) = (plural(today.prompts, "prompt"), today.tokens);
    told.push(format!(
        "today: {prompts} of up to {tokens} tokens, up to {call} a call; {month} a month for 10,000 calls of each with {model}"
    ));
    told.push(format!(
        "budgets: {} tokens a prompt, ${} a call, ${} a month for all",
        budgets.tokens, budgets.call, budgets.month
    ));
    Ok(Written {
        text: budgets.write_into(&text),
        told,
        next: "`outlay check` enforces them; set `calls` in outlay.toml to what you expect",
    })
}

/// A scenario for the model that is meant where none is named.
fn scenario_file(settings: &Settings) -> anyhow::Result<Written> {
    let models = settings.default_models()?;
    let model = models.first().map_or("o1-mini", |model| model.id.as_str());
    Ok(Written {
        text: scenario::TEMPLATE
            .replace("\nmodel = \"o1-mini\"", &format!("\nmodel = \"{model}\"")),
        told: Vec::new(),
        next: "`outlay simulate scenario.toml` plays it",
    })
}
