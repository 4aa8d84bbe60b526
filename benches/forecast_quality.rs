//! How good the forecasts are on public usage figures. See docs/forecasting.md for what each table means.
//!
//! ```text
//! python3 pricing/priors/fit.py DATA --left-out left-out.json
//! cargo bench --bench forecast_quality -- "$PWD/left-out.json"
//! ```
//!
//! The file holds every cell (model x effort x workload) with its requests and with the prior that was
//! fitted without its workload.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark without its data is a mistake; shares of a list are places in it"
)]

use outlay::forecast::{
    Completion, Empirical, Observation, OwnCalls, Prior, SafeCap, Sample, Tail, own_cap,
};
use outlay::units::{Probability, Tokens};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use serde::Deserialize;

/// Draws of own calls from each cell.
const DRAWS: u64 = 60;
/// A limit that no completion reaches.
const NO_LIMIT: Tokens = Tokens::new(10_000_000);

#[derive(Deserialize)]
struct Cell {
    kind: String,
    reasons: bool,
    /// The mean completion of all requests that were found, of which `requests` may be a part.
    tokens: f64,
    log_mean: f64,
    within: f64,
    between: f64,
    offset: f64,
    between_known: f64,
    /// Degrees of freedom and scale of heavier tails.
    tail: Option<(f64, f64)>,
    /// Completion, reasoning, whether it was cut off, conversation, turn.
    requests: Vec<(u64, Option<u64>, u8, String, u64)>,
}

impl Cell {
    fn prior(&self, model_known: bool) -> Prior {
        let (offset, between) =
            if model_known { (self.offset, self.between_known) } else { (0.0, self.between) };
        Prior {
            kind: self.kind.parse().ok(),
            centre: self.log_mean + offset,
            within: self.within,
            between,
            shared: 0.0,
            model: 0.0,
            model_known,
            share: None,
            tail: self.tail.map(|(dof, scale)| Tail { dof, scale }),
        }
    }

    fn lengths(&self) -> Vec<u64> {
        self.requests.iter().map(|request| request.0).collect()
    }
}

/// Which cells are judged together.
type Chosen<'a> = &'a dyn Fn(&Cell) -> bool;

