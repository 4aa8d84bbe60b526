//! A vocabulary in a file of a user's own: `tokenizer.json`, `tekken.json` or `.tiktoken`.
//!
//! Only what is counted with exactly is taken. What a file asks for and this engine does not do is
//! named, and the file refused.

use serde::Deserialize;
use serde_json::Value;

use super::recipe::Recipe;
use super::source::{Config, Model, TekkenToken, tekken, tiktoken};
use crate::tokenizer::pattern::{Form, Rules, of_patterns};

/// The largest file that is read. The largest published one has 34 MB.
pub(crate) const LARGEST: usize = 256 << 20;

/// What a file says: the vocabulary, how a text is split, and whether it is composed (NFC) first.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) recipe: Recipe,
    pub(crate) rules: Rules,
    pub(crate) form: Form,
}

/// Reads a file. A `.tiktoken` file does not say how a text is split: `rules` do.
pub(crate) fn read(contents: &[u8], rules: Option<Rules>) -> Result<Read, String> {
    if contents.len() > LARGEST {
        return Err(format!("it is larger than {} MB", LARGEST >> 20));
    }
    let contents = contents.strip_prefix(b"\xef\xbb\xbf").unwrap_or(contents);
    let text = str::from_utf8(contents).map_err(|e| {
        format!("byte {} is not UTF-8; a SentencePiece `.model` is not read", e.valid_up_to())
    })?;
    if !text.trim_ascii_start().starts_with('{') {
        let rules = rules.ok_or(
            "a .tiktoken file does not say how text is split; write FILE#ENCODING to split as that encoding does, as in my.tiktoken#o200k_base",
        )?;
        return Ok(Read { recipe: tiktoken(text)?, rules, form: Form::AsIs });
    }
    let file: File = serde_json::from_str(text).map_err(|e| format!("it is not read: {e}"))?;
    match file {
        File { model: Some(model), .. } => {
            let rules = split(file.pre_tokenizer.as_ref())?;
            let form = form(file.normalizer.as_ref())?;
            Ok(Read { recipe: model.recipe()?, rules, form })
        }
        File { config: Some(config), vocab: Some(tokens), .. } => {
            let rules = of_patterns(&[&config.pattern]).ok_or_else(|| unknown(&config.pattern))?;
            Ok(Read { recipe: tekken(&config, &tokens)?, rules, form: Form::AsIs })
        }
        _ => Err("it has neither a `model` nor a `config` and a `vocab`".to_owned()),
    }
}

/// A `tokenizer.json` or a `tekken.json`.
#[derive(Deserialize)]
struct File {
    model: Option<Model>,
    normalizer: Option<Value>,
    pre_tokenizer: Option<Value>,
    config: Option<Config>,
    vocab: Option<Vec<TekkenToken>>,
}

/// How the part before the model splits a text.
fn split(pre_tokenizer: Option<&Value>) -> Result<Rules, String> {
    let steps = steps(pre_tokenizer, "pretokenizers");
    let mut patterns = Vec::new();
    let mut is_bytes = false;
    for step in steps {
        match step["type"].as_str() {
            Some("Split") => {
                let regex = step["pattern"]["Regex"].as_str();
                let isolated = step["behavior"] == "Isolated" && step["invert"] != true;
                match regex.filter(|_| isolated) {
                    Some(regex) => patterns.push(regex),
                    None => return Err(format!("it splits by {step}, which this engine does not")),
                }
            }
            Some("ByteLevel") if step["add_prefix_space"] != true => {
                is_bytes = true;
                if step["use_regex"] != false {
                    patterns.push(GPT2);
                }
            }
            Some("Digits") if step["individual_digits"] == true => patterns.push(r"\p{N}"),
            _ => return Err(format!("its pre-tokenizer is {step}, which this engine does not do")),
        }
    }
    if !is_bytes {
        return Err("its text is not split into bytes".to_owned());
    }
    of_patterns(&patterns).ok_or_else(|| unknown(&patterns.join("` and `")))
}

/// What `ByteLevel` splits by when nothing else is said.
const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

/// Whether the text is composed first. No other normal form is known.
fn form(normalizer: Option<&Value>) -> Result<Form, String> {
    let mut form = Form::AsIs;
    for step in steps(normalizer, "normalizers") {
        match step["type"].as_str() {
            Some("NFC") => form = Form::Composed,
            _ => return Err(format!("its normalizer is {step}, which this engine does not do")),
        }
    }
    Ok(form)
}

/// The steps of a part that is absent, one, or a sequence.
fn steps<'a>(part: Option<&'a Value>, list: &str) -> Vec<&'a Value> {
    match part {
        None | Some(Value::Null) => Vec::new(),
        Some(part) if part["type"] == "Sequence" => {
            part[list].as_array().into_iter().flatten().flat_map(|p| steps(Some(p), list)).collect()
        }
        Some(part) => vec![part],
    }
}

fn unknown(pattern: &str) -> String {
    format!("it splits text by a pattern that this engine does not know: `{pattern}`")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_step_alone_is_as_one_in_a_sequence() {
        let sequence = |list: &str, step: &Value| json!({ "type": "Sequence", list: [step] });
        let twice = |list: &str, step: &Value| sequence(list, &sequence(list, step));
        let composed = json!({ "type": "NFC" });
        for part in
            [composed.clone(), sequence("normalizers", &composed), twice("normalizers", &composed)]
        {
            assert_eq!(form(Some(&part)), Ok(Form::Composed), "{part}");
        }
        for part in
            [None, Some(Value::Null), Some(json!({ "type": "Sequence", "normalizers": [] }))]
        {
            assert_eq!(form(part.as_ref()), Ok(Form::AsIs));
        }
        let lower = json!({ "type": "Lowercase" });
        for part in [lower.clone(), sequence("normalizers", &lower), twice("normalizers", &lower)] {
            assert!(form(Some(&part)).unwrap_err().contains("Lowercase"), "{part}");
        }
        let bytes = json!({ "type": "ByteLevel", "use_regex": true });
        for part in [bytes.clone(), sequence("pretokenizers", &bytes)] {
            assert_eq!(split(Some(&part)).ok(), of_patterns(&[GPT2]), "{part}");
        }
        for part in
            [None, Some(&lower), Some(&json!({ "type": "ByteLevel", "add_prefix_space": true }))]
        {
            assert!(split(part).is_err(), "{part:?}");
        }
    }
}
