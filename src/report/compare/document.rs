//! `outlay compare` for people.

use super::result::{CompareResult, Priced};
use super::total::{CompareTotal, FirstOfMany, NAMED, Told, Unable};
use crate::catalog::Benchmark;
use crate::report::answer::{Answer, Report, RowAnswer, ShownRows};
use crate::report::document::{Document, DocumentBlock, Emphasis, MOST_ROWS, Table};
use crate::report::estimate::{CostInterval, calls_of};
use crate::report::side_by_side::{SideBySide, distinct};
use crate::units::{CallVolume, Money, Probability, grouped};

impl Answer for CompareResult {
    const COMMAND: &'static str = "compare";
    const HEADING: &'static str = "Models side by side";
    const COLUMNS: &'static [&'static str] = &[
        "input",
        "model",
        "effort",
        "unit",
        "cannot",
        "offer.{fidelity,prompt_tokens,max_completion_tokens,completion_tokens.{expected,p5,p95,worst_case},prompt_cost_usd,cost_usd.{expected,p5,p95,worst_case},cost_per_usable_usd,length_risk,empty_risk,seconds.{expected,p95},calls_cost_usd,calls_cost_range_usd.{p5,p95},costs_less_than_first,ratio_to_first,ratio_at_equal_tokens,break_even_tokens,break_even_success,profile.{name,model,task,tasks,n,censored,origin,from,to,confidence.{level,cap,needed_n,length_risk_upper}},price.{from,source},prompt_tokens_range.{low,mean,high},room_range.{low,high,cap_may_not_fit},cost_usd_range.{low,mean,high}}",
        "calls",
        "period",
        "benchmarks",
        "assumptions",
    ];
    type Total = CompareTotal;

    fn model(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        // Of several inputs, those of the first may be all that are kept.
        let mut chunks = report.results.chunk_by(|a, b| a.input == b.input);
        let first = chunks.next().unwrap_or_default();
        let total = report.total.as_ref();
        let inputs = total.map_or(1, |total| total.inputs);
        match first {
            [] => {}
            results if inputs <= 1 => {
                headline(&mut document, results);
                heading(&mut document, results);
                document.blocks.extend(report.widgets.iter().cloned().map(DocumentBlock::Widget));
                show(&mut document, results);
                benchmarks(&mut document, results);
                // The pictures of a page with a form follow the form, which knows no benchmarks.
                if report.widgets.is_empty() {
                    CompareResult::add_quality(results, &mut document);
                }
            }
            [of_first, ..] => {
                let unit = of_first.unit;
                document.title(format!("{inputs} inputs · cost of a {unit} of each"));
                if let Some(total) = total {
                    sums(&mut document, total, first);
                }
            }
        }
        document.closing();
        if let Some(total) = total {
            remarks(&mut document, &total.told);
        }
        report.name_retired(&mut document);
        let sentence = match (first, total) {
            ([], _) | (_, None) => None,
            (_, Some(total)) if inputs <= 1 => verdict(first, total.left_out),
            (_, Some(total)) => verdict_on_sums(total),
        };
        if let Some(sentence) = sentence {
            document.line(Emphasis::Good, sentence);
        }
        document
    }
}

impl RowAnswer for CompareResult {
    const SHOWN: ShownRows = ShownRows::OfFirstInput;

    fn input(&self) -> Option<&str> {
        self.input.as_deref()
    }

    fn size(&self) -> i128 {
        self.offer.as_ref().map_or(0, |offer| offer.prompt_tokens.get().into())
    }

    fn notes(&self) -> Vec<String> {
        self.assumptions.clone()
    }
}

/// What there is to say about all results.
fn remarks(document: &mut Document, told: &Told) {
    for note in told.notes.told() {
        document.note(note);
    }
    if told.profile.as_ref().is_some_and(|(_, differs)| *differs) {
        document.line(
            Emphasis::Caution,
            "each model is forecast from its own profile, and their tasks are not all the same: \
             the figures at equal tokens compare prices alone",
        );
    }
    ranges(document, &told.ranges);
    unable(document, &told.unable);
}

