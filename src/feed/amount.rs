//! Prices and token counts as JSON writes them, read digit by digit.

use crate::units::{Rate, Tokens};

/// For how many tokens a feed states its prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    PerToken,
    PerMillion,
}

/// The lowest and the highest rate that is believed, in picodollars per token: $0.001 and $1,000 per million.
/// The lowest rates on sale are $0.001 (cached input of small models), the highest $600 (o1-pro).
const BAND: (i128, i128) = (1_000, 1_000_000_000);
/// Rates that most models have, by which a mistaken unit is recognised: $0.02 to $100 per million.
const USUAL: (i128, i128) = (20_000, 100_000_000);
/// More digits than this are not a price.
const DIGITS: usize = 36;

/// A price as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) rate: Rate,
    /// Whether digits beyond a picodollar per token were rounded away.
    pub(super) rounded: bool,
}

/// What keeps a text from being a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is not a number, or negative.
    NotANumber(String),
    /// It is a number that no price is.
    OutOfBand(String),
}

/// The rate that a JSON value states; `quoted` where the feed writes its numbers as texts.
pub(super) fn rate(raw: &str, unit: Unit, quoted: bool) -> Result<Read, Unread> {
    let text = match (raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')), quoted) {
        (Some(text), true) => text,
        (None, false) => raw,
        (Some(_), false) => {
            return Err(Unread::NotANumber(format!("is the text {}, not a number", short(raw))));
        }
        (None, true) => {
            return Err(Unread::NotANumber(format!(
                "is {}, not a number in quotes as elsewhere in this feed",
                short(raw)
            )));
        }
    };
    if text.starts_with('-') && scaled(&text[1..], 0).is_some() {
        return Err(Unread::NotANumber(format!("is {}, which is negative", short(text))));
    }
    let shift = match unit {
        Unit::PerToken => 12,
        Unit::PerMillion => 6,
    };
    let Some((value, rounded)) = scaled(text, shift) else {
        return Err(Unread::NotANumber(format!("is {}, not a number", short(raw))));
    };
    let value = value.ok_or_else(|| Unread::OutOfBand(format!("is {}", short(text))))?;
    let nothing = value == 0 && !rounded;
    if !nothing && !(BAND.0..=BAND.1).contains(&value) {
        let (low, high) = ("$0.001", "$1,000");
        return Err(Unread::OutOfBand(format!(
            "is {}, outside {low} to {high} per million tokens{}",
            short(text),
            mistaken(value, unit)
        )));
    }
    match u64::try_from(value) {
        Ok(value) => Ok(Read { rate: Rate::from_picodollars_per_token(value), rounded }),
        Err(_) => Err(Unread::OutOfBand(format!("is {}", short(text)))),
    }
}

/// Which other unit a value looks like.
fn mistaken(value: i128, unit: Unit) -> &'static str {
    let usual = |value: i128| (USUAL.0..=USUAL.1).contains(&value);
    match unit {
        Unit::PerToken if usual(value / 1_000_000) => ": it looks like USD per million tokens",
        Unit::PerToken if usual(value / 1_000) => ": it looks like USD per 1,000 tokens",
        Unit::PerMillion if usual(value.saturating_mul(1_000_000)) => {
            ": it looks like USD per token"
        }
        Unit::PerMillion if usual(value.saturating_mul(1_000)) => {
            ": it looks like USD per 1,000 tokens"
        }
        _ => "",
    }
}

/// The whole number of tokens that a JSON value states, such as `200000` or `256000.0`.
pub(super) fn tokens(raw: &str) -> Result<Tokens, String> {
    let told = || format!("is {}, not a whole number of tokens", short(raw));
    let (value, rounded) = scaled(raw, 0).ok_or_else(told)?;
    let value = value.filter(|_| !rounded).and_then(|value| u64::try_from(value).ok());
    value.filter(|n| *n <= Tokens::LIMIT.get()).map(Tokens::new).ok_or_else(told)
}

/// A decimal text such as `1.5e-05`, without a sign, in units of `10^-shift`, half rounding up, and whether
/// digits were rounded away. `None` when the text is something else; no value when it is too large.
fn scaled(text: &str, shift: i32) -> Option<(Option<i128>, bool)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || mantissa.ends_with('.') {
        return None;
    }
    let significant = format!("{whole}{fraction}");
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return Some((Some(0), false));
    }
    if significant.len() > DIGITS {
        return Some((None, false));
    }
    let value: i128 = significant.parse().ok()?;
    let fraction = i32::try_from(fraction.len()).ok()?;
    let power = exponent.checked_add(shift)?.checked_sub(fraction)?;
    Some(if power >= 0 {
        let factor = u32::try_from(power).ok().and_then(|power| 10_i128.checked_pow(power));
        (factor.and_then(|factor| value.checked_mul(factor)), false)
    } else {
        match 10_i128.checked_pow(power.unsigned_abs()) {
            Some(divisor) => (Some((value + divisor / 2) / divisor), value % divisor != 0),
            None => (Some(0), true),
        }
    })
}

