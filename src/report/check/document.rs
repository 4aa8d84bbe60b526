//! The answer of `outlay check`.

use super::result::{BudgetRow, CheckResult};
use super::total::{CheckTotal, Told};
use crate::budget::{ChangeStatus, Drift, Quantity};
use crate::gate::Verdict;
use crate::report::answer::{Answer, Report, RowAnswer, ShownRows};
use crate::report::diagnostic::{Diagnostic, DiagnosticKind, Severity};
use crate::report::document::{Document, DocumentBlock, Emphasis, Table};
use crate::units::{Money, grouped, plural};

impl Answer for CheckResult {
    const COMMAND: &'static str = "check";
    const HEADING: &'static str = "Prompt budgets";
    const COLUMNS: &'static [&'static str] = &[
        "prompt",
        "input",
        "model",
        "name",
        "of",
        "unit",
        "limit",
        "measured",
        "margin",
        "before",
        "verdict",
        "standing",
        "level",
        "tolerance",
        "tolerated",
        "message",
        "help",
        "file",
        "line",
        "column",
        "declared_in.{file,line,column}",
    ];
    type Total = CheckTotal;

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let rows = rows(report);
        let Some(total) = &report.total else { return document };
        headline(&mut document, total);
        document.title(title(report, total));
        for row in rows.iter().filter(|row| row.budget.verdict > Verdict::Pass).take(REMARKS) {
            document.diagnostic(row.remark());
        }
        if !rows.is_empty() {
            document.table(table(&rows, SHOWN, total.told.has_several_models()));
            let drawn = rows.iter().map(|row| (row.budget, row.subject()));
            let Told { met, measured, .. } = total.told;
            BudgetRow::add_chart(drawn, (met, measured), &mut document);
        }
        for assumption in total.told.notes() {
            document.note(assumption);
        }
        if let Some(left) = total.budgets.checked_sub(SHOWN).filter(|left| *left > 0) {
            document.line(
                Emphasis::Muted,
                format!("{} more in the other formats", plural(left, "budget")),
            );
        }
        for line in drift_lines(total) {
            document.line(Emphasis::Plain, line);
        }
        document.line(tone(report, total), sentence(report, total));
        document
    }

    fn comment(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let rows = rows(report);
        document.blocks.push(DocumentBlock::Tag("outlay-check"));
        let Some(total) = &report.total else { return document };
        if let Some(change) = change(total) {
            document.title(format!("Prompt budgets: {change}"));
        } else {
            document.title(format!("Prompt budgets: {}", title(report, total)));
        }
        document.line(tone(report, total), sentence(report, total));
        for problem in &report.errors {
            document.diagnostic(Diagnostic::from(problem));
        }
        if total.base.is_some() {
            document.table(changes(&report.results, total));
        }
        for line in drift_lines(total) {
            document.line(Emphasis::Plain, line);
        }
        for row in rows.iter().filter(|row| row.budget.verdict > Verdict::Pass) {
            document.diagnostic(row.remark());
        }
        let told: Vec<ToldRow<'_>> = rows.iter().filter(|row| row.is_news()).copied().collect();
        let mut details = Document::default();
        if !told.is_empty() && told.len() < rows.len() {
            details.table(table(&told, usize::MAX, have_several_models(&told)));
        }
        details.table(table(&rows, usize::MAX, have_several_models(&rows)));
        for assumption in total.told.notes() {
            details.note(assumption);
        }
        details.line(Emphasis::Muted, provenance(report, total));
        let title = format!("All {} and what was assumed", plural(total.budgets, "budget"));
        document.blocks.push(DocumentBlock::Fold(title, details));
        document
    }

    fn diagnostics(report: &Report<Self>) -> Option<Vec<Diagnostic>> {
        Some(rows(report).iter().map(ToldRow::remark).collect())
    }

    fn records(report: &Report<Self>) -> serde_json::Result<Vec<serde_json::Value>> {
        let record = |row: &ToldRow<'_>| {
            let mut record = serde_json::to_value(row.budget)?;
            record["prompt"] = row.prompt.into();
            record["input"] = row.input.into();
            record["model"] = row.model.into();
            Ok(record)
        };
        rows(report).iter().map(record).collect()
    }
}

impl RowAnswer for CheckResult {
    /// Their worst budgets are those that a table and a picture show.
    const SHOWN: ShownRows = ShownRows::Largest(100);
    const GROWS_AS_CSV: bool = false;

