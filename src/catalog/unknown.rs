//! What to say of a name that the catalogue does not have.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::ids::{ReadId, plain};
use crate::names::nearest;
use crate::{Error, ErrorKind};

/// How many names are suggested.
const SUGGESTIONS: usize = 3;

/// Words that tell the models of a family apart: a suggestion has all of those that were asked for.
const KINDS: [&str; 31] = [
    "air", "astra", "audio", "code", "codex", "coder", "fable", "fast", "flash", "haiku", "large",
    "lite", "luna", "max", "medium", "micro", "mini", "mythos", "nano", "omni", "opus", "plus",
    "pro", "realtime", "small", "sol", "sonnet", "terra", "thinking", "turbo", "vision",
];

/// A model as far as its names say it.
pub(super) struct Known<'a> {
    pub(super) id: &'a str,
    pub(super) provider: &'a str,
    pub(super) names: Vec<&'a str>,
}

impl Known<'_> {
    /// Whether the maker itself sells it: ids of others have the seller in front.
    fn is_makers(&self) -> bool {
        !self.id.starts_with(self.provider) || !self.id[self.provider.len()..].starts_with('/')
    }
}

/// The error for a name, with what it may mean.
pub(super) fn unknown(
    name: &str,
    known: &[Known<'_>],
    released: &dyn Fn(&str) -> Option<Date>,
) -> Error {
    let hosted = hosted(name, known);
    if !hosted.is_empty() {
        let message = format!("`{name}` has no price of its own, only those of who hosts it");
        return Error::new(ErrorKind::UnknownModel, message)
            .hint(format!("name the host: {}", quoted(&hosted, " or ")));
    }
    let read = ReadId::of(name);
    let makers = named_by_maker(&read.made_as, known);
    if let Some(why) = read.opaque {
        return opaque(name, why, makers, &read);
    }
    let Some((seller, title)) = read.seller else {
        return unlisted(name, makers, known, released);
    };
    let message = format!("`{name}` is sold by {title} at a price of its own, which is not known");
    let error = Error::new(ErrorKind::UnknownModel, message);
    let sold = sold_alike(seller, &read.made_as, known);
    match makers {
        Some(id) if !sold.is_empty() => error.hint(format!(
            "known of {title}: {}; the maker's own model is `{id}`",
            quoted(&sold, ", ")
        )),
        Some(id) => error.hint(format!(
            "the maker's model is `{id}`: name it for its limits and the maker's price, or add the \
             price with `--catalog FILE`"
        )),
        None if !near_sold(name, seller, known).is_empty() => error.hint(format!(
            "did you mean {}? `outlay models` lists every model",
            quoted(&near_sold(name, seller, known), ", ")
        )),
        None if seller == "azure" => error.hint(
            "an Azure deployment has a name of your own: say which model it is under [models] in outlay.toml",
        ),
        None => error.hint("add it with `--catalog FILE`, or name the model under [models] in outlay.toml"),
    }
}

/// A fine-tuned model, an endpoint or a profile of one's own.
fn opaque(name: &str, why: &str, makers: Option<&str>, read: &ReadId) -> Error {
    let message = format!("no price of `{name}` is known: {why}");
    let error = Error::new(ErrorKind::UnknownModel, message);
    match (makers, read.seller) {
        (Some(base), None) => error.hint(format!(
            "those of `{base}` do not hold for it; add its rates with `--catalog FILE`"
        )),
        _ => error.hint(
            "say which model it is under [models] in outlay.toml, or add its rates with `--catalog FILE`",
        ),
    }
}

/// A name that is of no known form.
fn unlisted(
    name: &str,
    makers: Option<&str>,
    known: &[Known<'_>],
    released: &dyn Fn(&str) -> Option<Date>,
) -> Error {
    let error = Error::new(ErrorKind::UnknownModel, format!("the catalogue has no model `{name}`"));
    let near = match makers {
        Some(id) => vec![id],
        None => in_family(name, known, released),
    };
    if near.is_empty() {
        error.hint("`outlay models` lists every model; `--catalog FILE` adds one")
    } else {
        error.hint(format!(
            "did you mean {}? `outlay models` lists every model",
            quoted(&near, ", ")
        ))
    }
}

/// The models that hosts sell under this name, with the host in front.
fn hosted<'a>(name: &str, known: &[Known<'a>]) -> Vec<&'a str> {
    let ends = |id: &str| {
        let host = id.len().checked_sub(name.len()).map(|end| &id[..end]);
        id.to_lowercase().ends_with(&name.to_lowercase())
            && host.is_some_and(|host| host.ends_with('/') && host.len() > 1)
    };
    let made = known.iter().any(|model| model.is_makers() && plain(model.id) == plain(name));
    if made || name.is_empty() {
        return Vec::new();
    }
    known.iter().map(|model| model.id).filter(|id| ends(id)).collect()
}

