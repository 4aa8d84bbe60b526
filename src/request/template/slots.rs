//! Templates: text with slots, in the languages in which prompts are written.

use memchr::memmem;

use super::language::Language;
use super::loose::loose;
use super::slot::{Slot, is_name, single};

/// The slots of a text in their order: `{{name}}`, `{{ name }}`, and `{{ name | filter }}` as template
/// engines write it. A name begins with a letter or `_`; what else stands in double braces is text.
///
/// ```
/// let text = "Dear {{ name }}, {{!}} about {{order.id | upper}}:";
/// let names: Vec<_> = outlay::request::slots(text).map(|slot| slot.name).collect();
/// assert_eq!(names, ["name", "order.id"]);
/// ```
pub fn slots(text: &str) -> impl Iterator<Item = Slot<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + memmem::find(&text.as_bytes()[from..], b"{{")?;
            let inside = start + 2;
            let Some(length) = text[inside..].find("}}") else {
                from = text.len();
                return None;
            };
            // Of several opening braces the innermost pair counts.
            let start = start + text[start..inside + length].rfind("{{").unwrap_or(0);
            let end = inside + length + 2;
            from = end;
            if let Some(name) = name(&text[start + 2..end - 2]) {
                return Some(Slot { name, span: start..end });
            }
        }
    })
}

/// The slots of a text in a language.
#[must_use]
pub fn slots_of(text: &str, language: Language) -> Vec<Slot<'_>> {
    match language {
        Language::Mustache | Language::Handlebars | Language::Jinja => slots(text).collect(),
        Language::Braces => single(text),
        Language::LooseBraces => loose(text),
        Language::Dollar => dollar(text),
    }
}

/// The language in which a text marks slots of these names: double braces where it has any, else single
/// braces or dollar signs around a name that is wanted.
#[must_use]
pub fn language_of(text: &str, wanted: &dyn Fn(&str) -> bool) -> Language {
    let has = |language| slots_of(text, language).iter().any(|slot| wanted(slot.name));
    let languages = [Language::Mustache, Language::LooseBraces, Language::Braces, Language::Dollar];
    languages.into_iter().find(|language| has(*language)).unwrap_or(Language::Mustache)
}

fn name(inside: &str) -> Option<&str> {
    let name = inside.split('|').next().unwrap_or_default();
    let name = name.trim_matches(|c: char| c.is_whitespace() || c == '~' || c == '-');
    is_name(name).then_some(name)
}

/// `$name` and `${name}`.
fn dollar(text: &str) -> Vec<Slot<'_>> {
    let mut slots = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find('$') {
        let start = from + found;
        from = start + 1;
        let rest = &text[from..];
        if rest.starts_with('$') {
            from += 1;
        } else if let Some(inside) = rest.strip_prefix('{') {
            let length = inside.find('}').unwrap_or(0);
            if is_name(&inside[..length]) {
                let end = from + length + 2;
                slots.push(Slot { name: &inside[..length], span: start..end });
                from = end;
            }
        } else {
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = &rest[..length.unwrap_or(rest.len())];
            if is_name(name) {
                from += name.len();
                slots.push(Slot { name, span: start..from });
            }
        }
    }
    slots
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::values::fill;
    use super::*;

    fn check(language: Language, text: &str, names: &[&str], filled: &str) {
        let found: Vec<_> = slots_of(text, language).iter().map(|slot| slot.name).collect();
        assert_eq!(found, names, "{text}");
        let value = |name: &str| Some(Cow::Owned(format!("<{name}>")));
        assert_eq!(fill(text, language, &value), filled, "{text}");
    }

    #[test]
    fn slots_are_found_and_filled() {
        for (text, names, filled) in [
            ("no slots, { { a } }", vec![], "no slots, { { a } }"),
            ("{{a}}{{ b }}", vec!["a", "b"], "<a><b>"),
            ("{{{a}}} and {{1}} and {{", vec!["a"], "{<a>} and {{1}} and {{"),
            ("{{a | trim}} {{x{{y}}", vec!["a", "y"], "<a> {{x<y>"),
            ("ü{{ä}}", vec!["ä"], "ü<ä>"),
            ("{{}} {{ }}", vec![], "{{}} {{ }}"),
            ("{{~a~}} {{- b -}}", vec!["a", "b"], "<a> <b>"),
        ] {
            check(Language::Mustache, text, &names, filled);
        }
        for (text, names, filled) in [
            ("{a} {b!r:>10} {c.d}", vec!["a", "b", "c.d"], "<a> <b> <c.d>"),
            ("{{a}} {\"x\": {a}} {0} {", vec!["a"], "{a} {\"x\": <a>} {0} {"),
            ("é{ä}é", vec!["ä"], "é<ä>é"),
        ] {
            check(Language::Braces, text, &names, filled);
        }
        for (text, names, filled) in [
            ("$a ${b} $$c costs $5 $", vec!["a", "b"], "<a> <b> $c costs $5 $"),
            ("${a", vec![], "${a"),
        ] {
            check(Language::Dollar, text, &names, filled);
        }
    }

    #[test]
    fn the_language_is_the_one_that_has_the_names() {
        let wanted = |name: &str| name == "x";
        assert_eq!(language_of("{{x}} {x}", &wanted), Language::Mustache);
        assert_eq!(language_of("{x} {\"y\": 1}", &wanted), Language::LooseBraces);
        assert_eq!(language_of("\\frac{x}{2}", &wanted), Language::Braces);
        assert_eq!(language_of("costs $5, $x", &wanted), Language::Dollar);
        assert_eq!(language_of("{y} $z", &wanted), Language::Mustache);
    }
}
