//! How long forecasts take: `cargo bench --bench forecast`.

#![expect(clippy::expect_used, reason = "a benchmark without its data is a mistake")]

use std::collections::BTreeMap;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use jiff::civil::date;
use outlay::catalog::{Catalog, Retention, Tier};
use outlay::forecast::{
    CacheWrite, CapPolicy, Completion, Empirical, History, LoopBudget, OnLength, Profile,
    PromptCache, Rules, Script, Steps, TimeDist, TokenDist, plan, simulate,
};
use outlay::request::{Framing, RequestSettings};
use outlay::units::{Seconds, Tokens};

fn dist(text: &str) -> TokenDist {
    text.parse().expect("a distribution")
}

/// A plan with two declared distributions, counting left out.
fn plans(criterion: &mut Criterion) {
    let catalog = Catalog::embedded();
    let model = catalog.resolve("o1-mini", date(2024, 10, 20)).expect("o1-mini");
    criterion.bench_function("plan/two distributions", |bencher| {
        bencher.iter(|| {
            let distribution = Completion::split(dist("p50=4288,p95=11072"), dist("200..1200"));
            plan(model, Tokens::new(1_000), &CapPolicy::default(), Some(&distribution))
        });
    });
}

/// Conversations on one thread: linear in runs × turns.
fn conversations(criterion: &mut Criterion) {
    let catalog = Catalog::embedded();
    let day = date(2024, 10, 20);
    let model = catalog.resolve("o1-mini", day).expect("o1-mini");
    let profile = Profile::builtin("o1-mini").expect("a profile");
    let distributions = [
        ("profile", Completion::measured(Empirical::new(&profile.pooled()).expect("rows"))),
        ("declared", Completion::split(dist("p50=4288,p95=11072"), dist("200..1200"))),
    ];
    let policy = CapPolicy::default();
    let rules = Rules {
        model,
        price: model.price_at(day).expect("a price"),
        tier: Tier::Standard,
        base: Tokens::new(2_000),
        past: Vec::new(),
        cap: None,
        policy,
        cap_for_risk: Some(policy.reserve),
        framing: Framing::of(&model.counting, &RequestSettings::default()),
        retention: Retention::None,
        history: History::Full,
        on_length: OnLength::Stop,
        caches: vec![Some(PromptCache {
            min_prefix: Tokens::new(1_024),
            step: Tokens::new(128),
            lifetime: Seconds::new(300.0),
            refreshed: true,
            write: CacheWrite::Free,
        })],
        steps: None,
    };
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let mut group = criterion.benchmark_group("simulate, one thread");
    group.sample_size(20);
    for (name, completion) in &distributions {
        for (runs, turns, rho) in
            [(10_000, 20, 0.0), (10_000, 20, 0.25), (10_000, 40, 0.25), (20_000, 20, 0.25)]
        {
            let script = Script {
                known: Vec::new(),
                user: dist("50..400"),
                media: Tokens::ZERO,
                gap: TimeDist::ZERO,
                agents: Vec::new(),
                completion,
                by_turn: BTreeMap::new(),
                turns,
                runs,
                rho,
                seed: 1,
            };
            group.throughput(Throughput::Elements(u64::from(runs) * u64::from(turns)));
            let id = BenchmarkId::new(*name, format!("{runs} runs × {turns} turns, rho {rho}"));
            group.bench_function(id, |bencher| {
                bencher.iter(|| one_thread.install(|| simulate(&rules, &script)));
            });
        }
    }
    group.finish();

    // Nothing of the reasoning stays, so that the window holds 60 steps.
    let tools = Rules { retention: Retention::None, ..rules };
    let mut group = criterion.benchmark_group("simulate a task, one thread");
    group.sample_size(20);
    for (name, completion) in &distributions {
        for (runs, steps) in [(10_000, 15), (10_000, 30), (10_000, 60)] {
            let rules = Rules { steps: Some(task(steps)), ..tools.clone() };
            let script = Script {
                known: Vec::new(),
                user: dist("50..400"),
                media: Tokens::ZERO,
                gap: TimeDist::ZERO,
                agents: Vec::new(),
                completion,
                by_turn: BTreeMap::new(),
                turns: 1,
                runs,
                rho: 0.05,
                seed: 1,
            };
            group.throughput(Throughput::Elements(u64::from(runs) * steps));
            let id = BenchmarkId::new(*name, format!("{runs} runs × {steps} steps"));
            group.bench_function(id, |bencher| {
                bencher.iter(|| one_thread.install(|| simulate(&rules, &script)));
            });
        }
    }
    group.finish();
}

/// A task of so many steps, with calls and results of random length.
fn task(steps: u64) -> Steps {
    Steps {
        count: Some(TokenDist::Constant(Tokens::new(steps))),
        calls: dist("1"),
        call: dist("20..120"),
        result: dist("100..1500"),
        growth: None,
        budget: LoopBudget::default(),
    }
}

criterion_group!(benches, plans, conversations);
criterion_main!(benches);
