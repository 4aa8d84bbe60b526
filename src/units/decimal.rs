//! Reading and writing decimal text as scaled integers, without passing through a float.

/// Reads `text` as a decimal number of `10^-scale` units: `("1.25", 2)` is 125.
///
/// Accepts an optional sign, digits with `_` between them or `,` before groups of three, and one point.
/// A comma elsewhere may be a decimal comma, which would make the number a thousand times too large.
/// `None` when the text is something else, when a non-zero digit lies beyond `scale`, or when the
/// number does not fit.
pub(super) fn parse(text: &str, scale: u32) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || (digits.contains('.') && fraction.is_empty()) {
        return None;
    }
    if !has_groups_of_three(whole) {
        return None;
    }
    let mut value: i128 = 0;
    let mut previous_was_digit = false;
    for c in whole.chars() {
        match c {
            '0'..='9' => value = push(value, c)?,
            '_' | ',' if previous_was_digit => {}
            _ => return None,
        }
        previous_was_digit = c.is_ascii_digit();
    }
    if !previous_was_digit {
        return None;
    }
    let mut places = 0;
    for c in fraction.chars() {
        if !c.is_ascii_digit() {
            return None;
        }
        if places < scale {
            value = push(value, c)?;
            places += 1;
        } else if c != '0' {
            return None;
        }
    }
    for _ in places..scale {
        value = value.checked_mul(10)?;
    }
    Some(if negative { -value } else { value })
}

/// Whether commas, where there are any, part a number into groups of three digits.
fn has_groups_of_three(whole: &str) -> bool {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let mut has_more = false;
    let rest_fits = groups.all(|group| {
        has_more = true;
        group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit())
    });
    !has_more || (rest_fits && (1..=3).contains(&first.len()) && !first.contains('_'))
}

/// The largest amount that is read from text: a trillion, far beyond any model's window.
pub(super) const LARGEST: u64 = 1_000_000_000_000;

/// What a text is as a whole number of things.
pub(super) enum WholeNumber {
    /// A number from 0 to [`LARGEST`].
    Read(u64),
    /// A number below 0.
    Negative,
    /// A number above [`LARGEST`].
    TooLarge,
    /// No whole number.
    Other,
}

/// Reads a whole number, with `k` for thousands and `m` for millions: `128k`, `1.5m`, `128,000`.
pub(super) fn whole_number(text: &str) -> WholeNumber {
    let trimmed = text.trim();
    let (number, scale) = match trimmed.char_indices().next_back() {
        Some((i, 'k' | 'K')) => (&trimmed[..i], 3),
        Some((i, 'm' | 'M')) => (&trimmed[..i], 6),
        _ => (trimmed, 0),
    };
    if number.len() > 20 && number.bytes().all(|b| b.is_ascii_digit()) {
        return WholeNumber::TooLarge;
    }
    match parse(number, scale) {
        None => WholeNumber::Other,
        Some(amount) if amount < 0 => WholeNumber::Negative,
        Some(amount) => match u64::try_from(amount) {
            Ok(n) if n <= LARGEST => WholeNumber::Read(n),
            _ => WholeNumber::TooLarge,
        },
    }
}

fn push(value: i128, digit: char) -> Option<i128> {
    value.checked_mul(10)?.checked_add(i128::from(digit.to_digit(10)?))
}

/// Writes `value` of `10^-scale` units with all its decimals and no trailing zeros: `(1250, 3)` is `1.25`.
pub(super) fn format(value: i128, scale: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let unit = 10_u128.pow(scale);
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let decimals = format!("{fraction:0width$}", width = scale as usize);
    let decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

/// Writes a whole number with commas between groups of three digits.
pub(super) fn group(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_nothing_else() {
        for (text, value) in [
            ("0", 0),
            ("1.25", 125),
            ("1,000", 100_000),
            ("1,234,567.5", 123_456_750),
            ("1_000.5", 100_050),
            ("-3", -300),
            ("1.250", 125),
        ] {
            assert_eq!(parse(text, 2), Some(value), "{text}");
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1.255",
            "1e3",
            "--1",
            "1..2",
            "1.2.3",
            ",1",
            "1,",
            "١",
            "0,05",
            "1,5",
            "1,2345",
            "12,34",
            "1234,567",
            "1,00",
            "1,000,5",
            "1_000,000",
        ] {
            assert_eq!(parse(text, 2), None, "{text}");
        }
        assert_eq!(parse(&"9".repeat(60), 2), None);
    }

    #[test]
    fn writes_all_decimals_and_no_trailing_zero() {
        assert_eq!(format(42_075_000_000, 12), "0.042075");
        assert_eq!(format(-1_500, 3), "-1.5");
        assert_eq!(format(3_000, 3), "3");
    }
}
