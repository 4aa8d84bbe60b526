//! A declared distribution of lengths of time.

use std::fmt;
use std::str::FromStr;

use super::super::distribution::{AmountSampler, DrawnAmount, TokenDist};
use crate::units::{Probability, Seconds, Tokens};
use crate::{Error, ErrorKind};

const PER_SECOND: f64 = 1_000.0;

/// A length of time that is known, or known to be lognormal.
///
/// Reads `90s`, `30s..10min` (5 % and 95 % quantiles) and `p50=60s,p95=20min`: the notation of
/// [`TokenDist`], with units of time.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeDist {
    /// Whole milliseconds: amounts and times have the same distributions.
    milliseconds: TokenDist,
}

impl TimeDist {
    /// No time at all.
    pub const ZERO: Self = Self { milliseconds: TokenDist::Constant(Tokens::ZERO) };

    /// P(time <= `limit`).
    #[must_use]
    pub fn share_within(&self, limit: Seconds) -> Probability {
        Probability::clamped(1.0 - self.milliseconds.survival(limit.get() * PER_SECOND))
    }

    /// The time, where it is always the same.
    #[must_use]
    pub fn as_constant(&self) -> Option<Seconds> {
        match &self.milliseconds {
            TokenDist::Constant(amount) => Some(seconds(amount.as_f64())),
            _ => None,
        }
    }

    /// What is drawn, in milliseconds.
    #[must_use]
    pub fn drawn(&self) -> DrawnAmount {
        (&self.milliseconds).into()
    }

    /// How it is written, such as `30s..600s`, where that can be told from it.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        let text = self.milliseconds.literal()?;
        let time = |amount: &str| Some(format!("{}s", amount.parse::<f64>().ok()? / PER_SECOND));
        let term = |term: &str| match term.split_once('=') {
            Some((name, amount)) => Some(format!("{name}={}", time(amount)?)),
            None => time(term),
        };
        let between = if text.contains("..") { ".." } else { "," };
        let terms: Option<Vec<String>> = text.split(between).map(term).collect();
        Some(terms?.join(between))
    }

    pub(super) fn sampler(&self) -> AmountSampler {
        AmountSampler::new(&self.milliseconds)
    }

    fn quantile(&self, p: f64) -> Seconds {
        seconds(self.milliseconds.quantile(p))
    }
}

fn seconds(milliseconds: f64) -> Seconds {
    Seconds::new(milliseconds / PER_SECOND)
}

/// What a sampler of times draws, in seconds.
pub(super) fn drawn_seconds(sampler: &AmountSampler, u: f64) -> f64 {
    sampler.at(u).map_or(f64::INFINITY, |drawn| drawn as f64 / PER_SECOND)
}

impl fmt::Display for TimeDist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(time) = self.as_constant() {
            return write!(f, "{time}");
        }
        let [p5, p50, p95] = [0.05, 0.5, 0.95].map(|p| self.quantile(p));
        write!(f, "lognormal, p5 {p5}, p50 {p50}, p95 {p95}")
    }
}

impl FromStr for TimeDist {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let quantile = |term: &str| {
            let (name, time) = term.split_once('=').ok_or_else(|| refuse("expected p50=60s"))?;
            let p: Option<f64> = name.trim().strip_prefix('p').and_then(|p| p.parse().ok());
            Ok((p.ok_or_else(|| refuse("expected p50=60s"))? / 100.0, time_of(time)?))
        };
        let parsed = if let Some((low, high)) = text.split_once("..") {
            through((0.05, time_of(low)?), (0.95, time_of(high)?))
        } else if text.contains('=') {
            match text.split(',').collect::<Vec<_>>()[..] {
                [first, second] => through(quantile(first)?, quantile(second)?),
                _ => Err(refuse("expected two quantiles")),
            }
        } else {
            time_of(text).map(TokenDist::Constant)
        };
        parsed.map(|milliseconds| Self { milliseconds }).map_err(|error| {
            let message = format!("`{text}` is not a length of time: {}", error.message());
            Error::new(ErrorKind::Amount, message)
                .hint("write `90s`, `30s..10min` (a 90 % interval) or `p50=60s,p95=20min`")
        })
    }
}

fn refuse(why: &str) -> Error {
    Error::new(ErrorKind::Amount, why)
}

/// The lognormal through two quantiles in milliseconds; the message of an error speaks of times.
fn through(low: (f64, Tokens), high: (f64, Tokens)) -> Result<TokenDist, Error> {
    if low.1 > high.1 {
        let [low, high] = [low.1, high.1].map(|amount| seconds(amount.as_f64()));
        return Err(refuse(&format!("{high} is shorter than {low}")));
    }
    if low.1 == Tokens::ZERO && high.1 > Tokens::ZERO {
        return Err(refuse("a range starts above 0 s"));
    }
    if low.1 == high.1 {
        return Ok(TokenDist::Constant(low.1));
    }
    TokenDist::through(low, high)
}

/// A time in milliseconds. A unit is asked for: `5` may be meant as minutes.
fn time_of(text: &str) -> Result<Tokens, Error> {
    let time: Seconds = text.parse()?;
    if time.get() > 0.0 && !text.trim().ends_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(refuse(&format!("`{}` has no unit", text.trim())));
    }
    Ok(Tokens::from_f64(time.get() * PER_SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dist(text: &str) -> TimeDist {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_read_as_amounts_are() {
        assert_eq!(dist("90s").as_constant(), Some(Seconds::new(90.0)));
        assert_eq!(dist("0").as_constant(), Some(Seconds::new(0.0)));
        assert_eq!(dist("60s..1min"), dist("1min"));
        let spread = dist("30s..10min");
        assert!((spread.share_within(Seconds::new(30.0)).get() - 0.05).abs() < 1e-9);
        assert!((spread.share_within(Seconds::new(600.0)).get() - 0.95).abs() < 1e-9);
        let median = dist("p50=60s,p95=20min");
        assert!((median.share_within(Seconds::new(60.0)).get() - 0.5).abs() < 1e-9);
        assert_eq!(median.to_string(), "lognormal, p5 3.0 s, p50 60 s, p95 20 min");
    }

    #[test]
    fn what_is_written_is_told_from_the_times() {
        for text in ["90s", "0.5s", "30s..600s", "p50=60s,p95=1300s"] {
            assert_eq!(dist(text).literal().as_deref(), Some(text));
        }
        // Another way of writing the same: p5 is a whole number of seconds as well.
        assert_eq!(dist("p50=60s,p95=20min").literal().as_deref(), Some("3s..1200s"));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, reason) in [
            ("5", "`5` has no unit"),
            ("10min..30s", "30 s is shorter than 10 min"),
            ("0s..5min", "a range starts above 0 s"),
            ("p50=60s", "expected two quantiles"),
            ("soon", "is not a length of time"),
            ("-5s", "is not a length of time"),
        ] {
            let error = text.parse::<TimeDist>().unwrap_err();
            assert!(error.message().contains(reason), "{text}: {error}");
        }
    }
}
