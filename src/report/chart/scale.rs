//! The ticks of an axis and their words.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::spec::{Axis, Unit};
use crate::units::Tokens;

/// A tick: its position and its label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: String,
}

impl Axis {
    /// At most so many ticks, at round values within the ends.
    pub(super) fn ticks(&self, most: usize) -> Vec<Tick> {
        match &self.unit {
            Unit::Names(names) => named(names, most),
            Unit::Days(origin) => days(*origin, self.from, self.to, most),
            unit => {
                let step = round_step((self.to - self.from) / most.max(1) as f64, unit);
                let first = (self.from / step - 1e-9).ceil();
                let count = ((self.to / step + 1e-9).floor() - first).max(0.0);
                let at = |i: usize| (first + i as f64) * step;
                let all = (0..=most).take_while(|i| *i as f64 <= count);
                all.map(|i| Tick { at: at(i), label: word(unit, at(i), step) }).collect()
            }
        }
    }

    /// The same axis up to the next round value, so that a curve stays below its last tick.
    pub(super) fn rounded(&self, most: usize) -> Self {
        let step = round_step((self.to - self.from) / most.max(1) as f64, &self.unit);
        let to = match self.unit {
            Unit::Tokens | Unit::Dollars | Unit::Count => {
                (self.to / step - 1e-9).ceil().max(1.0) * step
            }
            Unit::Share | Unit::Days(_) | Unit::Names(_) => self.to,
        };
        Self { to, ..self.clone() }
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `least`; whole where the
/// unit knows no parts.
fn round_step(least: f64, unit: &Unit) -> f64 {
    let whole = matches!(unit, Unit::Tokens | Unit::Count);
    let least = if whole { least.max(1.0) } else { least.max(1e-12) };
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|n| n * power);
    steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// The word for a value; `step` says how exact it must be.
fn word(unit: &Unit, value: f64, step: f64) -> String {
    match unit {
        Unit::Tokens => short(value),
        Unit::Share => {
            let decimals = decimals(step * 100.0);
            format!("{:.decimals$} %", value * 100.0)
        }
        Unit::Dollars if value >= 10_000.0 => format!("${}", short(value)),
        Unit::Dollars => {
            let decimals = match decimals(step) {
                0 => 0,
                n => n.max(2),
            };
            format!("${value:.decimals$}")
        }
        Unit::Count | Unit::Days(_) | Unit::Names(_) => Tokens::from_f64(value).to_string(),
    }
}

/// Decimals that a multiple of `step` needs.
fn decimals(step: f64) -> usize {
    let is_whole = |amount: &f64| (amount - amount.round()).abs() < 1e-6;
    let amounts = std::iter::successors(Some(step), |amount| Some(amount * 10.0)).take(12);
    amounts.take_while(|amount| !is_whole(amount)).count()
}

/// `800`, `25k`, `1.5m`.
fn short(value: f64) -> String {
    let (amount, suffix) = match value {
        v if v >= 1e9 => (v / 1e9, "bn"),
        v if v >= 1e6 => (v / 1e6, "m"),
        v if v >= 1e3 => (v / 1e3, "k"),
        v => (v, ""),
    };
    let text = format!("{amount:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}{suffix}")
}

fn named(names: &[String], most: usize) -> Vec<Tick> {
    let every = names.len().div_ceil(most.max(1)).max(1);
    let tick = |(i, name): (usize, &String)| Tick { at: i as f64 + 0.5, label: name.clone() };
    names.iter().enumerate().step_by(every).map(tick).collect()
}

/// First days of months, with a step that keeps them few enough.
fn days(origin: Date, from: f64, to: f64, most: usize) -> Vec<Tick> {
    #[expect(clippy::cast_possible_truncation, reason = "days of a catalogue, a few thousand")]
    let day = |days: f64| origin.checked_add((days.ceil() as i64).days()).unwrap_or(origin);
    let (first, last) = (day(from), day(to));
    let months = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
    let span = months(last) - months(first);
    let most = i32::try_from(most.max(1)).unwrap_or(i32::MAX);
    let step = [1, 2, 3, 6, 12, 24, 60].into_iter().find(|step| span / step < most).unwrap_or(120);
    let begin = (months(first) + step - 1).div_euclid(step) * step;
    let mut ticks = Vec::new();
    for month in (begin..=months(last)).step_by(usize::try_from(step).unwrap_or(1)) {
        let (year, of_year) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        let (Ok(year), Ok(of_year)) = (i16::try_from(year), i8::try_from(of_year)) else {
            continue;
        };
        let Ok(date) = Date::new(year, of_year, 1) else { continue };
        if date < first || date > last {
            continue;
        }
        let label = if step % 12 == 0 { year.to_string() } else { format!("{year}-{of_year:02}") };
        ticks.push(Tick { at: days_between(origin, date), label });
    }
    if ticks.is_empty() {
        ticks.push(Tick { at: from, label: first.to_string() });
    }
    ticks
}

/// Days from one day to another.
pub(crate) fn days_between(from: Date, to: Date) -> f64 {
    (to - from).get_days().into()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn labels(axis: &Axis, most: usize) -> Vec<String> {
        axis.ticks(most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_and_say_no_more_than_they_must() {
        let axis = |unit, to| Axis::new("", unit, 0.0, to);
        assert_eq!(labels(&axis(Unit::Tokens, 31_250.0), 6), ["0", "10k", "20k", "30k"]);
        assert_eq!(labels(&axis(Unit::Tokens, 3_000_000.0), 3), ["0", "1m", "2m", "3m"]);
        assert_eq!(labels(&axis(Unit::Share, 1.0), 2), ["0 %", "50 %", "100 %"]);
        assert_eq!(
            labels(&axis(Unit::Dollars, 0.004), 4),
            ["$0.000", "$0.001", "$0.002", "$0.003", "$0.004"]
        );
        assert_eq!(labels(&axis(Unit::Dollars, 40_000.0), 2), ["$0", "$20k", "$40k"]);
        assert_eq!(labels(&axis(Unit::Count, 3.0), 10), ["0", "1", "2", "3"]);
    }

    #[test]
    fn days_are_told_by_month_or_year() {
        let from = date(2024, 9, 12);
        let axis = |to| Axis::new("", Unit::Days(from), 0.0, days_between(from, to));
        assert_eq!(labels(&axis(date(2025, 2, 3)), 3), ["2024-11", "2025-01"]);
        assert_eq!(labels(&axis(date(2028, 2, 3)), 4), ["2025", "2026", "2027", "2028"]);
        // Between two first days there is only the day itself.
        assert_eq!(labels(&axis(date(2024, 9, 20)), 5), ["2024-09-12"]);
    }

    #[test]
    fn names_are_thinned_from_the_first_on() {
        let names = (0..10).map(|i| format!("day {i}")).collect();
        let axis = Axis::new("", Unit::Names(names), 0.0, 10.0);
        assert_eq!(labels(&axis, 4), ["day 0", "day 3", "day 6", "day 9"]);
        assert_eq!(labels(&Axis::new("", Unit::Names(Vec::new()), 0.0, 0.0), 4), [""; 0]);
    }

    proptest! {
        #[test]
        fn ticks_are_few_ascending_within_the_ends_and_all_different(
            to in prop_oneof![1e-9..1.0_f64, 1.0..1e9_f64], most in 1_usize..12, dollars: bool,
        ) {
            let unit = if dollars { Unit::Dollars } else { Unit::Tokens };
            let axis = Axis::new("", unit, 0.0, to);
            for axis in [&axis, &axis.rounded(most)] {
                let ticks = axis.ticks(most);
                prop_assert!(ticks.len() <= most + 1);
                prop_assert!(!ticks.is_empty());
                for pair in ticks.windows(2) {
                    prop_assert!(pair[0].at < pair[1].at);
                    prop_assert_ne!(&pair[0].label, &pair[1].label);
                }
                prop_assert!(ticks.iter().all(|tick| tick.at >= 0.0 && tick.at <= axis.to * (1.0 + 1e-6)));
            }
            prop_assert!(axis.rounded(most).to >= to * (1.0 - 1e-6));
        }
    }
}
