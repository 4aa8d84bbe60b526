//! The answer of `outlay plan`.

use std::cmp::Reverse;

use super::result::PlanResult;
use super::total::{PlanTotal, Told};
use crate::forecast::{Binding, CapVerdict, PlanStatus, Range};
use crate::gate::Verdict;
use crate::report::answer::{Answer, Report, RowAnswer, ShownRows};
use crate::report::count::CountError;
use crate::report::dataset::{DatasetSpread, RowFigures};
use crate::report::document::{Document, DocumentBlock, Emphasis, Fact, MOST_ROWS, Table};
use crate::report::estimate::{CostInterval, add_savings, add_tiers, calls_of};
use crate::report::next_step::say_the_kind;
use crate::report::side_by_side::SideBySide;
use crate::report::widget::Widget;
use crate::units::{CallVolume, Money, Probability, grouped, plural};
use crate::workload::ProfileSummary;

impl Answer for PlanResult {
    const COMMAND: &'static str = "plan";
    const HEADING: &'static str = "What fits, and which cap to send";
    const COLUMNS: &'static [&'static str] = &[
        "input",
        "model",
        "effort",
        "thinking_budget",
        "fidelity",
        CountError::COLUMNS,
        "prompt_tokens",
        "prompt_tokens_range.low",
        "prompt_tokens_range.mean",
        "prompt_tokens_range.high",
        "window",
        "output_cap",
        "input_limit",
        "room",
        "room_range.low",
        "room_range.high",
        "room_range.cap_may_not_fit",
        "reserve",
        "recommended_max_completion_tokens",
        "cap_field",
        "binding",
        "status",
        "verdict",
        "cut_tokens",
        "length_risk",
        "empty_risk",
        "risk_target",
        "completion_tokens.{expected,p5,p95,worst_case}",
        "cost_usd.{expected,p5,p95,worst_case}",
        "cost_usd_range.{low,mean,high}",
        "seconds.{expected,p95}",
        "admission.{rpm,tpm,source,tokens_per_call,admitted,calls_per_minute,seconds_for_calls,fits,largest_fitting_cap,length_risk_at_fitting_cap,calls_that_fit}",
        "quota.{messages,period,source,seconds_for_calls,fits}",
        "calls",
        "period",
        "calls_cost_usd.{expected,p5,p95,worst_case}",
        "largest_part.{part,role,tokens}",
        "sent.{max_completion_tokens,verdict,length_risk,empty_risk,api.{status,code,message}}",
        ProfileSummary::COLUMNS,
        "price.{from,source}",
        "risk_by_cap",
        "reasoning_histogram",
        "fit.{drop,prompt_tokens,room,refused,written}",
        "fit.outlook.{turns,user_tokens,summary_tokens,alternatives,summary_pays_from_turn}",
        "assumptions",
        "template",
        "request.{effort,thinking_budget,tool_choice,cache_marks,written_tokens,choices}",
        "tier",
        "tiers",
        "savings",
    ];
    type Total = PlanTotal;

    fn model(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn row(&self) -> Option<RowFigures<'_>> {
        Some(RowFigures {
            template: self.template.as_deref()?,
            model: &self.model,
            prompt_tokens: self.prompt_tokens,
            cost_usd: self.cost_usd.and_then(|cost| cost.expected),
            worst_case_cost_usd: self.cost_usd.map(|cost| cost.worst_case),
        })
    }

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let total = report.total.as_ref();
        let told = total.map_or_else(|| Told::of(&report.results), |total| total.told.clone());
        match report.results.as_slice() {
            [] => {}
            [result] if told.results <= 1 => single(&mut document, report, result),
            results => {
                headline_of_all(&mut document, &told);
                many(&mut document, results, &told, &report.widgets);
                report.name_retired(&mut document);
            }
        }
        DatasetSpread::add_tables(&report.datasets, &mut document);
        document
    }
}

impl RowAnswer for PlanResult {
    const SHOWN: ShownRows = ShownRows::LargestInTerminal(MOST_ROWS);

    fn input(&self) -> Option<&str> {
        self.input.as_deref()
    }

    /// The worst is the largest: a plan that fails, else one with a problem, else the longest prompt.
    fn size(&self) -> i128 {
        let worse = |is_worse: bool, by: u32| i128::from(is_worse) << by;
        worse(self.verdict == Verdict::Fail, 65)
            + worse(self.has_problem(), 64)
            + i128::from(self.prompt_tokens.get())
    }

