//! What holds for every model, prompt and completion.

use jiff::civil::{Date, date};
use outlay::ErrorKind;
use outlay::billing::cost;
use outlay::catalog::{
    CacheLifetime, Catalog, Effort, Endpoint, Fidelity, Model, PriceEntry, Retention, Tier,
};
use outlay::feed::FeedKind;
use outlay::forecast::{
    Call, CapPolicy, Completion, Estimate, PlanStatus, Profile, TokenDist, WorkKind, estimate, plan,
};
use outlay::gate::Level;
use outlay::history::{Audit, Calibrator, PriceBook};
use outlay::logs::{Cell, ColumnReader, Entry as LogEntry, Place, ReadOptions, Usage, UsageRecord};
use outlay::request::{FileHint, prompt_tokens, read};
use outlay::units::{Money, Probability, Tokens};
use proptest::prelude::*;
use proptest::sample::Index;
use strum::VariantArray as _;

/// A day on which every model of the catalogue has a price.
const TODAY: Date = date(2026, 12, 1);

fn catalog() -> Catalog {
    Catalog::embedded()
}

fn models(catalog: &Catalog) -> Vec<&Model> {
    catalog.models().filter(|model| model.released <= TODAY).collect()
}

/// A model with the price list of some day of its history.
fn priced(catalog: &Catalog, model: Index, price: Index) -> (&Model, &PriceEntry) {
    let models = models(catalog);
    let model = *model.get(&models);
    (model, price.get(&model.prices))
}

fn dists() -> impl Strategy<Value = TokenDist> {
    prop_oneof![
        (0..60_000_u64).prop_map(|n| TokenDist::Constant(Tokens::new(n))),
        (1..20_000_u64, 1..40_000_u64).prop_map(|(low, more)| {
            TokenDist::through((0.05, Tokens::new(low)), (0.95, Tokens::new(low + more))).unwrap()
        }),
    ]
}

fn completions() -> impl Strategy<Value = Completion> {
    prop_oneof![
        dists().prop_map(Completion::total),
        (dists(), dists()).prop_map(|(reasoning, visible)| Completion::split(reasoning, visible)),
    ]
}

fn policies() -> impl Strategy<Value = CapPolicy> {
    (1..60_000_u64, 0.0..0.2).prop_map(|(reserve, risk)| CapPolicy {
        reserve: Tokens::new(reserve),
        risk: Probability::clamped(risk),
        ..CapPolicy::default()
    })
}

/// A prompt that reaches from nothing to a little beyond the window.
fn prompt_of(model: &Model, share: f64) -> Tokens {
    Tokens::from_f64(share * model.limits.window.as_f64())
}

fn call<'a>(
    model: &'a Model,
    price: &'a PriceEntry,
    prompt: Tokens,
    completion: Option<&'a Completion>,
) -> Call<'a> {
    Call {
        model,
        price,
        tier: Tier::Standard,
        prompt,
        cached: Tokens::ZERO,
        written: Tokens::ZERO,
        written_extended: Tokens::ZERO,
        completion,
        cap: None,
        fees: Money::ZERO,
        choices: 1,
        calls: 1,
    }
}

