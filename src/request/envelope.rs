//! What is around a body: lines and bodies of the batch APIs, and pairs of a request with its answer.

use super::keys::LooseKeys;
use super::message::Request;
use super::origin::Origin;
use crate::Error;
use crate::json::{Fields, Kind, Value};

/// Keys that hold text in a body, and that no API reads around it.
const OF_BODIES: &[&str] = &[
    "body",
    "contents",
    "input",
    "instructions",
    "messages",
    "params",
    "prompt",
    "system",
    "systemInstruction",
    "system_instruction",
    "tools",
];

/// The keys around a body under `text`, and those that are like one that holds text.
const fn around(text: &'static [&'static str], free: &'static [&'static str]) -> LooseKeys {
    LooseKeys { text, free, elsewhere: OF_BODIES }
}

const BODY: LooseKeys = around(&["body"], &[]);
const PARAMS: LooseKeys = around(&["params"], &[]);
const MODEL_INPUT: LooseKeys =
    around(&["modelInput"], &["model", "modelId", "modelName", "modelOutput"]);
const REQUEST: LooseKeys =
    around(&["request"], &["instances", "requestId", "requestType", "request_id"]);
/// Around a whole batch of Anthropic's.
const REQUESTS: LooseKeys = around(&["requests"], &[]);
/// Around a whole batch of Gemini's, from the outside.
const GEMINI: [LooseKeys; 4] = [
    around(&["batch"], &[]),
    around(&["inputConfig", "input_config"], &[]),
    around(&["requests"], &[]),
    around(&["requests"], &[]),
];

/// A body, taken out of what is around it.
pub(super) struct Unwrapped<'a> {
    pub(super) body: Value<'a>,
    /// Whether it is sent through a batch API.
    pub(super) batch: bool,
    /// The API that the envelope names.
    pub(super) origin: Option<Origin>,
    /// The objects around it, whose other keys are in no figure.
    around: Around<'a>,
}

impl<'a> Unwrapped<'a> {
    fn alone(body: Value<'a>) -> Self {
        Self { body, batch: false, origin: None, around: Vec::new() }
    }

    /// Notes what stands around it and may hold text.
    pub(super) fn check_around(&self, request: &mut Request) {
        self.around.iter().for_each(|(fields, keys)| keys.check(fields, request));
    }
}

/// The bodies of a document: one, or all of a batch that is sent as one.
pub(super) fn unwrap(value: Value<'_>) -> Result<Vec<Unwrapped<'_>>, Error> {
    if value.kind() != Kind::Object {
        return Ok(vec![Unwrapped::alone(value)]);
    }
    let fields = value.fields()?;
    if let Some((requests, around)) = inline_batch(&fields)? {
        let items = requests.as_array()?.into_iter();
        let bodies = items.map(|item| one(item, item.fields()?));
        let mut bodies = bodies.collect::<Result<Vec<_>, _>>()?;
        // What is said of the whole is said once.
        if let Some(first) = bodies.first_mut() {
            first.around.extend(around);
        }
        return Ok(bodies);
    }
    Ok(vec![one(value, fields)?])
}

/// Objects around a body, each with the keys that it may have.
type Around<'a> = Vec<(Fields<'a>, &'static LooseKeys)>;

/// The requests of Anthropic's or Gemini's batch in one body.
fn inline_batch<'a>(fields: &Fields<'a>) -> Result<Option<(Value<'a>, Around<'a>)>, Error> {
    if let Some(requests) = fields.get("requests").filter(|list| list.kind() == Kind::Array) {
        let wrapped =
            |item: &Value<'_>| item.get("params").is_some() || item.get("request").is_some();
        let items = requests.items();
        let is_batch = !items.is_empty() && items.iter().all(wrapped);
        return Ok(is_batch.then(|| (requests, vec![(fields.clone(), &REQUESTS)])));
    }
    let Some(batch) = fields.get("batch") else { return Ok(None) };
    let config = batch.set("input_config").or_else(|| batch.set("inputConfig"));
    let Some(list) = config.and_then(|config| config.set("requests")) else { return Ok(None) };
    let Some(requests) = list.set("requests") else { return Ok(None) };
    let objects = [Some(fields.value()), Some(batch), config, Some(list)].into_iter().flatten();
    let around = objects.zip(&GEMINI).map(|(object, keys)| Ok((object.fields()?, keys)));
    Ok(Some((requests, around.collect::<Result<_, Error>>()?)))
}

fn one<'a>(value: Value<'a>, fields: Fields<'a>) -> Result<Unwrapped<'a>, Error> {
    let is_named = fields.has("custom_id");
    let is_answered = fields.has("response");
    let of = |name: &str| fields.get(name);
    // A single call that somebody wrote down has no `custom_id`, and costs the full price.
    let (body, batch, origin, keys) = if let Some(params) = of("params").filter(|_| is_named) {
        (params, true, Some(Origin::Anthropic), &PARAMS)
    } else if let Some(input) = of("modelInput").filter(|_| fields.has("recordId")) {
        (input, true, None, &MODEL_INPUT)
    } else if let Some(body) = of("body").filter(|_| is_named || fields.has("url")) {
        (body, is_named || !is_answered, endpoint(&fields)?, &BODY)
    } else if let Some(request) = of("request").filter(|request| request.kind() == Kind::Object) {
        (request, !is_answered || fields.has("key"), None, &REQUEST)
    } else {
        return Ok(Unwrapped::alone(value));
    };
    // Beside a call that was made there may be its text once more.
    let around = if batch { vec![(fields, keys)] } else { Vec::new() };
    Ok(Unwrapped { body: body.without_key(), batch, origin, around })
}

/// The API that the `url` of a batch line names.
fn endpoint(fields: &Fields<'_>) -> Result<Option<Origin>, Error> {
    let Some(url) = fields.get("url") else { return Ok(None) };
    let path = url.as_string()?;
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    for (ending, origin) in [
        ("/chat/completions", Origin::Chat),
        ("/responses", Origin::Responses),
        ("/messages", Origin::Anthropic),
    ] {
        if path.ends_with(ending) {
            return Ok(Some(origin));
        }
    }
    if path.contains(":generateContent") {
        return Ok(Some(Origin::Gemini));
    }
    Err(url
        .malformed(format!("a batch line for `{path}` is not a chat request"))
        .hint("embeddings, files and moderations are not counted"))
}