    /// Those of all are in what is told of them.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

fn single(document: &mut Document, report: &Report<PlanResult>, result: &PlanResult) {
    let input = result.input.as_deref().unwrap_or("declared amounts");
    let model = report.heading_of(&result.name);
    headline(document, result);
    document.title(format!("{input} · {model} · prices since {}", result.price.from));
    document.facts(facts(result));
    if result.calls > 1 {
        let volume = CallVolume { calls: result.calls, period: result.period };
        add_tiers(document, &result.tiers, result.tier, "a call", volume);
    }
    result.add_chart(document);
    document.blocks.extend(report.widgets.iter().cloned().map(DocumentBlock::Widget));
    for assumption in &result.assumptions {
        document.note(assumption);
    }
    let calls = CallVolume { calls: result.calls, period: result.period };
    add_savings(document, &result.savings, result.tier, calls);
    for remark in result.remarks() {
        document.line(remark.tone(), remark.text(result));
    }
    if let Some(fit) = &result.fit {
        fit.add_to(document);
    }
    let (tone, text) = conclusion(result);
    report.conclude(document, tone, text);
    if !result.work_is_known {
        let input = result.input.as_deref();
        let model = report.model_to_call(&result.model, &result.name);
        let next = say_the_kind("plan", input, model, result.prompt_tokens);
        document.line(Emphasis::Plain, next);
    }
}

/// The cap to send in one figure, and what it costs.
fn headline(document: &mut Document, result: &PlanResult) {
    let Some(cap) = result.recommended_max_completion_tokens else {
        document.headline("no room", format!("after this prompt with {}", result.name), "");
        return;
    };
    let cost = match result.cost_usd.as_ref().map(|cost| (cost.expected, cost.worst_case)) {
        Some((Some(expected), worst)) => {
            format!("{} a call, at most {}", expected.for_people(), worst.for_people())
        }
        Some((None, worst)) => format!("at most {} a call", worst.for_people()),
        None => String::new(),
    };
    let risk = result.length_risk.map(|risk| format!("; {} cut off", result.seen(risk)));
    let change = format!("{cost}{}", risk.unwrap_or_default());
    document.headline(
        cap.to_string(),
        format!("as {} with {}", result.cap_field, result.name),
        change,
    );
}

fn facts(result: &PlanResult) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |label, value: String, remark: String| facts.push(Fact { label, value, remark });
    fact("prompt", result.prompt_tokens.to_string(), format!("tokens, {}", result.fidelity));
    let left = result.window.saturating_sub(result.prompt_tokens);
    fact("window", result.window.to_string(), format!("{left} left after the prompt"));
    fact("room", result.room.to_string(), room_remark(result));
    if let Some(reserve) = result.reserve {
        fact("reserve", reserve.to_string(), "for reasoning and outputs together".to_owned());
    }
    if let Some(risk) = result.length_risk {
        let bound = match result.profile.as_ref().and_then(|p| p.confidence?.length_risk_upper) {
            Some(upper) if risk.get() > 0.0 => format!("; below {upper} with 95 % confidence"),
            _ => String::new(),
        };
        let target = if result.work_is_known {
            format!("that the answer is cut off, target {}{bound}", result.risk_target)
        } else {
            "that the answer is cut off, over all kinds of work".to_owned()
        };
        fact("length risk", result.seen(risk), target);
    }
    if let Some(risk) = result.empty_risk {
        fact(
            "empty risk",
            result.seen(risk),
            "that nothing visible comes out, billed in full".to_owned(),
        );
    }
    if let Some(cost) = &result.cost_usd {
        if let Some(expected) = cost.expected {
            let range = match (cost.p5, cost.p95) {
                (Some(p5), Some(p95)) => {
                    format!("a call; p5-p95 {} to {}", p5.for_people(), p95.for_people())
                }
                _ => "a call".to_owned(),
            };
            fact("expected", expected.for_people(), range);
        }
        if let Some(seconds) = result.seconds {
            let p95 = format!("a call, p95 {}, at the measured output speed", seconds.p95);
            fact("time", seconds.expected.to_string(), p95);
        }
        let worst = "a call that uses the whole cap; an unused cap costs nothing".to_owned();
        fact("worst case", cost.worst_case.for_people(), worst);
    }
    if let Some(all) = result.calls_cost_usd.filter(|_| result.calls > 1) {
        let calls = calls_of(CallVolume { calls: result.calls, period: result.period });
        let worst = all.worst_case.for_people();
        match all.expected {
            Some(expected) => {
                let range = CostInterval::of(&all).map(|range| range.for_people());
                let range = range.filter(|range| !range.is_empty());
                let range = range.map(|range| format!("; p5-p95 {range}")).unwrap_or_default();
                let remark = format!("{calls}{range}; at most {worst}");
                fact("all calls", expected.for_people(), remark);
            }
            None => fact("all calls", worst, format!("{calls}, at worst")),
        }
    }
    facts
}

