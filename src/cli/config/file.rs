//! `outlay.toml`: its keys, read strictly, each with its place.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::catalog::Tier;
use crate::cli::args::Reserve;
use crate::cli::args::{Cached, Dist};
use crate::cli::config::values::{At, Bar, CostBar, Enforcement, Lit, Models, Name, SlotTable};
use crate::gate::Level;
use crate::request::Shape;
use crate::units::{CallVolume, Position, Probability, Tokens};
use crate::{Error, ErrorKind};

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
    /// The file that `--update-baseline` writes and that `check` compares with.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) baseline: Option<Spanned<String>>,
    /// The git ref that `check` compares with, such as origin/main.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) base: Option<Spanned<String>>,
    /// What every call has in common.
    pub(crate) call: CallTable,
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

/// A call: its model and what is known about its completion.
#[derive(Debug, Default, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CallTable {
    /// The model, or several; left out, the request's own, else o1-mini.
    #[cfg_attr(test, schemars(with = "Option<Models>"))]
    pub(crate) model: Option<Spanned<Models>>,
    /// How many calls are made, such as "20k/month".
    #[cfg_attr(test, schemars(with = "Option<Lit<CallVolume>>"))]
    pub(crate) calls: Option<At<CallVolume>>,
    /// All completion tokens, reasoning included: 600, "1k..12k", "p50=4288,p95=11072" or "@PROFILE".
    #[cfg_attr(test, schemars(with = "Option<Lit<Dist>>"))]
    pub(crate) completion_tokens: Option<At<Dist>>,
    /// Hidden reasoning tokens, in the same form.
    #[cfg_attr(test, schemars(with = "Option<Lit<Dist>>"))]
    pub(crate) reasoning: Option<At<Dist>>,
    /// Visible tokens, in the same form.
    #[cfg_attr(test, schemars(with = "Option<Lit<Dist>>"))]
    pub(crate) visible: Option<At<Dist>>,
    /// A measured profile: NAME, FILE, or either with :task; left out, the model's built-in one.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) profile: Option<Spanned<String>>,
    /// The cap that is sent; left out, the request's own, else the recommended one.
    #[cfg_attr(test, schemars(with = "Option<Lit<Tokens>>"))]
    pub(crate) max_completion_tokens: Option<At<Tokens>>,
    /// Prompt tokens read from the cache: an amount, or a share such as "50%".
    #[cfg_attr(test, schemars(with = "Option<Lit<Cached>>"))]
    pub(crate) cached: Option<At<Cached>>,
    /// standard, batch, flex or priority.
    #[cfg_attr(test, schemars(with = "Option<Lit<Tier>>"))]
    pub(crate) tier: Option<At<Tier>>,
    /// Tokens to keep for reasoning and outputs, or "auto".
    #[cfg_attr(test, schemars(with = "Option<Lit<Reserve>>"))]
    pub(crate) reserve: Option<At<Reserve>>,
    /// The accepted probability that an answer is cut off, for the recommended cap.
    #[cfg_attr(test, schemars(with = "Option<Lit<Probability>>"))]
    pub(crate) risk: Option<At<Probability>>,
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
    /// The largest growth since the base, such as "5%".
    #[cfg_attr(test, schemars(with = "Option<Bar<Probability>>"))]
    pub(crate) max_increase: Option<Spanned<Bar<Probability>>>,
    /// What comes of exceeding a budget: off, warn or fail; left out, fail.
    pub(crate) level: Option<Lit<Enforcement>>,
    /// How far beyond a limit is only a warning, as a share of the limit such as "2%".
    pub(crate) tolerance: Option<Lit<Probability>>,
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
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Lit<Level>>"))]
    pub(crate) rules: BTreeMap<Spanned<String>, Lit<Level>>,
    /// Requests per minute of your account.
    pub(crate) rpm: Option<Lit<Tokens>>,
    /// Tokens per minute of your account.
    pub(crate) tpm: Option<Lit<Tokens>>,
    /// The usage tier of your account, whose limits the catalogue knows.
    #[cfg_attr(test, schemars(with = "Option<Lit<String>>"))]
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
    pub(crate) shape: Option<Lit<Shape>>,
    /// The slots of a template, `{{name}}`, with the size of each.
    pub(crate) slots: BTreeMap<String, SlotTable>,
    /// Values of all slots: a JSON array or JSON lines of objects whose keys are the slots.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) samples: Option<Spanned<String>>,
    /// What its calls have of their own.
    pub(crate) call: CallTable,
    /// Budgets of its own.
    pub(crate) budget: BudgetTable,
}

