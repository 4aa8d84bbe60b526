//! `outlay estimate` for people.

use std::cmp::Reverse;

use super::result::{CostInterval, EstimateResult};
use super::tiers::{add_savings, add_tiers, calls_of};
use super::total::{EstimateTotal, Told};
use crate::billing::CostKind;
use crate::catalog::Tier;
use crate::forecast::Range;
use crate::report::answer::{Answer, Report, RowAnswer, ShownRows};
use crate::report::count::CountError;
use crate::report::dataset::{DatasetSpread, RowFigures};
use crate::report::document::{Document, DocumentBlock, Emphasis, MOST_ROWS, Table};
use crate::report::widget::Widget;
use crate::units::{CallVolume, Money, Tokens, grouped};
use crate::workload::ProfileSummary;

impl Answer for EstimateResult {
    const COMMAND: &'static str = "estimate";
    const HEADING: &'static str = "What it costs";
    const COLUMNS: &'static [&'static str] = &[
        "input",
        "model",
        "effort",
        "thinking_budget",
        "fidelity",
        CountError::COLUMNS,
        "tier",
        "prompt_tokens",
        "prompt_tokens_range.low",
        "prompt_tokens_range.mean",
        "prompt_tokens_range.high",
        "cached_tokens",
        "completion_tokens.{expected,p5,p95,worst_case}",
        "cost_usd.{expected,p5,p95,worst_case}",
        "cost_usd_range.{low,mean,high}",
        "lines",
        "calls",
        "period",
        "calls_cost_usd.{expected,p5,p95,worst_case}",
        ProfileSummary::COLUMNS,
        "price.{from,source}",
        "assumptions",
        "cache_write_tokens",
        "template",
        "request.{effort,thinking_budget,tool_choice,cache_marks,written_tokens,choices}",
        "tiers",
        "savings",
    ];
    type Total = EstimateTotal;

    fn model(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn row(&self) -> Option<RowFigures<'_>> {
        Some(RowFigures {
            template: self.template.as_deref()?,
            model: &self.model,
            prompt_tokens: self.prompt_tokens,
            cost_usd: self.cost_usd.expected,
            worst_case_cost_usd: Some(self.cost_usd.worst_case),
        })
    }

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let total = report.total.as_ref();
        // Of many results a terminal has the dearest alone.
        let several = total.is_some_and(|total| total.results > 1);
        match report.results.as_slice() {
            [] => {}
            [result] if !several => single(&mut document, report, result),
            results => {
                let told = total.map_or_else(|| Told::of(results), |total| total.told.clone());
                headline_of_all(&mut document, &told, total);
                many(&mut document, results, (&told, total), &report.widgets);
                match total {
                    Some(total) => {
                        let sum = sum_of_all(&told, total);
                        report.conclude(&mut document, Emphasis::Good, sum);
                    }
                    None => report.name_retired(&mut document),
                }
            }
        }
        DatasetSpread::add_tables(&report.datasets, &mut document);
        document
    }
}

impl RowAnswer for EstimateResult {
    const SHOWN: ShownRows = ShownRows::LargestInTerminal(MOST_ROWS);

    fn input(&self) -> Option<&str> {
        self.input.as_deref()
    }

    fn size(&self) -> i128 {
        let cost = &self.calls_cost_usd;
        cost.expected.unwrap_or(cost.worst_case).picodollars()
    }

