//! The verdict of `check`: every budget judged, and reported.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::budget::BaseComparison;
use crate::cli::commands::check::base::Against;
use crate::cli::commands::check::evaluate::Check;
use crate::cli::commands::check::measurement::{Measured, Measurement};
use crate::cli::config::resolve::Config;
use crate::cli::exit_status::ExitStatus;
use crate::cli::output::{self, Answered};
use crate::cli::rows::RowOutput;
use crate::cli::settings::Settings;
use crate::gate::Verdict;
use crate::report::{CheckSum, ComparedBase, Format};
use crate::workload::lifecycle_warnings;
use crate::{Error, ErrorKind};

/// The forms that name every prompt that has budgets, for people or for CI.
const FORMS_OF_ALL: [Format; 7] = [
    Format::Markdown,
    Format::Summary,
    Format::Slack,
    Format::Github,
    Format::Gitlab,
    Format::Junit,
    Format::Sarif,
];

/// Judges every budget, and reports. `files` are those to check, where some are named; `exit_zero` lets a budget
/// that is exceeded end in success.
pub(crate) fn check(
    config: &Config,
    mut now: Measurement,
    against: Option<&Against>,
    files: Option<&BTreeSet<PathBuf>>,
    exit_zero: bool,
    settings: &Settings,
) -> anyhow::Result<ExitStatus> {
    let mut errors = std::mem::take(&mut now.errors);
    let mut warnings = std::mem::take(&mut now.warnings);
    let base = against.map(|against| &against.baseline);
    let prices = now.prices_with(base);
    let current = now.prompts.iter().map(Measured::current).collect();
    let comparison = BaseComparison::new(current, base, &prices, files.is_none());
    let check = Check {
        config,
        now: &now,
        against,
        is_whole: files.is_none(),
        prices: &prices,
        comparison,
    };
    let mut output = RowOutput::begin(settings, FORMS_OF_ALL.iter().any(|f| settings.writes(*f)))?;
    let (forms, mut sum) = (output.forms(), CheckSum::default());
    check.each(&mut errors, |result| {
        sum.add(&result);
        output.push(forms.write(result));
    });
    let total_budgets = check.total_budgets().unwrap_or_else(|error| {
        errors.push(error);
        Vec::new()
    });
    if sum.budgets() + total_budgets.len() == 0 && errors.is_empty() {
        if check.is_whole {
            let message = "no budget is declared, so that nothing is checked";
            let error = Error::new(ErrorKind::Usage, message).in_source(&config.name);
            errors.push(error.hint("add one, such as max_prompt_tokens = \"8k\" under [budget]"));
        } else {
            warnings.push("none of these files is a prompt of the configuration".to_owned());
        }
    }
    output::problems(&errors, settings);
    warnings.extend(against.and_then(|against| against.warning.clone()));
    if against.is_none() && sum.has_unjudged_growth() {
        warnings.push(
            "`max_increase` is not judged, because there is nothing to compare with: name a base with \
             --base REF, or write base = \"origin/main\" in outlay.toml"
                .to_owned(),
        );
    }
    let models = now.prompts.iter();
    let models = models.filter_map(|prompt| settings.catalog.get(&prompt.kept.model));
    warnings.extend(lifecycle_warnings(&settings.catalog, models, settings.as_of));
    let comparison = &check.comparison;
    let base = against.map(|against| {
        let digest = now.catalog.digest();
        ComparedBase::of(&against.name, &against.baseline, &digest, comparison)
    });
    let total = sum.finish(&config.name, total_budgets, comparison, base);
    let worst = if total.fail > 0 && !exit_zero { Verdict::Fail } else { Verdict::Pass };
    let beside = Answered::new(Vec::new(), errors, warnings);
    output.finish(Answered { total: Some(total), verdict: worst, ..beside })
}