impl File {
    /// Reads the file.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] with line and column: what is no TOML, an unknown key with the nearest known
    /// one, and a value that the flag of the same name would refuse.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|e: toml::de::Error| {
            let message = e.message().trim();
            let (message, hint) = message.split_once("\nhint: ").unwrap_or((message, ""));
            let error = Error::new(ErrorKind::Malformed, sentence(message))
                .at(Position::of(text, e.span().map_or(0, |span| span.start)));
            match (hint, suggestion(message)) {
                ("", Some(near)) => error.hint(format!("did you mean `{near}`?")),
                ("", None) => error.hint("`outlay init -o -` prints a commented one"),
                (hint, _) => error.hint(hint),
            }
        })
    }
}

/// The parser's message without its list of every key.
fn sentence(message: &str) -> String {
    let message = message.replace('\n', ", ");
    match message.split_once(", expected one of") {
        Some((start, _)) if start.starts_with("unknown field") => {
            start.replace("unknown field", "there is no key")
        }
        _ => message,
    }
}

/// The known key that is nearest to an unknown one.
fn suggestion(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = quoted.next().filter(|_| message.starts_with("unknown field"))?;
    quoted
        .map(|known| (strsim::jaro_winkler(unknown, known), known))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known.to_owned())
}

impl CallTable {
    /// This table, and what it leaves open from a more general one. A law of completions replaces a
    /// whole law.
    pub(crate) fn over(&self, general: &Self) -> Self {
        let own = self.clone();
        let declares = own.completion_tokens.is_some()
            || own.reasoning.is_some()
            || own.visible.is_some()
            || own.profile.is_some();
        let law = if declares { &own } else { general };
        Self {
            completion_tokens: law.completion_tokens.clone(),
            reasoning: law.reasoning.clone(),
            visible: law.visible.clone(),
            profile: law.profile.clone(),
            model: own.model.or_else(|| general.model.clone()),
            calls: own.calls.or_else(|| general.calls.clone()),
            max_completion_tokens: own
                .max_completion_tokens
                .or_else(|| general.max_completion_tokens.clone()),
            cached: own.cached.or_else(|| general.cached.clone()),
            tier: own.tier.or_else(|| general.tier.clone()),
            reserve: own.reserve.or_else(|| general.reserve.clone()),
            risk: own.risk.or_else(|| general.risk.clone()),
        }
    }

    /// The keys that are set and the bytes of their values.
    pub(crate) fn entries(&self) -> Vec<(&'static str, Range<usize>)> {
        fn at<T>(value: Option<&Spanned<T>>) -> Option<Range<usize>> {
            value.map(Spanned::span)
        }
        let entries = [
            ("model", at(self.model.as_ref())),
            ("calls", at(self.calls.as_ref())),
            ("completion_tokens", at(self.completion_tokens.as_ref())),
            ("reasoning", at(self.reasoning.as_ref())),
            ("visible", at(self.visible.as_ref())),
            ("profile", at(self.profile.as_ref())),
            ("max_completion_tokens", at(self.max_completion_tokens.as_ref())),
            ("cached", at(self.cached.as_ref())),
            ("tier", at(self.tier.as_ref())),
            ("reserve", at(self.reserve.as_ref())),
            ("risk", at(self.risk.as_ref())),
        ];
        entries.into_iter().filter_map(|(key, span)| Some((key, span?))).collect()
    }
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