fn sum(answer: &Estimate) -> Money {
    answer.lines.iter().map(|line| line.cost_usd).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_recommended_cap_fits(
        model: Index, share in 0.0..1.1, policy in policies(), law in proptest::option::of(completions()),
    ) {
        let catalog = catalog();
        let model = *model.get(&models(&catalog));
        let limits = &model.limits;
        let prompt = prompt_of(model, share);
        let plan = plan(model, prompt, &policy, law.as_ref());
        prop_assert!(plan.room <= limits.output_cap);
        prop_assert_eq!(plan.recommended.is_none(), plan.status == PlanStatus::NoRoom);
        prop_assert_eq!(plan.room == Tokens::ZERO, plan.status == PlanStatus::NoRoom);
        if let Some(cap) = plan.recommended {
            prop_assert!(cap <= plan.room);
            prop_assert!(cap > Tokens::ZERO);
            prop_assert!(prompt + cap <= limits.window);
            prop_assert!(limits.input_limit.is_none_or(|limit| prompt <= limit));
        }
    }

    #[test]
    fn the_cut_is_enough_and_no_token_too_much(
        model: Index, share in 0.0..1.1, policy in policies(),
    ) {
        let catalog = catalog();
        let model = *model.get(&models(&catalog));
        let prompt = prompt_of(model, share);
        let at = |prompt| plan(model, prompt, &policy, None);
        match at(prompt).cut {
            Some(cut) => {
                prop_assert!(cut > Tokens::ZERO);
                let shorter = prompt.checked_sub(cut).unwrap();
                prop_assert_eq!(at(shorter).status, PlanStatus::Ok);
                prop_assert_ne!(at(shorter + Tokens::new(1)).status, PlanStatus::Ok);
            }
            // Either nothing is to be cut, or no cut helps: the reserve is beyond the model.
            None => prop_assert!(
                at(prompt).status == PlanStatus::Ok || at(Tokens::ZERO).status != PlanStatus::Ok
            ),
        }
    }

    #[test]
    fn a_call_costs_no_less_for_a_longer_prompt(
        model: Index, price: Index, share in 0.0..1.0, more in 0..2_000_u64, completion in 0..4_000_u64,
    ) {
        let catalog = catalog();
        let (model, price) = priced(&catalog, model, price);
        let law = Completion::total(TokenDist::Constant(Tokens::new(completion)));
        let short = prompt_of(model, share);
        let cost = |prompt| {
            let cap = Some(Tokens::new(4_000).min(model.limits.output_cap));
            estimate(&Call { cap, ..call(model, price, prompt, Some(&law)) })
        };
        if let (Ok(short), Ok(long)) = (cost(short), cost(short + Tokens::new(more))) {
            prop_assert!(short.cost.expected <= long.cost.expected);
            prop_assert!(short.cost.worst_case <= long.cost.worst_case);
        }
    }

    #[test]
    fn a_call_costs_no_less_for_a_longer_completion(
        model: Index, price: Index, share in 0.0..0.9, completion in 0..50_000_u64, more in 0..5_000_u64,
    ) {
        let catalog = catalog();
        let (model, price) = priced(&catalog, model, price);
        let prompt = prompt_of(model, share);
        let cost = |tokens| {
            let law = Completion::total(TokenDist::Constant(Tokens::new(tokens)));
            estimate(&call(model, price, prompt, Some(&law)))
        };
        if let (Ok(short), Ok(long)) = (cost(completion), cost(completion + more)) {
            prop_assert!(short.cost.expected <= long.cost.expected);
        }
    }

    #[test]
    fn the_range_is_ordered_and_the_lines_add_up(
        model: Index, price: Index, share in 0.0..1.0, law in completions(),
        choices in 1..4_u64, calls in 1..100_000_u64,
    ) {
        let catalog = catalog();
        let (model, price) = priced(&catalog, model, price);
        let call = Call { choices, calls, ..call(model, price, prompt_of(model, share), Some(&law)) };
        let Ok(answer) = estimate(&call) else { return Ok(()) };
        let expected = answer.cost.expected.unwrap();
        for range in [answer.cost, answer.all_calls] {
            prop_assert!(range.p5 <= range.expected && range.expected <= range.p95);
            prop_assert!(range.p95 <= Some(range.worst_case));
        }
        prop_assert_eq!(sum(&answer), expected);
        // All calls are priced from the unrounded mean: within half a token of each.
        let half = price.rates(Tier::Standard, call.prompt).unwrap().output * Tokens::new(calls.div_ceil(2) + 1);
        let all = answer.all_calls.expected.unwrap();
        prop_assert!(all <= expected * calls + half && expected * calls <= all + half);
        prop_assert_eq!(answer.all_calls.worst_case, answer.cost.worst_case * calls);
    }

    #[test]
    fn slower_tiers_are_never_dearer_and_a_cache_never_costs_more(
        model: Index, price: Index, share in 0.0..1.0, cached in 0.0..1.0, completion in 0..4_000_u64,
    ) {
        let catalog = catalog();
        let (model, price) = priced(&catalog, model, price);
        let prompt = prompt_of(model, share);
        let bill = |tier, cached: Tokens| {
            let rates = price.rates(tier, prompt)?;
            let usage = Usage::new(prompt, Tokens::new(completion)).with_cached(cached).ok()?;
            Some(cost(usage, rates))
        };
        let standard = bill(Tier::Standard, Tokens::ZERO).unwrap();
        for &tier in Tier::ALL {
            let Some(uncached) = bill(tier, Tokens::ZERO) else { continue };
            if matches!(tier, Tier::Batch | Tier::Flex) {
                prop_assert!(uncached <= standard, "{} {tier}", model.id);
            }
            let cached = bill(tier, Tokens::from_f64(cached * prompt.as_f64()).min(prompt)).unwrap();
            prop_assert!(cached <= uncached, "{} {tier}", model.id);
        }
    }

    #[test]
    fn any_text_is_a_count_or_an_error(text in "\\PC{0,200}", name in "x.txt|x.json|x.jsonl|x.md|x.prompty|x.prompt|x.prompt.yml|promptfooconfig.yaml") {
        let catalog = catalog();
        let counting = &catalog.get("o1-mini").unwrap().counting;
        let Ok(document) = read(&text, FileHint::Name(&name), None) else { return Ok(()) };
        prop_assert!(!document.entries.is_empty());
        for entry in document.entries {
            let Ok(request) = entry.request else { continue };
            if let Ok(count) = prompt_tokens(&request, counting) {
                prop_assert_eq!(count.prompt_tokens(), count.content_tokens() + count.framing);
                prop_assert!(count.fidelity != Fidelity::Declared);
            }
        }
    }

    #[test]
    fn more_text_is_more_tokens_up_to_a_merge(text in "[a-z \n]{1,300}", more in "[a-z]{1,100}") {
        let catalog = catalog();
        let counting = &catalog.get("o1-mini").unwrap().counting;
        let count = |text: &str| {
            let document = read(text, FileHint::Nothing, Some(outlay::request::InputFormat::Text)).unwrap();
            prompt_tokens(document.entries[0].request.as_ref().unwrap(), counting).unwrap().content_tokens()
        };
        prop_assume!(!text.trim().is_empty());
        let joined = count(&format!("{text}\n{more}"));
        prop_assert!(joined <= count(&text) + count(&more) + Tokens::new(1));
    }
}

