//! What is around a body: lines and bodies of the batch APIs, and pairs of a request with its answer.

use super::origin::Origin;
use crate::Error;
use crate::json::{Fields, Kind, Value};

/// A body, taken out of what is around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unwrapped<'a> {
    pub(super) body: Value<'a>,
    /// Whether it is sent through a batch API.
    pub(super) batch: bool,
    /// The API that the envelope names.
    pub(super) origin: Option<Origin>,
}

impl<'a> Unwrapped<'a> {
    fn batch(body: Value<'a>, origin: Option<Origin>) -> Self {
        Self { body: body.without_key(), batch: true, origin }
    }
}

/// The bodies of a document: one, or all of a batch that is sent as one.
pub(super) fn unwrap(value: Value<'_>) -> Result<Vec<Unwrapped<'_>>, Error> {
    if value.kind() != Kind::Object {
        return Ok(vec![Unwrapped { body: value, batch: false, origin: None }]);
    }
    let fields = value.fields()?;
    if let Some(requests) = inline_batch(&fields) {
        return requests.as_array()?.into_iter().map(|item| one(item, &item.fields()?)).collect();
    }
    Ok(vec![one(value, &fields)?])
}

/// The requests of Anthropic's or Gemini's batch in one body.
fn inline_batch<'a>(fields: &Fields<'a>) -> Option<Value<'a>> {
    if let Some(requests) = fields.get("requests").filter(|list| list.kind() == Kind::Array) {
        let wrapped =
            |item: &Value<'_>| item.get("params").is_some() || item.get("request").is_some();
        let items = requests.items();
        return (!items.is_empty() && items.iter().all(wrapped)).then_some(requests);
    }
    let config = fields.get("batch")?;
    let config = config.set("input_config").or_else(|| config.set("inputConfig"))?;
    config.set("requests")?.set("requests")
}

fn one<'a>(value: Value<'a>, fields: &Fields<'a>) -> Result<Unwrapped<'a>, Error> {
    if fields.has("custom_id")
        && let Some(params) = fields.get("params")
    {
        return Ok(Unwrapped::batch(params, Some(Origin::Anthropic)));
    }
    if fields.has("recordId")
        && let Some(input) = fields.get("modelInput")
    {
        return Ok(Unwrapped::batch(input, None));
    }
    if let Some(body) = fields.get("body").filter(|_| fields.has("custom_id") || fields.has("url"))
    {
        let origin = endpoint(fields)?;
        // A single call that somebody wrote down has no `custom_id`, and costs the full price.
        let batch = fields.has("custom_id") || !fields.has("response");
        return Ok(Unwrapped { batch, ..Unwrapped::batch(body, origin) });
    }
    if let Some(request) = fields.get("request").filter(|request| request.kind() == Kind::Object) {
        let batch = !fields.has("response") || fields.has("key");
        return Ok(Unwrapped { batch, ..Unwrapped::batch(request, None) });
    }
    Ok(Unwrapped { body: value, batch: false, origin: None })
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