fn room_remark(result: &PlanResult) -> String {
    let left = result.window.saturating_sub(result.prompt_tokens);
    match (result.status, result.input_limit) {
        (PlanStatus::NoRoom, Some(limit)) if result.prompt_tokens > limit => {
            format!("the prompt is over its own limit of {limit}")
        }
        (PlanStatus::NoRoom, _) => "the prompt fills the window".to_owned(),
        _ if result.room < left => "the model's output cap".to_owned(),
        _ => "what the prompt leaves of the window".to_owned(),
    }
}

fn conclusion(result: &PlanResult) -> (Emphasis, String) {
    let cut = |purpose: &str| {
        let largest = |cut| match &result.largest_part {
            Some(part) if part.tokens >= cut => format!(", {} has {}", part.part, part.tokens),
            _ => String::new(),
        };
        result
            .cut_tokens
            .map(|cut| {
                format!("; cut {} {purpose}{}", plural(cut.get(), "prompt token"), largest(cut))
            })
            .unwrap_or_default()
    };
    let Some(cap) = result.recommended_max_completion_tokens else {
        let purpose = match (result.binding, result.reserve) {
            (Binding::InputLimit, _) => "to meet the input limit",
            (_, Some(_)) => "to restore the reserve",
            (_, None) => "to make room",
        };
        return (Emphasis::Bad, format!("no room: the API refuses this prompt{}", cut(purpose)));
    };
    let admission = result.admission.as_ref();
    let calls = CallVolume { calls: result.calls, period: result.period };
    let remedy = admission.and_then(|admission| admission.remedy(calls));
    let instead = match &result.sent {
        Some(sent)
            if sent.verdict == CapVerdict::Ok && admission.is_none_or(|passes| passes.admitted) =>
        {
            let keep = format!("keep {} = {}", result.cap_field, sent.cap.get());
            let tone = if remedy.is_some() { Emphasis::Caution } else { Emphasis::Good };
            return (tone, keep + &remedy.unwrap_or_default());
        }
        Some(_) => " instead",
        None => "",
    };
    let send = format!(
        "send {} = {}{instead} (decided by the {})",
        result.cap_field,
        cap.get(),
        result.binding
    );
    if let Some(remedy) = remedy.filter(|_| result.sent.is_none()) {
        return (Emphasis::Caution, send + &remedy);
    }
    if result.status == PlanStatus::BelowReserve {
        let short = format!("{send}, below the reserve{}", cut("to restore it"));
        return (Emphasis::Caution, short);
    }
    match result.length_risk {
        Some(risk) if risk > result.risk_target && result.work_is_known => (
            Emphasis::Caution,
            format!("{send}; no cap in the room meets the risk of {}", result.risk_target),
        ),
        _ => (Emphasis::Good, send),
    }
}

/// One input for several models: models side by side.
fn columns(document: &mut Document, results: &[PlanResult]) {
    let input = results[0].input.as_deref().unwrap_or("declared amounts");
    document.title(format!("{input} · {} models", results.len()));
    let mut table = SideBySide::new(&[""], results, |result: &PlanResult| result.name.clone());
    let risk = |result: &PlanResult, risk: Option<Probability>| {
        risk.map(|risk| result.seen(risk)).unwrap_or_default()
    };
    let cost = |result: &PlanResult, of: fn(&Range<Money>) -> Option<Money>| {
        result.cost_usd.as_ref().and_then(of).map(Money::for_people).unwrap_or_default()
    };
    table.row("prompt", |r| r.prompt_tokens.to_string());
    table.row("window", |r| r.window.to_string());
    table.key_row("room", |r| r.room.to_string());
    table.row("reserve", |r| r.reserve.map(|reserve| reserve.to_string()).unwrap_or_default());
    table.row("status", |r| r.status.to_string());
    table.key_row("length risk", |r| risk(r, r.length_risk));
    table.row("empty risk", |r| risk(r, r.empty_risk));
    table.key_row("expected", |r| cost(r, |c| c.expected));
    table.row("p5", |r| cost(r, |c| c.p5));
    table.row("p95", |r| cost(r, |c| c.p95));
    table.row("worst case", |r| cost(r, |c| Some(c.worst_case)));
    table.key_row("all calls", |r| {
        let all = r.calls_cost_usd.filter(|_| r.calls > 1);
        all.and_then(|all| all.expected).map(Money::for_people).unwrap_or_default()
    });
    table.row("p5-p95 of all", |r| {
        let all = r.calls_cost_usd.filter(|_| r.calls > 1);
        let range = all.and_then(|all| CostInterval::of(&all));
        range.map(|range| range.for_people()).unwrap_or_default()
    });
    table.row("time", |r| r.seconds.map(|s| s.expected.to_string()).unwrap_or_default());
    table.row("decided by", |r| r.binding.to_string());
    table.key("cap to send");
    table.strong_row("cap to send", |r| {
        r.recommended_max_completion_tokens.map(|cap| cap.to_string()).unwrap_or_default()
    });
    document.table(table.into_table());
}

