//! A command to paste that makes a forecast better.

use crate::units::Tokens;

/// The same question with the kind of work said, which is what decides most about a completion.
pub(crate) fn say_the_kind(verb: &str, input: Option<&str>, model: &str, prompt: Tokens) -> String {
    let what = match input {
        // The place of a request in its file is no argument.
        Some(input) => quoted(without_line(input)),
        None => format!("--input-tokens {}", prompt.get()),
    };
    format!("next: outlay {verb} {what} -m {model} --kind code")
}

fn without_line(input: &str) -> &str {
    match input.rsplit_once(':') {
        Some((file, line)) if !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()) => file,
        _ => input,
    }
}

/// A word of a command line, in quotes where the shell would part it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_pasted() {
        let at = |input| say_the_kind("plan", input, "o3", Tokens::new(400));
        assert_eq!(at(None), "next: outlay plan --input-tokens 400 -m o3 --kind code");
        assert_eq!(at(Some("a b.md")), "next: outlay plan 'a b.md' -m o3 --kind code");
        assert_eq!(at(Some("batch.jsonl:7")), "next: outlay plan batch.jsonl -m o3 --kind code");
    }
}