/// The maker's own model that an id is of, whatever stands around it.
fn named_by_maker<'a>(made_as: &str, known: &[Known<'a>]) -> Option<&'a str> {
    if made_as.is_empty() {
        return None;
    }
    let makers = || known.iter().filter(|model| model.is_makers() && !model.id.starts_with("ft:"));
    let by_id = makers().find(|model| plain(model.id) == made_as);
    let by_name = || makers().find(|model| model.names.iter().any(|name| plain(name) == made_as));
    by_id.or_else(by_name).map(|model| model.id)
}

/// What a seller has of a model: its profiles or regions.
fn sold_alike<'a>(seller: &str, made_as: &str, known: &[Known<'a>]) -> Vec<&'a str> {
    let of_seller = known.iter().filter(|model| model.provider == seller);
    of_seller.filter(|model| plain(model.id) == made_as).map(|model| model.id).take(4).collect()
}

/// What a seller has of the family that a name is of, the most alike first.
fn near_sold<'a>(name: &str, seller: &str, known: &[Known<'a>]) -> Vec<&'a str> {
    let wanted = plain(name);
    let sold = known.iter().filter(|model| model.provider == seller);
    let family = sold
        .filter(|model| of_family(&wanted, &plain(model.id)) && has_kinds_of(&wanted, model.id))
        .map(|model| model.id);
    nearest(name, family, SUGGESTIONS)
}

/// The names of the same family that a name may be meant as: those that it begins, the newest first, or
/// those that it resembles.
fn in_family<'a>(
    name: &str,
    known: &[Known<'a>],
    released: &dyn Fn(&str) -> Option<Date>,
) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let family = |model: &&Known<'a>| {
        model.is_makers()
            && !model.id.starts_with("ft:")
            && of_family(&name, model.id)
            && has_kinds_of(&name, model.id)
    };
    let stem = name.strip_suffix("latest").unwrap_or(&name).trim_end_matches(['-', '.', ':']);
    let mut begun: Vec<&str> =
        known.iter().filter(family).map(|model| model.id).filter(|id| begins(id, stem)).collect();
    if !begun.is_empty() {
        begun.sort_by_key(|id| (Reverse(released(id)), *id));
        begun.truncate(SUGGESTIONS);
        return begun;
    }
    let mut worded: Vec<&str> = known
        .iter()
        .filter(|model| model.is_makers() && has_words_of(&name, model.id))
        .map(|model| model.id)
        .collect();
    if !worded.is_empty() {
        worded.sort_by_key(|id| (Reverse(released(id)), *id));
        worded.truncate(SUGGESTIONS);
        return worded;
    }
    nearest(
        &name,
        known.iter().filter(family).flat_map(|model| model.names.iter().copied()),
        SUGGESTIONS,
    )
}

/// Whether a name is of words that an id has, as in `sonnet`; short ones say nothing, and with a version it is
/// another model.
fn has_words_of(name: &str, id: &str) -> bool {
    words(name).any(|word| word.len() > 2)
        && !name.contains(|c: char| c.is_ascii_digit())
        && words(name).all(|word| words(id).any(|own| own == word))
}

/// Whether an id has every word of a name that tells models of a family apart.
fn has_kinds_of(name: &str, id: &str) -> bool {
    let mut kinds = words(name).filter(|word| KINDS.contains(word));
    kinds.all(|kind| words(id).any(|word| word == kind))
}

/// Whether an id begins with the stem of a name, at the end of a word.
fn begins(id: &str, stem: &str) -> bool {
    let rest = id.to_lowercase().strip_prefix(stem).map(ToOwned::to_owned);
    !stem.is_empty()
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.', ':']))
}

/// Whether two names are of one family: their first word is the same, or nearly so, and as long.
fn of_family(name: &str, id: &str) -> bool {
    let first = |text: &str| -> String {
        text.to_lowercase().chars().take_while(char::is_ascii_alphabetic).collect()
    };
    let (a, b) = (first(name), first(id));
    a == b || (a.len() > 3 && b.len() > 3 && strsim::damerau_levenshtein(&a, &b) == 1)
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty())
}

fn quoted(names: &[&str], between: &str) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(between)
}
