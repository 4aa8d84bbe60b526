//! `outlay.toml`: its keys, read strictly, each with its place.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use crate::Error;
use crate::cli::config::spans::{self, check_keys, keys};
use crate::cli::config::values::{self, Bar, CostBar, Enforcement, Name, SlotTable};
use crate::gate::Level;
use crate::request::InputFormat;
use crate::units::{Count, Probability, Tokens};
use crate::workload::{CallSpec, Literal, MediaSpec};

/// What `outlay init` writes.
pub(crate) const TEMPLATE: &str = include_str!("outlay.toml");
/// What describes it to editors.
pub(crate) const SCHEMA: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/outlay-toml.json"));

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    /// Take prices and lifecycle at this date, such as 2024-10-20; left out, today's.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) as_of: Option<Spanned<toml::value::Datetime>>,
    /// Catalogue files that add or change models, the last one wins.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(crate) catalog: Vec<Spanned<String>>,
    /// Names of your own, such as those of deployments, and the models that they mean.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, String>"))]
    pub(crate) models: BTreeMap<String, Spanned<String>>,
    /// The file that `--update-baseline` writes and that `check` compares with.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) baseline: Option<Spanned<String>>,
    /// The git ref that `check` compares with, such as origin/main.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) base: Option<Spanned<String>>,
    /// What every call has in common.
    pub(crate) call: CallSpec,
    /// How large images, documents, sounds and films are whose size is not in the request.
    pub(crate) media: MediaSpec,
    /// The budgets of every prompt.
    pub(crate) budget: BudgetTable,
    /// The budgets of all prompts together.
    pub(crate) total: TotalTable,
    /// The lint.
    pub(crate) lint: LintTable,
    /// The prompts.
    #[cfg_attr(test, schemars(with = "Vec<PromptTable>"))]
    pub(crate) prompt: Vec<Spanned<PromptTable>>,
}

/// The budgets of a prompt.
#[derive(Debug, Default, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BudgetTable {
    /// The most prompt tokens.
    #[cfg_attr(test, schemars(with = "Option<Bar<Tokens>>"))]
    pub(crate) max_prompt_tokens: Option<Spanned<Bar<Tokens>>>,
    /// The least room after the prompt.
    #[cfg_attr(test, schemars(with = "Option<Bar<Tokens>>"))]
    pub(crate) min_room: Option<Spanned<Bar<Tokens>>>,
    /// The largest probability that an answer is cut off, such as "1%".
    #[cfg_attr(test, schemars(with = "Option<Bar<Probability>>"))]
    pub(crate) max_length_risk: Option<Spanned<Bar<Probability>>>,
    /// The most that a call may cost in USD: one amount for the expected cost, or a table of ends.
    #[cfg_attr(test, schemars(with = "Option<CostBar>"))]
    pub(crate) max_cost_per_call: Option<Spanned<CostBar>>,
    /// The most that the calls of a month may cost in USD.
    #[cfg_attr(test, schemars(with = "Option<CostBar>"))]
    pub(crate) max_monthly_cost: Option<Spanned<CostBar>>,
    /// The most that a task may cost in USD: a whole conversation, its agents included.
    #[cfg_attr(test, schemars(with = "Option<CostBar>"))]
    pub(crate) max_task_cost: Option<Spanned<CostBar>>,
    /// The most requests of a task, of which one in twenty may have more.
    #[cfg_attr(test, schemars(with = "Option<Bar<Count>>"))]
    pub(crate) max_steps: Option<Spanned<Bar<Count>>>,
    /// The largest probability that the window is full before a task is done, such as "1%".
    #[cfg_attr(test, schemars(with = "Option<Bar<Probability>>"))]
    pub(crate) max_window_risk: Option<Spanned<Bar<Probability>>>,
    /// The largest growth since the base, such as "5%".
    #[cfg_attr(test, schemars(with = "Option<Bar<Probability>>"))]
    pub(crate) max_increase: Option<Spanned<Bar<Probability>>>,
    /// What comes of exceeding a budget: off, warn or fail; left out, fail.
    pub(crate) level: Option<Literal<Enforcement>>,
    /// How far beyond a limit is only a warning, as a share of the limit such as "2%".
    pub(crate) tolerance: Option<Literal<Probability>>,
}

/// The budgets of all prompts together.
#[derive(Debug, Default, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TotalTable {
    /// The most that the calls of a month may cost in USD.
    #[cfg_attr(test, schemars(with = "Option<CostBar>"))]
    pub(crate) max_monthly_cost: Option<Spanned<CostBar>>,
}

/// The lint.
#[derive(Debug, Default, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LintTable {
    /// Levels by rule: off, advice, warn or fail.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Literal<Level>>"))]
    pub(crate) rules: BTreeMap<Spanned<String>, Literal<Level>>,
    /// Requests per minute of your account.
    pub(crate) rpm: Option<Literal<Count>>,
    /// Tokens per minute of your account.
    pub(crate) tpm: Option<Literal<Tokens>>,
    /// The usage tier of your account, whose limits the catalogue knows.
    #[cfg_attr(test, schemars(with = "Option<Literal<String>>"))]
    pub(crate) usage_tier: Option<Name>,
}

