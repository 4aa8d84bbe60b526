//! How templates mark their slots.

/// How a template marks its slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `{{name}}`, and sections that are not followed.
    Mustache,
    /// `{{name}}`, and blocks such as `{{#if name}}`.
    Handlebars,
    /// `{{ name | filter }}`, and statements such as `{% for x in xs %}`.
    Jinja,
    /// `{name}` as `str.format` and f-strings have it; `{{` is a brace.
    Braces,
    /// `{name}` in a text of which nothing says that it is a template: the arguments of formulas, such as
    /// `\frac{a}{b}`, are text.
    LooseBraces,
    /// `$name` and `${name}`; `$$` is a dollar sign.
    Dollar,
}