#[test]
fn every_model_is_planned_and_priced_today() {
    let catalog = catalog();
    for model in models(&catalog) {
        let price = model.price_at(TODAY).unwrap();
        let plan = plan(model, Tokens::new(1_000), &CapPolicy::default(), None);
        let cap = plan.recommended;
        assert!(cap.is_some(), "{}", model.id);
        let call = Call { cap, ..call(model, price, Tokens::new(1_000), None) };
        let answer = estimate(&call).unwrap();
        assert!(answer.cost.worst_case > Money::ZERO, "{}", model.id);
    }
}

/// Rows of a table: model, day, prompt, completion, reasoning, whether it was cut off.
fn rows() -> impl Strategy<Value = Vec<(usize, i8, i64, i64, i64, bool)>> {
    prop::collection::vec(
        (0..4_usize, 1..20_i8, 0..5_000_i64, 0..3_000_i64, 0..3_000_i64, any::<bool>()),
        1..40,
    )
}

fn records(rows: &[(usize, i8, i64, i64, i64, bool)]) -> Vec<UsageRecord> {
    let names = [
        "model",
        "time",
        "prompt_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "finish_reason",
    ];
    let names = names.map(str::to_owned);
    let reader = ColumnReader::new(&names, ReadOptions::default()).unwrap();
    let mut found = Vec::new();
    for (model, day, prompt, completion, reasoning, cut) in rows {
        let model = ["o1-mini", "o1-preview", "gpt-4o", "no-such-model"][*model];
        reader.read(
            &[
                Cell::Text(model),
                Cell::Day(date(2024, 10, *day)),
                Cell::Whole(*prompt),
                Cell::Whole(*completion),
                Cell::Whole((*reasoning).min(*completion)),
                Cell::Text(if *cut { "length" } else { "stop" }),
            ],
            &mut found,
        );
    }
    let call = |entry| match entry {
        Ok(LogEntry::Call(call)) => *call,
        other => panic!("{other:?}"),
    };
    found.into_iter().map(call).collect()
}