/// A prompt, or many alike.
#[derive(Debug, Default, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PromptTable {
    /// What reports call it; left out, its file.
    pub(crate) name: Option<String>,
    /// Files, directories and globs, from the folder of this file.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(crate) paths: Vec<Spanned<String>>,
    /// A conversation that is simulated: a scenario file, in place of paths.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) scenario: Option<Spanned<String>>,
    /// Take the files as text, chat (one JSON request) or batch (one request per line).
    #[serde(rename = "as")]
    pub(crate) shape: Option<Literal<InputFormat>>,
    /// The slots of a template, `{{name}}`, with the size of each.
    pub(crate) slots: BTreeMap<String, SlotTable>,
    /// Values of all slots: a JSON array or JSON lines of objects whose keys are the slots.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) samples: Option<Spanned<String>>,
    /// Keys of its requests that the budgets may leave out: those that their format does not have, or whose cost is in no figure. Any other such key cannot be measured.
    pub(crate) ignored_keys: Vec<String>,
    /// What its calls have of their own.
    pub(crate) call: CallSpec,
    /// Budgets of its own.
    pub(crate) budget: BudgetTable,
}

/// What to do about a file that cannot be read.
const HINT: &str = "`outlay init -o -` prints a commented one";

impl File {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Malformed`](crate::ErrorKind::Malformed) with line and column: what is not TOML, an unknown key with the nearest known
    /// one, and a value that the flag of the same name would refuse.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let table = spans::parse(text, HINT)?;
        check_file(text, table.get_ref())?;
        spans::read(text, table, HINT)
    }
}

/// Checks the keys of every table of the file.
fn check_file(text: &str, file: &DeTable<'_>) -> Result<(), Error> {
    let check = |table: &DeTable<'_>, known: &[&str]| check_keys(text, table, known, HINT);
    check(file, keys::<File>())?;
    check_call(text, file)?;
    check_budget(text, file, "budget", keys::<BudgetTable>())?;
    check_budget(text, file, "total", keys::<TotalTable>())?;
    if let Some(lint) = table_of(file, "lint") {
        check(lint, keys::<LintTable>())?;
    }
    let prompts = file.get("prompt").and_then(|prompts| prompts.get_ref().as_array());
    for prompt in prompts.into_iter().flatten() {
        let Some(prompt) = prompt.get_ref().as_table() else { continue };
        check(prompt, keys::<PromptTable>())?;
        check_call(text, prompt)?;
        check_budget(text, prompt, "budget", keys::<BudgetTable>())?;
    }
    Ok(())
}

fn check_call(text: &str, above: &DeTable<'_>) -> Result<(), Error> {
    let call = table_of(above, "call");
    call.map_or(Ok(()), |call| check_keys(text, call, keys::<CallSpec>(), HINT))
}

/// A table of budgets, in which each limit may be a table itself.
fn check_budget(text: &str, above: &DeTable<'_>, key: &str, known: &[&str]) -> Result<(), Error> {
    let Some(budget) = table_of(above, key) else { return Ok(()) };
    check_keys(text, budget, known, HINT)?;
    for (key, limit) in budget {
        if let Some(limit) = limit.get_ref().as_table() {
            let is_cost = key.get_ref().contains("_cost");
            check_keys(text, limit, values::limit_keys(is_cost), HINT)?;
        }
    }
    Ok(())
}

fn table_of<'a, 'i>(above: &'a DeTable<'i>, key: &str) -> Option<&'a DeTable<'i>> {
    above.get(key)?.get_ref().as_table()
}

#[cfg(test)]
mod schema {
    //! The published JSON Schema, kept equal to the types.

    use std::path::Path;

    use schemars::generate::SchemaSettings;

    use super::*;

    #[test]
    fn the_published_schema_is_that_of_the_types() {
        let settings = SchemaSettings::draft2020_12();
        let schema = settings.into_generator().into_root_schema_for::<File>();
        let wanted = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/outlay-toml.json");
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&path, &wanted).unwrap();
        } else {
            assert!(SCHEMA == wanted, "run the tests with UPDATE_SCHEMAS=1");
        }
    }

    #[test]
    fn the_template_is_sound_under_the_schema_and_so_is_what_it_comments_out() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let uncommented = TEMPLATE.lines().map(|line| match line.strip_prefix("# ") {
            Some(key) if key.contains(" = ") || key.starts_with('[') => key,
            _ => line,
        });
        for text in [TEMPLATE.to_owned(), uncommented.collect::<Vec<_>>().join("\n")] {
            File::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
            let value: toml::Value = toml::from_str(&text).unwrap();
            let mut value = serde_json::to_value(value).unwrap();
            // TOML has dates, JSON has texts.
            if let Some(date) = value.get_mut("as_of") {
                *date = "2024-10-20".into();
            }
            if let Err(error) = jsonschema::validate(&schema, &value) {
                panic!("{error} at {}", error.instance_path());
            }
        }
    }
}
