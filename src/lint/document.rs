//! A file of requests, each checked against the rules of its model.

use std::borrow::Cow;

use jiff::civil::Date;

use super::finding::Finding;
use super::findings::{Lints, lint};
use super::target::LintTarget;
use crate::catalog::{Catalog, Model};
use crate::forecast::{CapPolicy, MinuteLimits};
use crate::request::{
    Body, DeclaredSizes, FileHint, InputFormat, ReadBeside, Request, prompt_tokens, read_with,
};
use crate::units::{CallVolume, Lines};
use crate::{Error, ErrorKind};

/// What a file is checked for.
pub struct LintOptions<'a> {
    /// The models.
    pub catalog: &'a Catalog,
    /// The day of the calls.
    pub as_of: Date,
    /// The levels of the rules.
    pub lints: &'a Lints,
    /// Check every request for these models; empty for its own.
    pub models: &'a [String],
    /// The model of a request that names none.
    pub default_model: &'a str,
    /// The format of the file, where it is known.
    pub shape: Option<InputFormat>,
    /// How large parts are whose size is not in the request.
    pub declared: DeclaredSizes,
    /// The reserve that a cap should hold.
    pub policy: CapPolicy,
    /// How many calls are made.
    pub calls: Option<CallVolume>,
    /// The limits of the account for a model.
    pub limits: &'a (dyn Fn(&Model) -> Result<Option<MinuteLimits>, Error> + Sync),
}

/// A request that was checked for a model.
#[derive(Debug)]
pub struct LintedRequest<'m> {
    /// Its line, in a file of many.
    pub line: Option<usize>,
    /// The model.
    pub model: &'m Model,
    /// What was found, in the order of the file.
    pub findings: Vec<Finding>,
}

type Linted<'m> = Vec<Result<LintedRequest<'m>, Error>>;

/// The text of a file with the starts of its lines.
#[derive(Debug)]
pub struct LintText<'t> {
    /// The text.
    pub text: &'t str,
    /// Where its lines begin.
    pub lines: Lines,
}

impl<'t> LintText<'t> {
    /// A text.
    #[must_use]
    pub fn of(text: &'t str) -> Self {
        Self { text, lines: Lines::of(text) }
    }
}

impl<'m> LintOptions<'m> {
    /// Checks every request of a file; others that it refers to are read as `beside` finds them.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when the file does not hold requests or prompts. A request that cannot be read, or
    /// whose model is not known, is an error in its own place.
    pub fn lint(
        &self,
        file: &LintText<'_>,
        hint: FileHint<'_>,
        beside: &dyn ReadBeside,
    ) -> Result<Linted<'m>, Error> {
        let text = file.text;
        let document = match read_with(text, hint, self.shape, beside) {
            Ok(document) => document,
            Err(error) if text.trim().is_empty() => return Err(error),
            Err(error) => return Ok(vec![Err(error)]),
        };
        let mut bodies = document.entries.iter().filter_map(|entry| entry.body);
        if document.note.is_some() && !bodies.any(|body| is_for_assistants(&body)) {
            let error = Error::new(ErrorKind::Malformed, "this is JSON, but not a request");
            return Err(error.hint("name files of requests, or pass `--as text`"));
        }
        let mut results = Vec::new();
        let mut before = None;
        for entry in document.entries {
            let assistants = entry.body.filter(is_for_assistants);
            match (entry.request, assistants) {
                // Its parameters can be checked although it is for an endpoint that is not counted.
                (_, Some(body)) => {
                    results.extend(self.models(file, Some(body), entry.line, (None, None)));
                }
                (Err(error), None) => results.push(Err(error)),
                (Ok(request), None) => {
                    let both = (Some(&request), before.as_ref());
                    results.extend(self.models(file, entry.body, entry.line, both));
                    before = Some(request);
                }
            }
        }
        Ok(results)
    }

    /// A request for every model that the caller names, else for its own.
    fn models(
        &self,
        file: &LintText<'_>,
        body: Option<Body<'_>>,
        line: Option<usize>,
        (request, before): (Option<&Request>, Option<&Request>),
    ) -> Linted<'m> {
        let key = body.and_then(|body| body.json.set("model")).filter(|_| self.models.is_empty());
        let own = request.and_then(|request| request.settings.model.as_deref()).map(Cow::Borrowed);
        let written = own.or_else(|| key.and_then(|key| key.string()));
        let written = written.unwrap_or(Cow::Borrowed(self.default_model));
        let own = [written.into_owned()];
        let ids = if self.models.is_empty() { &own } else { self.models };
        let linted = ids.iter().map(|id| {
            let model = self.catalog.resolve(id, self.as_of).map_err(|e| match key {
                Some(key) => e.at(key.position()),
                None => e,
            })?;
            let findings = self.findings(file, body, (request, before), model)?;
            Ok(LintedRequest { line, model, findings })
        });
        linted.collect()
    }

    fn findings(
        &self,
        file: &LintText<'_>,
        body: Option<Body<'_>>,
        (request, before): (Option<&Request>, Option<&Request>),
        model: &Model,
    ) -> Result<Vec<Finding>, Error> {
        let count = match request
            .map(|request| request.with_declared(&self.declared))
            .map(|request| prompt_tokens(&request.for_model(model), &model.counting))
        {
            Some(Ok(count)) => Some(count),
            // The rules about parameters do not need the count.
            Some(Err(error)) if error.kind() == ErrorKind::Uncountable => None,
            Some(Err(error)) => return Err(error),
            None => None,
        };
        let target = LintTarget {
            model,
            catalog: self.catalog,
            as_of: self.as_of,
            text: file.text,
            lines: &file.lines,
            body,
            request,
            before,
            count: count.as_ref(),
            policy: &self.policy,
            limits: (self.limits)(model)?,
            calls: self.calls,
        };
        Ok(lint(&target, self.lints))
    }
}

/// Whether it is a request to the Assistants API.
fn is_for_assistants(body: &Body<'_>) -> bool {
    let has = |key: &str| body.json.get(key).is_some();
    let bare = !has("messages") && !has("input");
    ["assistant_id", "thread_id", "thread"].into_iter().any(has) || (bare && has("instructions"))
}
