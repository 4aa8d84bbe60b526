//! `outlay check --show-config`

use crate::cli::config::resolve::Config;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::source_tree::{Reach, Tree};
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::report::ConfigEntry;
use crate::units::Position;

/// Tells what was resolved, and from where.
pub(crate) fn run(config: &Config, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let at = |span: &std::ops::Range<usize>| {
        let from = format!("{}:{}", config.name, Position::of(&config.text, span.start));
        (config.text[span.clone()].replace('\n', " "), from)
    };
    let mut entries = Vec::new();
    let mut push = |prompt: Option<&str>, key: &str, (value, from): (String, String)| {
        entries.push(ConfigEntry {
            prompt: prompt.map(ToOwned::to_owned),
            key: key.to_owned(),
            value,
            from,
        });
    };
    let flag = |value: String, flag: &str| (value, flag.to_owned());
    push(
        None,
        "config",
        match &settings.config {
            Some(_) => flag(config.name.clone(), "--config"),
            None => flag(config.name.clone(), "found here or above"),
        },
    );
    push(
        None,
        "as_of",
        match &config.file.as_of {
            _ if settings.as_of_flag.is_some() => flag(settings.as_of.to_string(), "--as-of"),
            Some(written) => at(&written.span()),
            None => flag(settings.as_of.to_string(), "today, UTC"),
        },
    );
    for path in &config.file.catalog {
        push(None, "catalog", at(&path.span()));
    }
    if let Some(path) = &config.file.baseline {
        push(None, "baseline", at(&path.span()));
    }
    if let Some(name) = &config.file.base {
        push(None, "base", at(&name.span()));
    }
    for (i, prompt) in config.file.prompt.iter().enumerate() {
        let table = prompt.get_ref();
        let name = table.name.clone().unwrap_or_else(|| format!("prompt {}", i + 1));
        for path in &table.paths {
            let files = Tree::Disk(Reach::Repository).expand(&config.folder, path.get_ref());
            let found = match files {
                Ok(files) => crate::units::plural(files.len(), "file"),
                Err(error) => error.message().to_owned(),
            };
            let (value, from) = at(&path.span());
            push(Some(&name), "paths", (format!("{value} ({found})"), from));
        }
        if let Some(scenario) = &table.scenario {
            push(Some(&name), "scenario", at(&scenario.span()));
        }
        for (key, span) in config.call_entries(i) {
            push(Some(&name), key, at(&span));
        }
        for declared in config.budgets(&table.budget) {
            let budget = &declared.budget;
            let of = budget.limit.bound().map(|of| format!(" ({})", of.name())).unwrap_or_default();
            let value = format!(
                "{}{of}, {}, tolerance {}",
                budget.limit.quantity(),
                budget.level,
                budget.tolerance
            );
            let (_, from) = at(&declared.span);
            push(Some(&name), budget.limit.name(), (value, from));
        }
    }
    for (id, level) in &config.file.lint.rules {
        let (_, from) = at(&id.span());
        push(None, id.get_ref(), (level.0.to_string(), from));
    }
    Answered::new(entries, Vec::new(), Vec::new()).finish(settings)
}