    fn input(&self) -> Option<&str> {
        Some(&self.input)
    }

    /// Its worst budget: by verdict, then by the share that is used.
    fn size(&self) -> i128 {
        let size = |row: &BudgetRow| {
            // Shares in their total order are integers in theirs, where those below zero are turned around.
            let bits = row.used.to_bits().cast_signed();
            let used = if bits < 0 { bits ^ i64::MAX } else { bits };
            ((row.verdict as i128) << 66) + i128::from(used) + (1 << 65)
        };
        self.budgets.iter().map(size).max().unwrap_or(0)
    }

    /// Those of all are in the total.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Remarks and rows that a terminal shows; the other formats have them all.
const REMARKS: usize = 20;
const SHOWN: usize = 40;

/// A budget, and what it is a budget of.
#[derive(Clone, Copy)]
struct ToldRow<'a> {
    budget: &'a BudgetRow,
    prompt: &'a str,
    input: &'a str,
    model: &'a str,
    result: Option<&'a CheckResult>,
    /// Whether there is something to compare with.
    has_base: bool,
}

impl ToldRow<'_> {
    fn remark(&self) -> Diagnostic {
        let budget = self.budget;
        let subject = self.subject();
        let severity = match budget.verdict {
            Verdict::Pass => Severity::Pass,
            Verdict::Warn => Severity::Warn,
            Verdict::Fail => Severity::Fail,
        };
        Diagnostic {
            kind: DiagnosticKind {
                id: budget.name,
                summary: budget.subject,
                explanation: explain(budget.name),
            },
            severity,
            message: budget.message.clone(),
            help: budget.help.iter().cloned().collect(),
            annotations: budget.annotations.to_vec(),
            subject,
        }
    }

    fn subject(&self) -> String {
        self.result.map_or_else(|| "all prompts".to_owned(), CheckResult::subject)
    }

    /// Whether a reader of a change must see it: it is not met, or the change moved it.
    fn is_news(&self) -> bool {
        let budget = self.budget;
        let moved = budget.before.is_some() && budget.before != budget.measured;
        budget.verdict > Verdict::Pass || moved || budget.standing == Some(ChangeStatus::Fixed)
    }
}

/// Every budget, the worst first.
fn rows(report: &Report<CheckResult>) -> Vec<ToldRow<'_>> {
    let has_base = report.total.as_ref().is_some_and(|total| total.base.is_some());
    let own = report.results.iter().flat_map(|result| {
        result.budgets.iter().map(move |budget| ToldRow {
            budget,
            prompt: &result.prompt,
            input: &result.input,
            model: &result.model,
            result: Some(result),
            has_base,
        })
    });
    let totals = report.total.iter().flat_map(|total| {
        total.total_budgets.iter().map(|budget| ToldRow {
            budget,
            prompt: "total",
            input: &total.config,
            model: "",
            result: None,
            has_base,
        })
    });
    let mut rows: Vec<_> = own.chain(totals).collect();
    rows.sort_by(|a, b| {
        let (a, b) = (a.budget, b.budget);
        b.verdict.cmp(&a.verdict).then(b.used.total_cmp(&a.used))
    });
    rows
}

/// The configuration, the model where there is one, and the day.
fn title(report: &Report<CheckResult>, total: &CheckTotal) -> String {
    let model = total.told.only_model().map(|model| format!(" · {model}")).unwrap_or_default();
    let base = total.base.as_ref().map(|base| format!(" · compared with {}", base.name));
    format!("{}{model} · prices of {}{}", total.config, report.as_of, base.unwrap_or_default())
}