fn main() {
    let Some(path) = std::env::args().skip(1).find(|arg| !arg.starts_with("--")) else {
        println!("skipped: pass the file that `pricing/priors/fit.py DATA --left-out FILE` writes");
        return;
    };
    let text = std::fs::read_to_string(&path).expect("the file of left-out cells");
    let cells: Vec<Cell> = serde_json::from_str(&text).expect("cells as fit.py writes them");
    let cells: Vec<Cell> = cells.into_iter().filter(|cell| cell.requests.len() >= 5).collect();
    let all = |_: &Cell| true;
    let reasoning = |cell: &Cell| cell.reasons;
    let plain = |cell: &Cell| !cell.reasons;
    let no_plain_judge = |cell: &Cell| cell.reasons || cell.kind != "judge";
    let groups: [(&str, Chosen<'_>); 4] = [
        ("all models", &all),
        ("reasoning models", &reasoning),
        ("plain models", &plain),
        ("all models but for judge without reasoning", &no_plain_judge),
    ];
    for (name, chosen) in groups {
        let chosen: Vec<&Cell> = cells.iter().filter(|cell| chosen(cell)).collect();
        println!("\n{name}, workload left out");
        left_out("kind", &chosen, false);
        let measured: Vec<&Cell> = chosen
            .iter()
            .copied()
            .filter(|cell| cell.between_known < cell.between - 1e-9)
            .collect();
        left_out("kind and model", &measured, true);
    }
    let large: Vec<&Cell> = cells.iter().filter(|cell| cell.requests.len() >= 150).collect();
    println!("\nown calls, {} cells of 150 requests or more, {DRAWS} draws each", large.len());
    for n in [3, 5, 10, 20, 50, 100] {
        own_calls(&large, n);
    }
    println!(
        "\ncalls cut off at the 80 % quantile, 50 own calls: cap by EM, and the cut taken as an end"
    );
    cut_off(&large);
}

fn left_out(known: &str, cells: &[&Cell], model_known: bool) {
    let (mut covered, mut cut, mut typical, mut mean) = (vec![], vec![], vec![], vec![]);
    for cell in cells {
        let prior = cell.prior(model_known);
        let completion = Completion::predicted(&prior);
        let at = |p| completion.billed_quantile(p, NO_LIMIT).get();
        let (low, high, cap) = (at(0.05), at(0.95), at(0.99));
        let lengths = cell.lengths();
        let share = |of: &dyn Fn(u64) -> bool| {
            lengths.iter().filter(|t| of(**t)).count() as f64 / lengths.len() as f64
        };
        covered.push(share(&|t| (low..=high).contains(&t)));
        cut.push(share(&|t| t > cap));
        let usual = (prior.centre + prior.within / 2.0).exp();
        typical.push((usual / cell.tokens).ln().abs().exp());
        mean.push((completion.billed_moments(NO_LIMIT).0 / cell.tokens).ln().abs().exp());
    }
    let average = |of: &[f64]| 100.0 * of.iter().sum::<f64>() / of.len().max(1) as f64;
    println!(
        "  {known}: {} cells, p5-p95 covers {:.1} %, cut off at the 1 % cap {:.2} %, error factor median {:.2} (of the expected mean {:.2})",
        cells.len(),
        average(&covered),
        average(&cut),
        median(&mut typical),
        median(&mut mean),
    );
}

fn own_calls(cells: &[&Cell], n: usize) {
    let mut random = Pcg32::seed_from_u64(n as u64);
    let (mut cut, mut ratio, mut error, mut inside) = (vec![], vec![], vec![], vec![]);
    let risk = Probability::clamped(0.01);
    for cell in cells {
        let lengths = cell.lengths();
        let true_q99 = quantile(&lengths, 0.99);
        let true_mean = lengths.iter().sum::<u64>() as f64 / lengths.len() as f64;
        for _ in 0..DRAWS {
            let (own, rest) = split(&lengths, n, &mut random);
            let sample = sample(&own, u64::MAX);
            let prior = cell.prior(false);
            let measured = Empirical::new(&sample).expect("calls");
            let fit = OwnCalls::new(&sample, &prior).expect("calls");
            let bound = fit.bound(risk).expect("a risk above 0").as_f64();
            cut.push(rest.iter().filter(|t| **t as f64 > bound).count() as f64 / rest.len() as f64);
            ratio.push(bound / true_q99);
            let completion = Completion::own_calls(&fit, &measured, &prior);
            let mean = completion.billed_moments(NO_LIMIT).0;
            error.push((mean / true_mean - 1.0).abs());
        }
        // Of a cell without the own calls the mean would be off by the opposite error, and the more so the smaller
        // the cell. So the cell is taken as the workload, from which both are drawn with replacement.
        for _ in 0..DRAWS {
            let mut pick = || lengths[below(&mut random, lengths.len())];
            let own: Vec<u64> = (0..n).map(|_| pick()).collect();
            let total: f64 = (0..1_000).map(|_| pick() as f64).sum();
            let (sample, prior) = (sample(&own, u64::MAX), cell.prior(false));
            let measured = Empirical::new(&sample).expect("calls");
            let fit = OwnCalls::new(&sample, &prior).expect("calls");
            let all = Completion::own_calls(&fit, &measured, &prior).mean_of(NO_LIMIT, 1_000);
            let at = |p| 1_000.0 * all.quantile(p);
            inside.push(f64::from(u8::from((at(0.05)..=at(0.95)).contains(&total))));
        }
    }
    let average = |of: &[f64]| 100.0 * of.iter().sum::<f64>() / of.len() as f64;
    println!(
        "  n = {n}: cut off {:.2} %, cap {:.2} x the true q99, cost error {:.0} % (median), totals of 1,000 calls inside p5-p95 {:.0} %",
        average(&cut),
        median(&mut ratio),
        100.0 * median(&mut error),
        average(&inside),
    );
}

fn cut_off(cells: &[&Cell]) {
    let mut random = Pcg32::seed_from_u64(7);
    let risk = Probability::clamped(0.01);
    for (name, censored, n) in
        [("EM", true, 50), ("cut taken as an end", false, 50), ("Kaplan-Meier", true, 300)]
    {
        let (mut cut, mut ratio, mut open) = (vec![], vec![], 0);
        for cell in cells {
            let lengths = cell.lengths();
            let limit = quantile(&lengths, 0.8) as u64;
            for _ in 0..DRAWS {
                // Drawn with replacement, so that 300 calls can be drawn from any cell.
                let own: Vec<u64> =
                    (0..n).map(|_| lengths[below(&mut random, lengths.len())]).collect();
                let own: Vec<u64> =
                    if censored { own } else { own.iter().map(|t| (*t).min(limit)).collect() };
                let sample = sample(&own, if censored { limit } else { u64::MAX });
                let SafeCap::Cap(cap) = own_cap(&sample, risk, &cell.prior(false)) else {
                    open += 1;
                    continue;
                };
                let cap = cap.as_f64();
                cut.push(
                    lengths.iter().filter(|t| **t as f64 > cap).count() as f64
                        / lengths.len() as f64,
                );
                ratio.push(cap / quantile(&lengths, 0.99));
            }
        }
        let average = 100.0 * cut.iter().sum::<f64>() / cut.len().max(1) as f64;
        println!(
            "  {name} ({n} calls): cut off {average:.2} %, cap {:.2} x the true q99, no answer in {open} draws",
            median(&mut ratio)
        );
    }
}

fn sample(lengths: &[u64], limit: u64) -> Sample {
    let mut sample = Sample::default();
    for length in lengths {
        let seen = Observation {
            completion: Tokens::new((*length).min(limit)),
            censored: *length > limit,
            reasoning: Tokens::ZERO,
            content: None,
        };
        sample.add(seen, 1).expect("reasoning is part of the completion");
    }
    sample
}

/// `n` of the lengths, and the others.
fn split(lengths: &[u64], n: usize, random: &mut Pcg32) -> (Vec<u64>, Vec<u64>) {
    let mut mixed = lengths.to_vec();
    for i in 0..n {
        let j = i + below(random, mixed.len() - i);
        mixed.swap(i, j);
    }
    let rest = mixed.split_off(n);
    (mixed, rest)
}

fn below(random: &mut Pcg32, n: usize) -> usize {
    (random.next_u64() % n as u64) as usize
}

fn quantile(lengths: &[u64], p: f64) -> f64 {
    let mut sorted = lengths.to_vec();
    sorted.sort_unstable();
    sorted[((sorted.len() as f64 * p) as usize).min(sorted.len() - 1)] as f64
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
