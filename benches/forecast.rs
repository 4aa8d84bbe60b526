//! How long forecasts take: `cargo bench --bench forecast`.

#![expect(clippy::expect_used, reason = "a benchmark without its data is a mistake")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use jiff::civil::date;
use outlay::catalog::{Catalog, Retention, Tier};
use outlay::forecast::{
    CapPolicy, Completion, Empirical, History, OnLength, Profile, Rules, Script, TokenDist, plan,
    simulate,
};
use outlay::units::Tokens;

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
        retention: Retention::None,
        history: History::Full,
        on_length: OnLength::Stop,
        caching: true,
    };
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let mut group = criterion.benchmark_group("simulate, one thread");
    group.sample_size(20);
    for (name, completion) in &distributions {
        for (runs, turns) in [(10_000, 20), (10_000, 40), (20_000, 20)] {
            let script = Script {
                known: Vec::new(),
                user: dist("50..400"),
                completion,
                by_turn: std::collections::BTreeMap::new(),
                turns,
                runs,
                rho: 0.25,
                seed: 1,
            };
            group.throughput(Throughput::Elements(u64::from(runs) * u64::from(turns)));
            let id = BenchmarkId::new(*name, format!("{runs} runs × {turns} turns"));
            group.bench_function(id, |bencher| {
                bencher.iter(|| one_thread.install(|| simulate(&rules, &script)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, plans, conversations);
criterion_main!(benches);