fn have_several_models(rows: &[ToldRow<'_>]) -> bool {
    let mut models = rows.iter().map(|row| row.model).filter(|model| !model.is_empty());
    let first = models.next();
    models.any(|model| Some(model) != first)
}

fn table(rows: &[ToldRow<'_>], shown: usize, several: bool) -> Table {
    let mut table = Table::default()
        .texts(["", "budget"])
        .numbers(["limit", "measured", "margin", "on the base"])
        .texts(["since", "model"])
        .paths(["input"]);
    for row in rows.iter().take(shown) {
        let budget = row.budget;
        let text = |quantity: Option<Quantity>| quantity.map(|q| q.to_string()).unwrap_or_default();
        let since = match budget.standing {
            Some(standing) => standing.name().to_owned(),
            None if budget.measured.is_none() && row.has_base => "new prompt".to_owned(),
            None if budget.measured.is_none() => "no base".to_owned(),
            None => String::new(),
        };
        table.row([
            budget.verdict.to_string(),
            budget.label(),
            budget.limit.to_string(),
            text(budget.measured),
            text(budget.margin),
            text(budget.before),
            since,
            if several { row.model.to_owned() } else { String::new() },
            row.input.to_owned(),
        ]);
    }
    let narrow = table.only(&["", "budget", "limit", "measured", "since", "input"]);
    Table { narrow: Some(Box::new(narrow)), ..table }
}

/// How many budgets are met, in one figure, and what the change costs.
fn headline(document: &mut Document, total: &CheckTotal) {
    let exceeded = total.fail + total.warn;
    let (count, what) = match exceeded {
        0 => (total.budgets, "budgets met"),
        _ => (exceeded, "budgets exceeded"),
    };
    let month = total.monthly_cost_usd.as_ref().and_then(|costs| costs.expected);
    let change = change(total)
        .or_else(|| month.map(|month| format!("{} a month expected", month.for_people())));
    document.headline(
        format!("{} of {}", grouped(count), grouped(total.budgets)),
        what,
        change.unwrap_or_default(),
    );
}

fn tone(report: &Report<CheckResult>, total: &CheckTotal) -> Emphasis {
    if total.fail > 0 || !report.errors.is_empty() {
        Emphasis::Bad
    } else if total.warn > 0 {
        Emphasis::Caution
    } else {
        Emphasis::Good
    }
}

/// The one sentence that says how it stands.
fn sentence(report: &Report<CheckResult>, total: &CheckTotal) -> String {
    let budgets = plural(total.budgets, "budget");
    let prompts = plural(total.prompts, "prompt");
    let unanswered = match report.errors.len() {
        0 => String::new(),
        n => format!("{} cannot be measured; ", plural(n, "input")),
    };
    let owing = |wanted: &[ChangeStatus]| total.told.owing(wanted);
    let parts = [
        (owing(&[ChangeStatus::New, ChangeStatus::Worse]), "by this change"),
        (owing(&[ChangeStatus::Known]), "on the base already"),
        (owing(&[ChangeStatus::Price]), "by prices alone"),
    ];
    let told: Vec<_> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, how)| format!("{} {how}", grouped(*n)))
        .collect();
    let since = if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) };
    let exceeded = total.fail + total.warn;
    match exceeded {
        0 if total.budgets == 0 && !unanswered.is_empty() => {
            unanswered.trim_end_matches("; ").to_owned()
        }
        0 if !unanswered.is_empty() => {
            format!("{unanswered}the other {budgets} of {prompts} are met")
        }
        0 => format!("{unanswered}{budgets} of {prompts}: all met"),
        _ => format!(
            "{unanswered}{} of {budgets} of {prompts} exceeded{since}: {} fail, {} warn",
            grouped(exceeded),
            grouped(total.fail),
            grouped(total.warn)
        ),
    }
}

fn signed(money: Money) -> String {
    let sign = if money > Money::ZERO { "+" } else { "" };
    format!("{sign}{}", money.in_detail())
}

/// A growth as a share: `+12 %`; nothing where there was nothing.
fn growth(then: Money, now: Money) -> String {
    if then <= Money::ZERO {
        return String::new();
    }
    let share = 100.0 * (now.as_f64() / then.as_f64() - 1.0);
    if share.abs() < 0.05 { "0 %".to_owned() } else { format!("{share:+.1} %") }
}

/// What the change does to the costs, in a line: `+$31.00 a month (+12.0 %), gpt-5 → gpt-6-luna`.
fn change(total: &CheckTotal) -> Option<String> {
    let (drift, of) = match (&total.monthly_drift, &total.drift) {
        (Some(drift), _) => (drift, "a month"),
        (None, Some(drift)) => (drift, "for one call of each"),
        (None, None) => return None,
    };
    let grown = growth(drift.then_usd, drift.now_usd);
    let grown = if grown.is_empty() { grown } else { format!(" ({grown})") };
    let mut line = format!("{} {of}{grown}", signed(drift.now_usd - drift.then_usd));
    for pair in &total.told.model_changes {
        line += &format!(", {pair}");
    }
    Some(line)
}