/// A value as it is shown in a message.
fn short(raw: &str) -> String {
    const LONGEST: usize = 40;
    let mut shown: String = raw.chars().take(LONGEST).collect();
    if raw.chars().count() > LONGEST {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(raw: &str, unit: Unit) -> String {
        rate(raw, unit, false).map_or_else(|e| format!("{e:?}"), |read| read.rate.to_string())
    }

    #[test]
    fn prices_are_exact_to_the_last_digit() {
        for (raw, unit, shown) in [
            ("1.5e-05", Unit::PerToken, "15"),
            ("0.000015", Unit::PerToken, "15"),
            ("7.5E-6", Unit::PerToken, "7.5"),
            ("25e-6", Unit::PerToken, "25"),
            ("1.3e-07", Unit::PerToken, "0.13"),
            ("1e-9", Unit::PerToken, "0.001"),
            ("0", Unit::PerToken, "0"),
            ("0.0e-400", Unit::PerToken, "0"),
            ("15", Unit::PerMillion, "15"),
            ("0.138", Unit::PerMillion, "0.138"),
            ("1.0e2", Unit::PerMillion, "100"),
        ] {
            assert_eq!(read(raw, unit), shown, "{raw}");
        }
    }

    #[test]
    fn the_remainder_of_a_float_is_rounded_and_told() {
        let noisy = rate("3.0001999999999996e-07", Unit::PerToken, false).unwrap();
        assert_eq!((noisy.rate.to_string().as_str(), noisy.rounded), ("0.30002", true));
        assert!(!rate("3e-07", Unit::PerToken, false).unwrap().rounded);
    }

    #[test]
    fn what_no_price_is_says_what_it_looks_like() {
        for (raw, unit, part) in [
            ("2.5", Unit::PerToken, "per million tokens"),
            ("0.0025", Unit::PerToken, "per 1,000 tokens"),
            ("0.0000025", Unit::PerMillion, "looks like USD per token"),
            ("0.0009", Unit::PerMillion, "per 1,000 tokens"),
            ("1e-400", Unit::PerMillion, "outside"),
            ("1e400", Unit::PerToken, "OutOfBand"),
            ("-1", Unit::PerToken, "negative"),
            ("\"0.0025\"", Unit::PerToken, "not a number"),
            ("NaN", Unit::PerToken, "not a number"),
            ("true", Unit::PerToken, "not a number"),
            ("[1]", Unit::PerToken, "not a number"),
            ("1e99999999999", Unit::PerToken, "not a number"),
        ] {
            assert!(read(raw, unit).contains(part), "{raw}: {}", read(raw, unit));
        }
    }

    #[test]
    fn tokens_are_whole() {
        assert_eq!(tokens("256000.0"), Ok(Tokens::new(256_000)));
        assert_eq!(tokens("1e6"), Ok(Tokens::new(1_000_000)));
        for raw in ["1.5", "-1", "\"8192\"", "1e30", "null", ""] {
            assert!(tokens(raw).is_err(), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn every_rate_of_the_band_is_read_back(picodollars in 1_000_u64..=1_000_000_000) {
            let rate = Rate::from_picodollars_per_token(picodollars);
            let read = super::rate(&rate.to_string(), Unit::PerMillion, false).unwrap();
            prop_assert_eq!(read, Read { rate, rounded: false });
            let per_token = format!("{picodollars}e-12");
            prop_assert_eq!(super::rate(&per_token, Unit::PerToken, false).unwrap().rate, rate);
        }

        #[test]
        fn no_text_panics_or_leaves_the_band(raw in "[-+0-9.eE\"]{0,12}") {
            for unit in [Unit::PerToken, Unit::PerMillion] {
                if let Ok(read) = rate(&raw, unit, false) {
                    let picodollars = (read.rate * Tokens::new(1)).picodollars();
                    prop_assert!(picodollars == 0 || (BAND.0..=BAND.1).contains(&picodollars));
                }
            }
        }
    }
}