fn audited(records: &[UsageRecord], catalog: &Catalog) -> Audit {
    let mut audit = Audit::new("model,day".parse().unwrap());
    let mut prices = PriceBook::by_own_days(catalog);
    for record in records {
        audit.add(record, &prices.charge(record), || Place { source: "here".to_owned(), line: 1 });
    }
    audit
}

/// What an audit says, in a form that can be compared.
fn told(audit: &Audit) -> String {
    let groups: Vec<_> = audit.groups().map(|(key, spend)| (key.clone(), spend.clone())).collect();
    let unpriced: Vec<_> = audit.unpriced().cloned().collect();
    format!("{groups:?} {unpriced:?} {:?} {}", audit.days(), audit.undated())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn audits_of_parts_are_merged_to_that_of_the_whole(rows in rows(), at in 0..40_usize) {
        let catalog = Catalog::embedded();
        let records = records(&rows);
        let (first, second) = records.split_at(at.min(records.len()));
        let mut merged = audited(second, &catalog);
        merged.merge(audited(first, &catalog));
        prop_assert_eq!(told(&merged), told(&audited(&records, &catalog)));
    }

    #[test]
    fn profiles_of_parts_are_merged_to_that_of_the_whole(rows in rows(), at in 0..40_usize) {
        let catalog = Catalog::embedded();
        let records = records(&rows);
        let calibrated = |records: &[UsageRecord]| {
            let mut calibrator = Calibrator::new(&catalog, date(2024, 10, 1));
            for record in records {
                calibrator.add(record);
            }
            calibrator
        };
        let whole = calibrated(&records).profiles("here");
        let (first, second) = records.split_at(at.min(records.len()));
        let mut merged = calibrated(second);
        merged.merge(calibrated(first));
        prop_assert_eq!(&merged.profiles("here"), &whole);
        // The same by rows of a histogram, which have no period of their own here.
        let mut added = Calibrator::new(&catalog, date(2024, 10, 1));
        for part in [second, first] {
            for row in calibrated(part).rows() {
                added.add_row(row, None).unwrap();
            }
        }
        let without_days = |profiles: Vec<Profile>| -> Vec<Profile> {
            profiles.into_iter().map(|profile| Profile { period: None, ..profile }).collect()
        };
        prop_assert_eq!(without_days(added.profiles("here")), without_days(whole));
    }
}

#[test]
fn a_call_without_a_day_has_no_price_by_own_days() {
    let catalog = Catalog::embedded();
    let mut record = records(&[(0, 2, 100, 100, 50, false)]).remove(0);
    record.day = None;
    let error = PriceBook::by_own_days(&catalog).charge(&record).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingPrice);
    assert!(PriceBook::new(&catalog, date(2024, 10, 2)).charge(&record).is_ok());
}

/// Both ways of writing a value, for tables and for JSON, give one name.
#[test]
fn names_are_the_same_in_text_and_in_json() {
    fn same<T: Copy + std::fmt::Display + serde::Serialize>(all: &[T]) {
        for value in all {
            assert_eq!(serde_json::json!(value), value.to_string());
        }
    }
    same(Tier::ALL);
    same(CacheLifetime::VARIANTS);
    same(Effort::ALL);
    same(FeedKind::ALL);
    same(WorkKind::ALL);
    same(Retention::VARIANTS);
    same(Endpoint::VARIANTS);
    same(Level::VARIANTS);
}
