//! The first budgets of a project: what its prompts come to today, and half as much again.

use crate::Error;
use crate::budget::Bound;
use crate::cli::commands::check;
use crate::cli::config::file::TEMPLATE;
use crate::cli::config::resolve::Config;
use crate::cli::input::source_tree::{Reach, Tree};
use crate::cli::settings::Settings;
use crate::units::{Money, Tokens};

/// What in the template is replaced.
const MODEL: &str = "model = \"o1-mini\"";
const PROMPT: &str = "max_prompt_tokens = \"8k\"";
const CALL: &str = "max_cost_per_call = \"0.50\"";
const MONTH: &str = "max_monthly_cost = \"5000\"";
const PATHS: &str = "paths = [\"prompts/\"]";

/// How far a budget is above what is measured today.
const HEADROOM: f64 = 1.5;

/// What prompts come to today.
pub(super) struct Today {
    /// How many prompts.
    pub(super) prompts: usize,
    /// The largest.
    pub(super) tokens: Tokens,
    /// The most that a call costs; null when nothing is expected of a completion.
    pub(super) call: Option<Money>,
    /// What the calls of a month cost together.
    pub(super) month: Option<Money>,
    /// What could not be measured.
    pub(super) errors: Vec<Error>,
}

impl Today {
    /// Measures the prompts as the configuration has them.
    pub(super) fn measure(text: &str, settings: &Settings) -> Result<Self, Error> {
        let config = Config::parse("outlay.toml".to_owned(), text.to_owned())?;
        let found = check::measure(&config, &Tree::Disk(Reach::Repository), settings, None);
        let prices = found.prices_with(None);
        let sizes = || found.prompts.iter().map(|prompt| &prompt.kept);
        let call = |kept: &crate::budget::BaselineEntry| {
            kept.size.cost(prices.get(&kept.model)?, Bound::Expected)
        };
        let month = |kept: &crate::budget::BaselineEntry| {
            kept.size.monthly_cost(prices.get(&kept.model)?, Bound::Expected)
        };
        Ok(Self {
            prompts: found.prompts.len(),
            tokens: sizes().map(|kept| kept.size.prompt_tokens.high).max().unwrap_or_default(),
            call: sizes()
                .map(call)
                .collect::<Option<Vec<_>>>()
                .and_then(|all| all.into_iter().max()),
            month: sizes().map(month).sum(),
            errors: found.errors,
        })
    }
}

/// The budgets that a new gate enforces.
pub(super) struct FirstBudgets {
    pub(super) tokens: String,
    pub(super) call: String,
    pub(super) month: String,
}

impl FirstBudgets {
    /// Half as much again as today, in round figures. Where nothing is known the template's own stay.
    pub(super) fn over(today: &Today) -> Self {
        let money = |money: Option<Money>, or: &str| match money {
            Some(money) if money > Money::ZERO => rounded_up(money.as_f64() * HEADROOM),
            _ => or.to_owned(),
        };
        let tokens = today.tokens.as_f64() * HEADROOM;
        Self {
            tokens: rounded_up(tokens.max(1_000.0)),
            call: money(today.call, "0.50"),
            month: money(today.month, "5000"),
        }
    }

    /// The template with these budgets.
    pub(super) fn write_into(&self, text: &str) -> String {
        text.replace(PROMPT, &format!("max_prompt_tokens = {}", self.tokens))
            .replace(CALL, &format!("max_cost_per_call = \"{}\"", self.call))
            .replace(MONTH, &format!("max_monthly_cost = \"{}\"", self.month))
    }
}

/// The template for these prompts and this model.
pub(super) fn template(paths: &[String], model: &str) -> String {
    let quoted: Vec<String> = paths.iter().map(|path| format!("\"{path}\"")).collect();
    TEMPLATE
        .replace(PATHS, &format!("paths = [{}]", quoted.join(", ")))
        .replace(MODEL, &format!("model = \"{model}\""))
}

/// The next larger number with two digits that are not 0, without an exponent.
fn rounded_up(amount: f64) -> String {
    let step = 10_f64.powf(amount.log10().floor() - 1.0);
    let rounded = (amount / step - 1e-9).ceil() * step;
    let decimals = if step < 1.0 { (-step.log10()).ceil().clamp(0.0, 12.0) } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 12")]
    let decimals = decimals as usize;
    format!("{rounded:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_has_every_place_that_is_filled() {
        for place in [MODEL, PROMPT, CALL, MONTH, PATHS] {
            assert_eq!(TEMPLATE.matches(&format!("\n{place}")).count(), 1, "{place}");
        }
    }

    #[test]
    fn budgets_are_round_and_never_below_what_they_are_made_from() {
        for (amount, text) in [
            (0.001_234, "0.0013"),
            (0.05, "0.050"),
            (9.91, "10.0"),
            (1_234.5, "1300"),
            (1_000.0, "1000"),
        ] {
            let rounded = rounded_up(amount);
            assert_eq!(rounded, text);
            assert!(rounded.parse::<f64>().unwrap() >= amount * 0.999_999);
        }
    }
}
