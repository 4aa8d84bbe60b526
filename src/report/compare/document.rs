//! `outlay compare` for people.

use super::result::{CompareResult, Priced};
use crate::catalog::Benchmark;
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, DocumentBlock, Emphasis, Table};
use crate::report::estimate::calls_of;
use crate::report::side_by_side::{SideBySide, distinct};
use crate::units::{CallVolume, Money, Probability, grouped};

impl Answer for CompareResult {
    const COMMAND: &'static str = "compare";
    const HEADING: &'static str = "Models side by side";
    const COLUMNS: &'static [&'static str] = &[
        "input",
        "model",
        "unit",
        "cannot",
        "offer.{fidelity,prompt_tokens,max_completion_tokens,completion_tokens.{expected,p5,p95,worst_case},prompt_cost_usd,cost_usd.{expected,p5,p95,worst_case},cost_per_usable_usd,length_risk,empty_risk,seconds.{expected,p95},calls_cost_usd,ratio_to_first,ratio_at_equal_tokens,break_even_tokens,break_even_success,profile.{name,model,task,tasks,n,censored,origin,from,to,confidence.{level,cap,needed_n,length_risk_upper}},price.{from,source}}",
        "calls",
        "period",
        "benchmarks",
        "assumptions",
    ];
    type Total = ();

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        for results in report.results.chunk_by(|a, b| a.input == b.input) {
            heading(&mut document, results);
            document.blocks.extend(report.widgets.iter().cloned().map(DocumentBlock::Widget));
            show(&mut document, results);
        }
        if let Some(results) = report.results.chunk_by(|a, b| a.input == b.input).next() {
            benchmarks(&mut document, results);
        }
        document.closing();
        for assumption in distinct(report.results.iter().flat_map(|result| &result.assumptions)) {
            document.line(Emphasis::Muted, assumption);
        }
        let profiles = || report.results.iter().filter_map(|r| r.offer.as_ref()?.profile.as_ref());
        if profiles().any(|profile| profiles().any(|other| other.name != profile.name)) {
            document.line(
                Emphasis::Caution,
                "each model is forecast from its own profile, and their tasks are not all the same: \
                 the figures at equal tokens compare prices alone",
            );
        }
        for result in &report.results {
            if let Some(why) = &result.cannot {
                document.line(Emphasis::Bad, format!("{} cannot do this: {why}", result.model));
            }
        }
        for results in report.results.chunk_by(|a, b| a.input == b.input) {
            if let Some(sentence) = sentence(results) {
                document.line(Emphasis::Good, sentence);
            }
        }
        document
    }
}

fn heading(document: &mut Document, results: &[CompareResult]) {
    let input = results[0].input.as_deref().unwrap_or("declared amounts");
    document.title(format!("{input} · cost of a {}", results[0].unit));
}

fn show(document: &mut Document, results: &[CompareResult]) {
    if results.iter().all(|result| result.offer.is_none()) {
        return;
    }
    let able = results.iter().filter(|result| result.offer.is_some());
    let mut table = SideBySide::new(&[""], able, |result: &CompareResult| result.model.as_str());
    let mut row = |label: &str, cell: &dyn Fn(&Priced) -> String| {
        table.row(label, |result| result.offer.as_ref().map(cell).unwrap_or_default());
    };
    let money = |money: Option<Money>| money.map(Money::for_people).unwrap_or_default();
    let risk = |risk: Option<Probability>, offer: &Priced| match (risk, &offer.profile) {
        (Some(risk), Some(profile)) if risk.get() <= 0.0 && offer.completion_tokens.is_some() => {
            format!("0 of {}", grouped(profile.n))
        }
        (Some(risk), _) => risk.to_string(),
        (None, _) => String::new(),
    };
    let times = |ratio: Option<f64>| ratio.map(|ratio| format!("{ratio:.2} ×")).unwrap_or_default();
    row("prompt", &|offer| offer.prompt_tokens.to_string());
    row("completion", &|offer| {
        offer.completion_tokens.and_then(|c| c.expected).map(|c| c.to_string()).unwrap_or_default()
    });
    row("cap", &|offer| offer.max_completion_tokens.map(|cap| cap.to_string()).unwrap_or_default());
    row("expected", &|offer| money(offer.cost_usd.expected));
    row("p5", &|offer| money(offer.cost_usd.p5));
    row("p95", &|offer| money(offer.cost_usd.p95));
    row("worst case", &|offer| offer.cost_usd.worst_case.for_people());
    row("per usable", &|offer| money(offer.cost_per_usable_usd));
    row("length risk", &|offer| risk(offer.length_risk, offer));
    row("empty risk", &|offer| risk(offer.empty_risk, offer));
    row("time", &|offer| offer.seconds.map(|s| s.expected.to_string()).unwrap_or_default());
    let first = results[0].model.as_str();
    row(&format!("against {first}"), &|offer| times(offer.ratio_to_first));
    row("at equal tokens", &|offer| times(offer.ratio_at_equal_tokens));
    row("break-even tokens", &|offer| times(offer.break_even_tokens));
    row("break-even success", &|offer| {
        offer.break_even_success.map(|share| share.to_string()).unwrap_or_default()
    });
    if results[0].calls > 1 {
        let volume = CallVolume { calls: results[0].calls, period: results[0].period };
        row(&volume.to_string(), &|offer| offer.calls_cost_usd.for_people());
    }
    document.table(table.into_table());
    CompareResult::add_chart(results, document);
}