/// Which models cannot do the job, and why; of many, how many for each reason.
fn unable(document: &mut Document, unable: &Unable) {
    if unable.named.all <= NAMED {
        for (model, why) in &unable.named.first {
            document.line(Emphasis::Bad, format!("{model} cannot do this: {why}"));
        }
        return;
    }
    for (times, model, why) in unable.reasons.values() {
        let others = match times {
            1 => String::new(),
            2 => " and 1 other".to_owned(),
            times => format!(" and {} others", times - 1),
        };
        document.line(Emphasis::Bad, format!("{model}{others} cannot do this: {why}"));
    }
}

/// The models for which the prompt is a range: each, or of many how many they are.
fn ranges(document: &mut Document, ranges: &FirstOfMany) {
    if ranges.all <= NAMED {
        for (model, sentence) in &ranges.first {
            document.line(Emphasis::Caution, format!("{model}: {sentence}"));
        }
        return;
    }
    if let Some((first, sentence)) = ranges.first.first() {
        let others = ranges.all - 1;
        document.line(
            Emphasis::Caution,
            format!("{first} and {others} others count the prompt as a range; {first}: {sentence}"),
        );
    }
}

fn heading(document: &mut Document, results: &[CompareResult]) {
    let input = results[0].input.as_deref().unwrap_or("declared amounts");
    document.title(format!("{input} · cost of a {}", results[0].unit));
}

/// What a terminal shows that is too narrow for all.
const KEYS: [&str; 4] = ["completion", "expected", "per usable", "length risk"];
/// More models than that are rows of a table, not columns.
const MOST_COLUMNS: usize = 6;

/// Many models, a row each, in the order of the results.
fn rows(document: &mut Document, results: &[CompareResult]) {
    let volume = CallVolume { calls: results[0].calls, period: results[0].period };
    let all = if volume.calls > 1 { volume.to_string() } else { String::new() };
    let mut table = Table::default()
        .texts(["model"])
        .numbers([
            "prompt",
            "completion",
            "expected",
            "p5-p95",
            "worst case",
            "per usable",
            "length risk",
        ])
        .numbers([all.clone()]);
    let money = |money: Option<Money>| money.map(Money::for_people).unwrap_or_default();
    let range =
        |range: Option<CostInterval>| range.map(|range| range.for_people()).unwrap_or_default();
    let able: Vec<_> =
        results.iter().filter_map(|result| Some((result, result.offer.as_ref()?))).collect();
    for (result, offer) in able.iter().take(MOST_ROWS) {
        let completion = offer.completion_tokens.and_then(|c| c.expected);
        table.row([
            result.marked(),
            offer.prompt_tokens.to_string(),
            completion.map(|tokens| tokens.to_string()).unwrap_or_default(),
            money(offer.cost_usd.expected),
            range(CostInterval::of(&offer.cost_usd)),
            offer.cost_usd.worst_case.for_people(),
            money(offer.cost_per_usable_usd),
            offer.length_risk.map(|risk| risk.to_string()).unwrap_or_default(),
            if all.is_empty() { String::new() } else { offer.calls_cost_usd.for_people() },
        ]);
    }
    let narrow = table.only(&["model", "expected", "per usable", "length risk", &all]);
    document.table(Table { narrow: Some(Box::new(narrow)), ..table });
    document.left_out(able.len());
}

/// The sums of several inputs, a model a row.
fn sums(document: &mut Document, total: &CompareTotal, first: &[CompareResult]) {
    let has_calls = first.first().is_some_and(|result| result.calls > 1)
        || total.models.iter().any(|sum| Some(sum.calls_cost_usd) != sum.expected_usd);
    let all = if has_calls { "all calls" } else { "" };
    let mut table = Table::default().texts(["model"]).numbers([
        "prompts",
        "expected",
        "worst case",
        all,
        if has_calls { "p5-p95 of all" } else { "p5-p95" },
        "cannot do",
    ]);
    for sum in total.models.iter().take(MOST_ROWS) {
        table.row([
            sum.model.clone(),
            sum.prompt_tokens.to_string(),
            sum.expected_usd.map(Money::for_people).unwrap_or_default(),
            sum.worst_case_usd.for_people(),
            if has_calls { sum.calls_cost_usd.for_people() } else { String::new() },
            sum.calls_cost_range_usd.map(|range| range.for_people()).unwrap_or_default(),
            if sum.cannot > 0 {
                format!("{} of {}", sum.cannot, total.inputs)
            } else {
                String::new()
            },
        ]);
    }
    document.table(table);
    document.left_out(total.models.len());
}