/// How many of several plans fail, or have room for their reserve, in one figure.
fn headline_of_all(document: &mut Document, told: &Told) {
    let model = told.first.as_ref().filter(|_| told.same_model);
    let with = model.map(|(name, _)| format!(" with {name}")).unwrap_or_default();
    let (some, which) = match told.failing {
        0 => (told.fitting, "plans have room for their reserve"),
        failing => (failing, "plans fail"),
    };
    document.headline(
        format!("{} of {}", grouped(some), grouped(told.results)),
        format!("{which}{with}"),
        format!("the longest prompt has {} tokens", told.longest_prompt),
    );
}

/// Several plans: models beside each other for one input, else a row for each, the worst first where there are many.
fn many(document: &mut Document, results: &[PlanResult], told: &Told, widgets: &[Widget]) {
    let mut shown: Vec<&PlanResult> = results.iter().collect();
    if told.same_input {
        columns(document, results);
    } else {
        if told.results > MOST_ROWS {
            shown.sort_by_key(|result| Reverse(result.size()));
            let order = "those that fail first, then the longest prompts";
            document.line(Emphasis::Muted, format!("{} plans, {order}", grouped(told.results)));
        }
        rows(document, &shown, told);
    }
    PlanResult::add_charts(&shown, told.same_input, document);
    document.blocks.extend(widgets.iter().cloned().map(DocumentBlock::Widget));
    closing(document, &shown, told);
}

fn rows(document: &mut Document, results: &[&PlanResult], told: &Told) {
    let mut table = Table::default()
        .numbers(["prompt", "room", "cap"])
        .texts(["decided by", "status"])
        .numbers(["length risk", "expected", "p5-p95", "worst case"])
        .texts(["model"])
        .paths(["input"]);
    for result in results {
        table.row([
            result.prompt_tokens.to_string(),
            result.room.to_string(),
            result.recommended_max_completion_tokens.map(|cap| cap.to_string()).unwrap_or_default(),
            result.binding.to_string(),
            result.status.to_string(),
            result.length_risk.map(|risk| result.seen(risk)).unwrap_or_default(),
            result
                .cost_usd
                .and_then(|cost| cost.expected)
                .map(Money::for_people)
                .unwrap_or_default(),
            result
                .cost_usd
                .and_then(|cost| CostInterval::of(&cost))
                .map(|range| range.for_people())
                .unwrap_or_default(),
            result.cost_usd.map(|cost| cost.worst_case.for_people()).unwrap_or_default(),
            result.name.clone(),
            result.input.clone().unwrap_or_default(),
        ]);
    }
    let left_out = told.results.saturating_sub(results.len());
    document.table(Table { is_long: true, left_out, ..table });
}

/// What stands below the table of several plans.
fn closing(document: &mut Document, results: &[&PlanResult], told: &Told) {
    for note in told.notes.told() {
        document.note(note);
    }
    let mut remarked = 0;
    for result in results {
        let remarks = result.remarks();
        remarked += usize::from(!remarks.is_empty());
        let name = result.input.as_deref().filter(|_| !told.same_input).unwrap_or(&result.name);
        for remark in remarks {
            document.line(remark.tone(), format!("{name}: {}", remark.text(result)));
        }
    }
    let left_out = told.remarked.saturating_sub(remarked);
    if left_out > 0 {
        let text = format!("what is to say of {} is left out", plural(left_out, "other plan"));
        document.line(Emphasis::Muted, format!("{text}; --format csv has all"));
    }
    let all = grouped(told.results);
    match told.failing {
        0 => document.line(Emphasis::Good, format!("all {all} plans are ok")),
        failing => {
            document.line(Emphasis::Bad, format!("{} of {all} plans fail", grouped(failing)));
        }
    }
}