/// A row for every prompt: its cost before and now, and how its budgets are met.
fn changes(results: &[CheckResult], total: &CheckTotal) -> Table {
    let monthly = results.iter().any(|result| result.monthly_cost_usd.is_some());
    let of = if monthly { "a month" } else { "a call" };
    let mut table = Table::default()
        .texts(["", "prompt"])
        .numbers(["before".to_owned(), format!("now, {of}"), "change".to_owned(), String::new()])
        .texts(["model"]);
    for result in results {
        let drift = if monthly { &result.monthly_drift } else { &result.drift };
        let costs = if monthly { result.monthly_cost_usd.as_ref() } else { Some(&result.cost_usd) };
        let now = costs.and_then(|costs| costs.expected.or(costs.worst_case));
        let worst = result.budgets.iter().map(|budget| budget.verdict).max();
        let sign = match worst {
            Some(Verdict::Fail) => "✗ fail",
            Some(Verdict::Warn) => "! warn",
            _ => "✓",
        };
        let before = drift.map(|drift| drift.then_usd);
        let model = match &result.before_model {
            Some(before) => format!("{before} → {}", result.model),
            None => result.model.clone(),
        };
        let change = before.zip(now).map(|(then, now)| signed(now - then));
        table.row([
            sign.to_owned(),
            result.prompt.clone(),
            before.map_or("new".to_owned(), Money::in_detail),
            now.map(Money::in_detail).unwrap_or_default(),
            change.unwrap_or_default(),
            before.zip(now).map(|(then, now)| growth(then, now)).unwrap_or_default(),
            model,
        ]);
    }
    if total.told.only_model().is_some() && total.told.model_changes.is_empty() {
        for row in &mut table.rows {
            if let Some(model) = row.cells.last_mut() {
                model.clear();
            }
        }
    }
    table
}

/// What became of the costs since the base.
fn drift_lines(total: &CheckTotal) -> Vec<String> {
    let pairs = &total.told.model_changes;
    let line = |drift: &Drift, what: &str| {
        let change = drift.now_usd - drift.then_usd;
        let parts = match (drift.prompt_drift_usd, drift.model_drift_usd, drift.price_drift_usd) {
            (Some(prompts), Some(model), Some(prices)) => {
                let model = if pairs.is_empty() && model == Money::ZERO {
                    String::new()
                } else {
                    format!(", model {}", signed(model))
                };
                format!(": prompts {}{model}, prices {}", signed(prompts), signed(prices))
            }
            _ => String::new(),
        };
        format!(
            "{what}: {} on the base, {} now, {}{parts}",
            drift.then_usd.in_detail(),
            drift.now_usd.in_detail(),
            signed(change)
        )
    };
    let of = |drift: &Drift| drift.of.replace('_', " ");
    let mut lines = Vec::new();
    if let Some(drift) = &total.monthly_drift {
        lines.push(line(drift, &format!("{} cost of a month", of(drift))));
    } else if let Some(drift) = &total.drift {
        lines.push(line(drift, &format!("{} cost of one call of each", of(drift))));
    }
    if !pairs.is_empty() {
        let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
        lines.insert(0, format!("model changed: {}", pairs.join(", ")));
    }
    if let Some(base) = total.base.as_ref().filter(|base| !base.renamed.is_empty()) {
        lines.push(format!("renamed: {}", base.renamed.join(", ")));
    }
    if let Some(base) = total.base.as_ref().filter(|base| !base.removed.is_empty()) {
        lines.push(format!("no longer declared: {}", base.removed.join(", ")));
    }
    lines
}

fn provenance(report: &Report<CheckResult>, total: &CheckTotal) -> String {
    let now = format!("prices of {}, catalogue {}", report.as_of, report.catalog.digest);
    match &total.base {
        None => now,
        Some(base) => {
            let same = if base.same_catalog { "the same catalogue" } else { &base.catalog_digest };
            format!("{now}; compared with {}: prices of {}, {same}", base.name, base.as_of)
        }
    }
}

/// What a budget is for.
fn explain(name: &str) -> &'static str {
    match name {
        "max_prompt_tokens" => {
            "The prompt tokens of a call, at their high end. Cut the prompt, or raise the budget on purpose."
        }
        "min_room" => {
            "What fits after the prompt: the smaller of the model's output cap and what the prompt leaves of the window."
        }
        "max_length_risk" => {
            "The probability that the answer is cut off at the cap that is sent, or at the recommended one."
        }
        "max_cost_per_call" => "The cost of a call: expected, p95 or worst case.",
        "max_monthly_cost" => "The cost of the calls that are declared for a month.",
        _ => {
            "Growth since the base at equal prices: of the prompt tokens or of the expected cost of a call, whichever is larger."
        }
    }
}