fn show(document: &mut Document, results: &[CompareResult]) {
    if results.iter().all(|result| result.offer.is_none()) {
        return;
    }
    if results.len() > MOST_COLUMNS {
        rows(document, results);
        CompareResult::add_chart(results, document);
        return;
    }
    let able = results.iter().filter(|result| result.offer.is_some());
    let mut table = SideBySide::new(&[""], able, |result: &CompareResult| result.marked());
    let volume = CallVolume { calls: results[0].calls, period: results[0].period };
    let of_all = volume.to_string();
    let mut row = |label: &str, cell: &dyn Fn(&Priced) -> String| {
        let cell = |result: &CompareResult| result.offer.as_ref().map(cell).unwrap_or_default();
        if KEYS.contains(&label) || label == of_all {
            table.key_row(label, cell);
        } else {
            table.row(label, cell);
        }
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
    // The first with an offer is what the others are measured by.
    let first = results.iter().find(|result| result.offer.is_some());
    let first = first.map_or("", |first| first.name.as_str());
    row(&format!("against {first}"), &|offer| times(offer.ratio_to_first));
    row(&format!("cheaper than {first}"), &|offer| {
        offer.costs_less_than_first.map(|p| format!("in {p}")).unwrap_or_default()
    });
    row("at equal tokens", &|offer| times(offer.ratio_at_equal_tokens));
    row("break-even tokens", &|offer| times(offer.break_even_tokens));
    row("break-even success", &|offer| {
        offer.break_even_success.map(|share| share.to_string()).unwrap_or_default()
    });
    if results[0].calls > 1 {
        row(&of_all, &|offer| offer.calls_cost_usd.for_people());
        row(&format!("p5-p95 of {of_all}"), &|offer| {
            offer.calls_cost_range_usd.map(|range| range.for_people()).unwrap_or_default()
        });
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
    let mut table = SideBySide::new(&heads, results, |result: &CompareResult| result.name.clone());
    for key in &keys {
        table.push(&[key.0, key.1], false, |result| find(result, *key).unwrap_or_default());
    }
    document.table(Table {
        caption: Some("Published benchmark results".to_owned()),
        ..table.into_table()
    });
    let shown = |b: &&Benchmark| keys.contains(&(b.name.as_str(), b.metric.as_str()));
    for source in distinct(all().filter(shown).map(|benchmark| &benchmark.source)) {
        document.note(source);
    }
    for result in results {
        for benchmark in result.benchmarks.iter().filter(shown) {
            if let Some(other) = &benchmark.disputed {
                document.note(format!(
                    "{}, {}: {} says {}. {}",
                    benchmark.name, result.name, other.source, other.value, other.verdict
                ));
            }
        }
    }
}

/// The cheapest model, and the one that it is measured by.
struct Cheapest<'a> {
    result: &'a CompareResult,
    offer: &'a Priced,
    /// `96 % below claude-opus-5-5`, or nothing where it is the only one.
    against: String,
}

impl<'a> Cheapest<'a> {
    fn of(results: &'a [CompareResult]) -> Option<Self> {
        let mut able: Vec<(&CompareResult, &Priced)> =
            results.iter().filter_map(|result| Some((result, result.callable()?))).collect();
        let named_first = able.first().map(|(result, _)| result.name.as_str());
        // What is expected goes before what is only known at its worst.
        able.sort_by_key(|(_, offer)| (offer.cost_usd.expected.is_none(), usable(offer)));
        let (result, offer) = *able.first()?;
        let is_alike = |other: &&(&CompareResult, &Priced)| {
            other.1.cost_usd.expected.is_some() == offer.cost_usd.expected.is_some()
        };
        // Against the model that the user named first, unless that is the cheapest; of many, the dearest.
        let other = able.iter().find(|(other, _)| Some(other.name.as_str()) == named_first);
        let other = other.filter(|(other, _)| other.name != result.name);
        let next = if able.len() > MOST_COLUMNS { able.last() } else { able.get(1) };
        let against = other.or(next).filter(is_alike).map(|(other, dearer)| {
            let (own, theirs) = (usable(offer), usable(dearer));
            if own < theirs {
                let below = below(own, theirs, &other.name);
                // What is certain needs no probability.
                let sure = costs_less(results, (result, offer), (other, dearer))
                    .filter(|sure| sure.get() < 0.9995);
                let sure = sure.map(|sure| format!(" (cheaper with a probability of {sure})"));
                format!("{below}{}", sure.unwrap_or_default())
            } else {
                format!("as much as {}", other.name)
            }
        });
        Some(Self { result, offer, against: against.unwrap_or_default() })
    }

    /// What all calls cost, with their period: `$48.71 a month`.
    fn of_all(&self) -> Option<String> {
        let volume = CallVolume { calls: self.result.calls, period: self.result.period };
        let period = volume.period.map(|period| format!(" a {period}"));
        let of_all = period.unwrap_or_else(|| format!(" for {}", calls_of(volume)));
        (volume.calls > 1).then(|| format!("{}{of_all}", self.offer.calls_cost_usd.for_people()))
    }
}

/// The cost of the cheapest model in one figure.
fn headline(document: &mut Document, results: &[CompareResult]) {
    let Some(cheapest) = Cheapest::of(results) else { return };
    let (model, unit) = (&cheapest.result.name, cheapest.result.unit);
    let (figure, what) = match cheapest.of_all() {
        Some(all) => {
            let (figure, of) = all.split_once(' ').unwrap_or((&all, ""));
            (figure.to_owned(), format!("{of} with {model}"))
        }
        None => (cost(cheapest.offer).for_people(), format!("a {unit} with {model}")),
    };
    let what = format!("{}{what}", at_most(cheapest.offer));
    document.headline(figure, what, cheapest.against);
}

/// What goes before a cost that is only known at its worst.
fn at_most(offer: &Priced) -> &'static str {
    if offer.cost_usd.expected.is_none() { "at most " } else { "" }
}