/// Results that at least two of the models have, side by side.
fn benchmarks(document: &mut Document, results: &[CompareResult]) {
    let mut keys: Vec<(&str, &str)> = Vec::new();
    let all = || results.iter().flat_map(|result| &result.benchmarks);
    let find = |result: &CompareResult, key: (&str, &str)| {
        let found = result.benchmarks.iter().find(|b| (b.name.as_str(), b.metric.as_str()) == key);
        found.map(|b| b.value.clone())
    };
    for benchmark in all() {
        let key = (benchmark.name.as_str(), benchmark.metric.as_str());
        let have = results.iter().filter(|result| find(result, key).is_some()).count();
        if have > 1 && !keys.contains(&key) {
            keys.push(key);
        }
    }
    if keys.is_empty() {
        return;
    }
    let heads = ["benchmark", "metric"];
    let mut table =
        SideBySide::new(&heads, results, |result: &CompareResult| result.model.as_str());
    for key in &keys {
        table.push(&[key.0, key.1], false, |result| find(result, *key).unwrap_or_default());
    }
    document.table(Table {
        caption: Some("Published benchmark results".to_owned()),
        ..table.into_table()
    });
    let shown = |b: &&Benchmark| keys.contains(&(b.name.as_str(), b.metric.as_str()));
    for source in distinct(all().filter(shown).map(|benchmark| &benchmark.source)) {
        document.line(Emphasis::Muted, source);
    }
    for result in results {
        for benchmark in result.benchmarks.iter().filter(shown) {
            if let Some(other) = &benchmark.disputed {
                document.line(
                    Emphasis::Plain,
                    format!(
                        "{}, {}: {} says {}. {}",
                        benchmark.name, result.model, other.source, other.value, other.verdict
                    ),
                );
            }
        }
    }
}

/// One sentence to quote: the cheapest against the first other model.
fn sentence(results: &[CompareResult]) -> Option<String> {
    let mut able: Vec<(&CompareResult, &Priced)> =
        results.iter().filter_map(|result| Some((result, result.offer.as_ref()?))).collect();
    let cost = |offer: &Priced| offer.cost_usd.expected.unwrap_or(offer.cost_usd.worst_case);
    able.sort_by_key(|(_, offer)| cost(offer));
    let (cheapest, offer) = *able.first()?;
    let (other, dearer) = *able.get(1)?;
    let unit = cheapest.unit;
    let less = |ratio: f64| format!("{} % less", round_1(100.0 * (1.0 - ratio)));
    let ratio = cost(offer).as_f64() / cost(dearer).as_f64();
    let is_same = cost(offer) == cost(dearer);
    let mut text = if is_same {
        let (one, two, both) = (&cheapest.model, &other.model, cost(offer).for_people());
        format!("A {unit} with {one} costs as much as with {two} ({both})")
    } else {
        format!(
            "A {unit} with {} costs {} than with {} ({} against {})",
            cheapest.model,
            less(ratio),
            other.model,
            cost(offer).for_people(),
            cost(dearer).for_people()
        )
    };
    if let (Some(a), Some(b)) = (offer.ratio_at_equal_tokens, dearer.ratio_at_equal_tokens)
        && (a / b - ratio).abs() > 0.0005
    {
        text += &format!("; at equal tokens {}", less(a / b));
    }
    if let (Some(fast), Some(slow)) = (offer.seconds, dearer.seconds) {
        text += &format!("; it takes {} instead of {}", fast.expected, slow.expected);
    }
    if cheapest.calls > 1 && !is_same {
        let volume = CallVolume { calls: cheapest.calls, period: cheapest.period };
        let calls = calls_of(volume).replace(" calls", &format!(" {unit}s"));
        let saved = dearer.calls_cost_usd - offer.calls_cost_usd;
        text += &format!("; that saves {} for {calls}", saved.for_people());
    }
    Some(text + ".")
}

/// At most one decimal: `80`, `92.7`.
fn round_1(percent: f64) -> String {
    let text = format!("{percent:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}
