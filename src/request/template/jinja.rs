//! Templates of Jinja and Nunjucks, rendered.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use super::language::Language;
use super::outline::Fault;
use super::tags::{Does, tags};
use super::values::{Values, structured};

/// The name of the only template.
const NAME: &str = "prompt";
/// How many steps a template may take: loops in loops over long lists would not end.
const FUEL: u64 = 50_000_000;

/// The names that a template asks for; `None` where it does not parse.
pub(super) fn names(text: &str) -> Option<Vec<String>> {
    let environment = environment();
    let template = environment.template_from_str(text).ok()?;
    let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    names.sort_unstable();
    Some(names)
}

/// Renders a template. A name without a value is empty.
pub(super) fn render(text: &str, value: Values<'_, '_>) -> Result<String, Fault> {
    let environment = environment();
    let fault = |error: &minijinja::Error| {
        let line = error.line().unwrap_or(1).saturating_sub(1);
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let message = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
        Fault { message, at: start }
    };
    let template = environment.template_from_named_str(NAME, text).map_err(|e| fault(&e))?;
    let gone_through = gone_through(text);
    let context: BTreeMap<String, Value> = template
        .undeclared_variables(false)
        .into_iter()
        .filter_map(|name| {
            let value = value(&name)?;
            let value = if gone_through.contains(&name) {
                Value::from(Serde(structured(&value)))
            } else {
                Value::from(value.into_owned())
            };
            Some((name, value))
        })
        .collect();
    template.render(context).map_err(|e| fault(&e))
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment
}

/// Names whose values are more than a text: what a loop goes through, and what has parts.
fn gone_through(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut take = |expression: &str| {
        let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
        let end = expression.find(|c: char| !is_of_name(c)).unwrap_or(expression.len());
        names.insert(expression[..end].to_owned());
    };
    for tag in tags(text, Language::Jinja) {
        if let Does::Repeat(_) = tag.does
            && let Some((_, of)) = tag.inside.split_once(" in ")
        {
            take(of.trim_start());
        }
    }
    // `name.part` and `name[0]`, wherever they stand.
    let inside = text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
    let statements = text.split("{%").skip(1).filter_map(|rest| rest.split("%}").next());
    for expression in inside.chain(statements) {
        for word in expression.split(|c: char| c.is_whitespace() || "(),|=".contains(c)) {
            if word.contains(['.', '[']) {
                take(word);
            }
        }
    }
    names
}