/// The sentence to quote: of two models the pair, of more the cheapest.
fn verdict(results: &[CompareResult], left_out: usize) -> Option<String> {
    if results.len() == 2 && left_out == 0 {
        return sentence(results);
    }
    let cheapest = Cheapest::of(results)?;
    let (model, unit, offer) = (&cheapest.result.name, cheapest.result.unit, cheapest.offer);
    let each = match offer.cost_per_usable_usd {
        Some(usable) if usable != cost(offer) && unit == "call" => {
            format!("{} a usable answer", usable.for_people())
        }
        _ => format!("{}{} a {unit}", at_most(offer), cost(offer).for_people()),
    };
    let mut parts = vec![format!("cheapest that fits: {model}"), each];
    parts.extend(cheapest.of_all());
    parts.extend(Some(cheapest.against).filter(|against| !against.is_empty()));
    let mut text = parts.join(", ");
    let unable = left_out + results.iter().filter(|result| result.offer.is_none()).count();
    if unable > 0 {
        text += &format!("; {unable} of {} do not fit", results.len() + left_out);
    }
    let retired = results.iter().find_map(|result| {
        result.cannot.as_ref().and(result.offer.as_ref()).map(|offer| (&result.name, offer))
    });
    if let Some((model, offer)) = retired {
        text += &format!("; {model} last cost {} a {unit}", cost(offer).for_people());
    }
    Some(text)
}

