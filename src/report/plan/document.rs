//! The answer of `outlay plan`.

use super::result::PlanResult;
use crate::forecast::Judgement;
use crate::forecast::{Binding, CapVerdict, PlanStatus, Range};
use crate::gate::Verdict;
use crate::report::answer::{Answer, Report};
use crate::report::count::CountError;
use crate::report::dataset::{DatasetSpread, RowFigures};
use crate::report::document::{Document, DocumentBlock, Emphasis, Fact, Table};
use crate::report::estimate::{CostInterval, add_savings, add_tiers, calls_of};
use crate::report::next_step::say_the_kind;
use crate::report::side_by_side::{SideBySide, attributed};
use crate::report::widget::Widget;
use crate::units::{CallVolume, Money, Probability, plural};
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
    type Total = ();

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
        match report.results.as_slice() {
            [] => {}
            [result] => single(&mut document, report, result),
            results => {
                headline_of_all(&mut document, results);
                many(&mut document, results, &report.widgets);
                report.name_retired(&mut document);
            }
        }
        DatasetSpread::add_tables(&report.datasets, &mut document);
        document
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
    remarks(document, result);
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

/// What stands before the conclusion: the pace, and the cap that is already sent.
fn remarks(document: &mut Document, result: &PlanResult) {
    let calls = CallVolume { calls: result.calls, period: result.period };
    let tone = |passes: bool| if passes { Emphasis::Plain } else { Emphasis::Bad };
    if let Some(admission) = &result.admission {
        document.line(tone(admission.passes()), admission.sentence(calls));
    }
    if let Some(quota) = &result.quota {
        document.line(tone(quota.fits != Some(false)), quota.sentence(calls));
    }
    // A cap that no minute admits is told already.
    let is_fine = |sent: &&Judgement| sent.verdict == CapVerdict::Ok;
    let blocked = result.admission.as_ref().is_some_and(|admission| !admission.admitted);
    if let Some(sent) = result.sent.as_ref().filter(|sent| !(blocked && is_fine(sent))) {
        let (tone, text) = verdict(result, sent);
        document.line(tone, text);
    }
    document_range(document, result);
}

/// What the range of an estimated prompt leaves of the room.
fn document_range(document: &mut Document, result: &PlanResult) {
    let (Some(prompt), Some(room)) = (result.prompt_tokens_range, result.room_range) else {
        return;
    };
    let cap = result.sent.as_ref().map(|sent| sent.cap);
    let cap = cap.or(result.recommended_max_completion_tokens);
    if room.low == room.high && !room.cap_may_not_fit {
        return;
    }
    let left = format!(
        "{} to {} prompt tokens leave a room of {} to {}",
        prompt.low, prompt.high, room.low, room.high
    );
    match cap.filter(|_| room.cap_may_not_fit) {
        Some(cap) => document.line(Emphasis::Bad, format!("{left}: the cap {cap} may not fit")),
        None => document.line(Emphasis::Caution, left),
    }
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

fn verdict(result: &PlanResult, sent: &Judgement) -> (Emphasis, String) {
    let cap = sent.cap;
    match (sent.verdict, &sent.refusal) {
        (CapVerdict::Refused, Some(api)) => (
            Emphasis::Bad,
            format!("the cap of {cap} that you send is refused ({}): {}", api.status, api.message),
        ),
        (CapVerdict::RiskAboveTarget, _) => (
            Emphasis::Bad,
            format!(
                "the cap of {cap} that you send cuts off {} of answers",
                sent.length_risk.map(|risk| risk.to_string()).unwrap_or_default()
            ),
        ),
        (CapVerdict::BelowReserve, _) => (
            Emphasis::Caution,
            format!(
                "the cap of {cap} that you send is below the reserve of {}",
                result.reserve.unwrap_or_default()
            ),
        ),
        _ => (Emphasis::Good, format!("the cap of {cap} that you send is fine")),
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
fn headline_of_all(document: &mut Document, results: &[PlanResult]) {
    let fitting = results.iter().filter(|result| result.status == PlanStatus::Ok).count();
    let prompts = results.iter().map(|result| result.prompt_tokens).max().unwrap_or_default();
    let same_model = results.iter().all(|result| result.name == results[0].name);
    let with = if same_model { format!(" with {}", results[0].name) } else { String::new() };
    let failing = results.iter().filter(|result| result.verdict == Verdict::Fail).count();
    let (some, which) = match failing {
        0 => (fitting, "plans have room for their reserve"),
        _ => (failing, "plans fail"),
    };
    document.headline(
        format!("{some} of {}", results.len()),
        format!("{which}{with}"),
        format!("the longest prompt has {prompts} tokens"),
    );
}

fn many(document: &mut Document, results: &[PlanResult], widgets: &[Widget]) {
    let same_input = results.iter().all(|result| result.input == results[0].input);
    if same_input {
        columns(document, results);
    } else {
        rows(document, results);
    }
    PlanResult::add_charts(results, document);
    document.blocks.extend(widgets.iter().cloned().map(DocumentBlock::Widget));
    closing(document, results, same_input);
}

fn rows(document: &mut Document, results: &[PlanResult]) {
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
    document.table(table);
}

/// What stands below the table of several plans.
fn closing(document: &mut Document, results: &[PlanResult], same_input: bool) {
    for note in attributed(results.iter().map(|r| (r.name.as_str(), &r.assumptions))) {
        document.note(note);
    }
    for result in results {
        let mut of_one = Document::default();
        remarks(&mut of_one, result);
        let name = result.input.as_deref().filter(|_| !same_input).unwrap_or(&result.name);
        for block in of_one.blocks {
            if let DocumentBlock::Line(tone, text) = block {
                document.line(tone, format!("{name}: {text}"));
            }
        }
    }
    let failing = results.iter().filter(|result| result.verdict == Verdict::Fail).count();
    if failing == 0 {
        document.line(Emphasis::Good, format!("all {} plans are ok", results.len()));
    } else {
        document.line(Emphasis::Bad, format!("{failing} of {} plans fail", results.len()));
    }
}