    /// Those of all are in the sum.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

fn single(document: &mut Document, report: &Report<EstimateResult>, result: &EstimateResult) {
    let input = result.input.as_deref().unwrap_or("declared amounts");
    let tier = if result.tier == Tier::Standard {
        String::new()
    } else {
        format!(" · {} tier", result.tier)
    };
    let model = report.heading_of(&result.name);
    headline(document, result);
    document.title(format!("{input} · {model}{tier} · prices since {}", result.price.from));

    let mut bill = Table::default().texts([""]).numbers(["tokens", "$ per 1M", "cost of a call"]);
    let of = if result.cost_usd.expected.is_some() { "" } else { ", worst case" };
    for line in &result.lines {
        let kind = match line.kind {
            CostKind::Output => format!("output{of}"),
            kind => kind.label().to_owned(),
        };
        let [tokens, rate] = match line.kind {
            CostKind::Fees => [String::new(), String::new()],
            _ => [line.tokens.to_string(), line.usd_per_mtok.for_people()],
        };
        bill.row([kind, tokens, rate, line.cost_usd.for_people()]);
    }
    document.table(bill);

    let volume = CallVolume { calls: result.calls, period: result.period };
    let of_all = if result.calls == 1 { String::new() } else { volume.to_string() };
    let mut range =
        Table::default().texts([""]).numbers(["completion", "a call"]).numbers([of_all]);
    let mut row = |label: &str, tokens: Option<Tokens>, call: Option<Money>, all: Option<Money>| {
        if let (Some(tokens), Some(call), Some(all)) = (tokens, call, all) {
            let all = if result.calls == 1 { String::new() } else { all.for_people() };
            range.row([label.to_owned(), tokens.to_string(), call.for_people(), all]);
        }
    };
    let (tokens, call, all) = (&result.completion_tokens, &result.cost_usd, &result.calls_cost_usd);
    row("expected", tokens.expected, call.expected, all.expected);
    row("p5", tokens.p5, call.p5, all.p5);
    row("p95", tokens.p95, call.p95, all.p95);
    row("worst case", Some(tokens.worst_case), Some(call.worst_case), Some(all.worst_case));
    document.table(range);
    add_tiers(document, &result.tiers, result.tier, "a call", volume);
    result.add_chart(document);
    document.blocks.extend(report.widgets.iter().cloned().map(DocumentBlock::Widget));

    for assumption in &result.assumptions {
        document.note(assumption);
    }
    if let (Some(tokens), Some(cost)) = (result.prompt_tokens_range, result.cost_usd_range) {
        document.line(
            Emphasis::Caution,
            format!(
                "{} to {} prompt tokens, {} on average: {} to {} a call, {} on average",
                tokens.low,
                tokens.high,
                tokens.mean,
                cost.low.for_people(),
                cost.high.for_people(),
                cost.mean.for_people()
            ),
        );
    }
    add_savings(document, &result.savings, result.tier, volume);
    report.conclude(document, Emphasis::Good, conclusion(volume, call, all));
}

/// The cost of all calls in one figure, and how sure it is.
fn headline(document: &mut Document, result: &EstimateResult) {
    let volume = CallVolume { calls: result.calls, period: result.period };
    let all = &result.calls_cost_usd;
    let of = match (result.calls, result.period) {
        (1, None) => "a call".to_owned(),
        (_, None) => format!("for {}", calls_of(volume)),
        (_, Some(period)) => {
            let calls = CallVolume { period: None, ..volume };
            format!("a {period} for {calls} calls")
        }
    };
    let figure = all.expected.unwrap_or(all.worst_case).for_people();
    let (figure, of) = match all.expected {
        Some(_) => (figure, of),
        None => (figure, format!("at most, {of}")),
    };
    let change = match (all.expected, all.p5, all.p95) {
        (Some(_), Some(p5), Some(p95)) if p5 < p95 => format!(
            "{} to {} in nine of ten cases, at most {}",
            p5.for_people(),
            p95.for_people(),
            all.worst_case.for_people()
        ),
        (Some(_), ..) => format!("at most {}", all.worst_case.for_people()),
        (None, ..) => "what is expected is not known".to_owned(),
    };
    document.headline(figure, format!("{of} with {}", result.name), change);
}

/// The cost of all calls of several inputs in one figure.
fn headline_of_all(document: &mut Document, told: &Told, total: Option<&EstimateTotal>) {
    let Some(total) = total else { return };
    let all = &total.calls_cost_usd;
    let figure = all.expected.unwrap_or(all.worst_case).for_people();
    let model = told.first.as_ref().filter(|_| told.same_model);
    let with = model.map(|first| format!(" with {}", first.name)).unwrap_or_default();
    let most = if all.expected.is_some() { "" } else { "at most, " };
    let of = format!("{most}for {}{with}", calls_of_all(told));
    let change = match (all.expected, all.interval()) {
        (Some(_), Some(range)) if range.p5 < range.p95 => format!(
            "{} to {} in nine of ten cases, at most {}",
            range.p5.for_people(),
            range.p95.for_people(),
            all.worst_case.for_people()
        ),
        (Some(_), _) => format!("at most {}", all.worst_case.for_people()),
        (None, _) => "what is expected is not known".to_owned(),
    };
    document.headline(figure, of, change);
}

/// How many calls of how many inputs.
fn calls_of_all(told: &Told) -> String {
    let calls = match told.volume() {
        Some(volume) => calls_of(volume),
        None => "all calls".to_owned(),
    };
    format!("{calls} of {} inputs", grouped(told.results))
}

fn conclusion(volume: CallVolume, call: &Range<Money>, all: &Range<Money>) -> String {
    let per_call = match call.expected {
        Some(expected) => format!(
            "{} a call{}, at most {}",
            expected.for_people(),
            in_brackets(call),
            call.worst_case.for_people()
        ),
        None => format!("at most {} a call", call.worst_case.for_people()),
    };
    if volume.calls == 1 {
        return per_call;
    }
    let calls = calls_of(volume);
    let worst = all.worst_case.for_people();
    match all.expected {
        Some(expected) => {
            let (sum, range) = (expected.for_people(), in_brackets(all));
            format!("{per_call}; {sum} for {calls}{range}, at most {worst}")
        }
        None => format!("{per_call}; at most {worst} for {calls}"),
    }
}

/// ` (p5-p95 $0.01 to $0.04)`, or nothing where both are the same.
fn in_brackets(range: &Range<Money>) -> String {
    let range = CostInterval::of(range).map(|range| range.for_people()).unwrap_or_default();
    if range.is_empty() { range } else { format!(" (p5-p95 {range})") }
}

/// One row for each input, the dearest where there are many, and their sum.
fn many(
    document: &mut Document,
    results: &[EstimateResult],
    (told, total): (&Told, Option<&EstimateTotal>),
    widgets: &[Widget],
) {
    let money = |money: Option<Money>| money.map(Money::for_people).unwrap_or_default();
    let of_all = |cost: &Range<Money>| cost.expected.unwrap_or(cost.worst_case);
    let range =
        |range: Option<CostInterval>| range.map(|range| range.for_people()).unwrap_or_default();
    let has_all = told.several_calls;
    let if_all = |text: String| if has_all { text } else { String::new() };
    // A sum is of more calls than each of its rows.
    let alike = told.first.as_ref().filter(|_| told.same_volume && total.is_none());
    let answer = match (has_all, alike) {
        (true, Some(first)) => first.volume.to_string(),
        (true, None) => "all calls".to_owned(),
        (false, _) => "worst case".to_owned(),
    };
    let mut table = Table::default()
        .numbers(["prompt", "completion", "expected", "p5-p95", "worst case"])
        .numbers([if_all(answer.clone()), if_all("p5-p95 of all".to_owned())])
        .texts(["model"])
        .paths(["input"]);
    let mut shown: Vec<&EstimateResult> = results.iter().collect();
    if told.results > MOST_ROWS {
        shown.sort_by_key(|result| Reverse(of_all(&result.calls_cost_usd)));
        document
            .line(Emphasis::Muted, format!("{} inputs, the dearest first", grouped(told.results)));
    }
    for result in shown {
        let completion = result.completion_tokens;
        table.row([
            result.prompt_tokens.to_string(),
            completion.expected.unwrap_or(completion.worst_case).to_string(),
            money(result.cost_usd.expected),
            range(CostInterval::of(&result.cost_usd)),
            result.cost_usd.worst_case.for_people(),
            if_all(of_all(&result.calls_cost_usd).for_people()),
            if_all(range(CostInterval::of(&result.calls_cost_usd))),
            result.name.clone(),
            result.input.clone().unwrap_or_default(),
        ]);
    }
    if let Some(total) = total {
        let all = &total.calls_cost_usd;
        table.strong_row([
            total.prompt_tokens.to_string(),
            String::new(),
            money(total.cost_usd.expected),
            range(total.cost_usd.interval()),
            total.cost_usd.worst_case.for_people(),
            if_all(all.expected.unwrap_or(all.worst_case).for_people()),
            if_all(range(all.interval())),
            String::new(),
            format!("total of {}", grouped(total.results)),
        ]);
    }
    let narrow = table.only(&["prompt", "expected", "p5-p95", &answer, "model", "input"]);
    let (narrow, left_out) = (Some(Box::new(narrow)), told.results.saturating_sub(results.len()));
    document.table(Table { narrow, is_long: true, left_out, ..table });
    let tier = told.first.as_ref().filter(|_| told.same_tier).map(|first| first.tier);
    let of_all = total.zip(tier).zip(told.volume());
    if let Some(((total, tier), volume)) = of_all {
        add_tiers(document, &total.tiers, tier, "one call each", volume);
    }
    EstimateResult::add_charts(results, told, document);
    document.blocks.extend(widgets.iter().cloned().map(DocumentBlock::Widget));
    for note in told.notes.told() {
        document.note(note);
    }
    if let Some(((total, tier), volume)) = of_all {
        add_savings(document, &total.savings, tier, volume);
    }
}

/// What all calls of all inputs cost together.
fn sum_of_all(told: &Told, total: &EstimateTotal) -> String {
    let all = &total.calls_cost_usd;
    let calls = calls_of_all(told);
    let worst = all.worst_case.for_people();
    match all.expected {
        Some(expected) => {
            let range = all.interval().map(|range| range.for_people()).unwrap_or_default();
            let range = if range.is_empty() { range } else { format!(" (p5-p95 {range})") };
            let sum = expected.for_people();
            format!("{sum} for {calls}{range}, at most {worst}")
        }
        None => format!("at most {worst} for {calls}"),
    }
}