/// The sentence to quote about several inputs.
fn verdict_on_sums(total: &CompareTotal) -> Option<String> {
    let mut able: Vec<_> = total.models.iter().filter(|sum| sum.cannot == 0).collect();
    able.sort_by_key(|sum| sum.calls_cost_usd);
    let cheapest = able.first()?;
    let mut text = format!(
        "cheapest for all {} inputs: {}, {}",
        total.inputs,
        cheapest.model,
        cheapest.calls_cost_usd.for_people()
    );
    if let Some(next) = able.get(1).filter(|next| next.calls_cost_usd > cheapest.calls_cost_usd) {
        let below = below(cheapest.calls_cost_usd, next.calls_cost_usd, &next.model);
        text += &format!(", {below}");
    }
    let unable = total.models.len() - able.len();
    if unable > 0 {
        text += &format!("; {unable} of {} cannot do all of them", total.models.len());
    }
    Some(text)
}

/// The probability that one costs less than the other on the same work, which is known against the first model
/// alone.
fn costs_less(
    results: &[CompareResult],
    one: (&CompareResult, &Priced),
    other: (&CompareResult, &Priced),
) -> Option<Probability> {
    let first = results.iter().find(|result| result.offer.is_some())?.name.as_str();
    if other.0.name == first {
        return one.1.costs_less_than_first;
    }
    let against = other.1.costs_less_than_first.filter(|_| one.0.name == first);
    against.map(Probability::complement)
}

fn cost(offer: &Priced) -> Money {
    offer.cost_usd.expected.unwrap_or(offer.cost_usd.worst_case)
}

/// What a usable answer costs, as far as that is known.
fn usable(offer: &Priced) -> Money {
    offer.cost_per_usable_usd.unwrap_or_else(|| cost(offer))
}

/// How far a cost is below that of another model.
fn below(own: Money, theirs: Money, model: &str) -> String {
    let less = 100.0 * (1.0 - own.as_f64() / theirs.as_f64());
    if less < 0.05 {
        format!("hardly below {model}")
    } else {
        format!("{} % below {model}", percent(less))
    }
}

/// A whole share; near the ends with a decimal, so that it is neither none nor all.
fn percent(share: f64) -> String {
    // What costs something is never 100 % below.
    if share >= 99.95 {
        "more than 99.9".to_owned()
    } else if (1.0..=99.0).contains(&share) {
        format!("{share:.0}")
    } else {
        round_1(share)
    }
}

/// One sentence to quote: the cheapest against the first other model.
fn sentence(results: &[CompareResult]) -> Option<String> {
    let mut able: Vec<(&CompareResult, &Priced)> =
        results.iter().filter_map(|result| Some((result, result.callable()?))).collect();
    able.sort_by_key(|(_, offer)| cost(offer));
    let (cheapest, offer) = *able.first()?;
    let (other, dearer) = *able.get(1)?;
    let unit = cheapest.unit;
    let less = |ratio: f64| format!("{} % less", round_1(100.0 * (1.0 - ratio)));
    let ratio = cost(offer).as_f64() / cost(dearer).as_f64();
    let is_same = cost(offer) == cost(dearer);
    let mut text = if is_same {
        let (one, two, both) = (&cheapest.name, &other.name, cost(offer).for_people());
        format!("A {unit} with {one} costs as much as with {two} ({both})")
    } else {
        format!(
            "A {unit} with {} costs {} than with {} ({} against {})",
            cheapest.name,
            less(ratio),
            other.name,
            cost(offer).for_people(),
            cost(dearer).for_people()
        )
    };
    if let (Some(a), Some(b)) = (offer.ratio_at_equal_tokens, dearer.ratio_at_equal_tokens)
        && (a / b - ratio).abs() > 0.0005
        && (a / b - 1.0).abs() > 0.0005
    {
        text += &format!("; at equal tokens {}", less(a / b));
    }
    let less = costs_less(results, (cheapest, offer), (other, dearer));
    if let Some(sure) = less.filter(|_| !is_same) {
        text += &format!("; on the same work it costs less with a probability of {sure}");
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
