//! Every form of log, and how it writes a call.

use super::answers::{
    batch, batch_of_messages, chat, chunk, cohere, converse, deepseek, gemini, invocation, message,
    pair, responses, stream,
};
use super::exports::{
    ai_sdk, as_text, console_row, enveloped, figures_last, flat, helicone, langchain, langfuse,
    litellm, llama_index, open_inference, output_item, promptfoo, report, row, span,
};
use super::sessions::{amp, claude_code, cline, droid, gemini_cli, kimi, opencode, pi, qwen_code};

/// A call as it was made: tokens in parts that do not overlap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) n: usize,
    pub(super) uncached: u64,
    pub(super) cached: u64,
    pub(super) written: u64,
    pub(super) visible: u64,
    pub(super) reasoning: u64,
}

impl Call {
    pub(super) fn prompt(self) -> u64 {
        self.uncached + self.cached + self.written
    }

    pub(super) fn output(self) -> u64 {
        self.visible + self.reasoning
    }

    pub(super) fn total(self) -> u64 {
        self.prompt() + self.output()
    }

    pub(super) fn parts(self) -> [u64; 4] {
        [self.uncached, self.cached, self.written, self.output()]
    }
}

/// How a form writes a call; the second argument goes into its usage object.
type Write = fn(Call, &str) -> String;

/// A form of log.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) write: Write,
    /// Whether it has the tokens read from the cache.
    has_reads: bool,
    /// Whether it has the tokens written to the cache.
    has_writes: bool,
    /// Whether its records have ids, so that a record that is there twice counts once.
    pub(super) has_ids: bool,
    /// The header, where the form is a table.
    pub(super) header: &'static str,
}

const fn form(name: &'static str, write: Write) -> Form {
    Form { name, write, has_reads: true, has_writes: false, has_ids: true, header: "" }
}

const fn with_writes(name: &'static str, write: Write) -> Form {
    Form { has_writes: true, ..form(name, write) }
}

const fn without_reads(form: Form) -> Form {
    Form { has_reads: false, ..form }
}

const fn without_ids(form: Form) -> Form {
    Form { has_ids: false, ..form }
}

const fn table(header: &'static str, form: Form) -> Form {
    Form { header, ..form }
}

pub(super) const FORMS: [Form; 39] = [
    form("chat", chat),
    form("chunk", chunk),
    with_writes("responses", responses),
    with_writes("anthropic", message),
    with_writes("anthropic stream", stream),
    form("gemini", gemini),
    with_writes("converse", converse),
    with_writes("invocation", invocation),
    form("cohere", cohere),
    form("batch", batch),
    with_writes("batch of messages", batch_of_messages),
    form("pair", pair),
    with_writes("litellm", litellm),
    form("langfuse", langfuse),
    with_writes("helicone", helicone),
    with_writes("opentelemetry", span),
    with_writes("openinference", open_inference),
    with_writes("langchain", langchain),
    form("llama-index", llama_index),
    with_writes("ai sdk", ai_sdk),
    with_writes("claude code", claude_code),
    form("gemini cli", gemini_cli),
    form("qwen code", qwen_code),
    with_writes("opencode", opencode),
    with_writes("amp", amp),
    with_writes("droid", droid),
    with_writes("kimi", kimi),
    without_ids(with_writes("cline", cline)),
    with_writes("pi", pi),
    form("flat", flat),
    form("deepseek", deepseek),
    without_ids(form("usage report", report)),
    without_reads(form("promptfoo", promptfoo)),
    form("eval", output_item),
    with_writes("enveloped", enveloped),
    form("as text", as_text),
    table(
        "id,model,time,note,prompt_tokens,cached_tokens,completion_tokens,finish_reason",
        form("csv", row),
    ),
    table(
        "id;model;time;cached_tokens;prompt_tokens;completion_tokens",
        form("csv of figures", figures_last),
    ),
    table(
        "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed",
        without_ids(with_writes("console csv", console_row)),
    ),
];

impl Form {
    /// The calls as this form can tell them.
    pub(super) fn calls(&self, drawn: &[[u64; 5]]) -> Vec<Call> {
        let call =
            |(n, [uncached, cached, written, visible, reasoning]): (usize, &[u64; 5])| Call {
                n,
                uncached: *uncached,
                cached: if self.has_reads { *cached } else { 0 },
                written: if self.has_writes { *written } else { 0 },
                visible: *visible,
                reasoning: *reasoning,
            };
        drawn.iter().enumerate().map(call).collect()
    }

    /// The log: header and records, each with a line end.
    pub(super) fn log(&self, records: &[String]) -> String {
        let lines = records.iter().map(String::as_str);
        let header = Some(self.header).filter(|header| !header.is_empty());
        header.into_iter().chain(lines).flat_map(|line| [line, "\n"]).collect()
    }

    pub(super) fn is_json(&self) -> bool {
        self.header.is_empty()
    }

    /// Whether each record is one JSON value.
    pub(super) fn is_one_value(&self) -> bool {
        self.is_json() && self.name != "anthropic stream"
    }
}
