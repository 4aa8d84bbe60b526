//! Reads a usage object of any maker into [`Figures`].

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::bag::{Figures, Iteration};
use super::costly::may_cost;
use super::count::{Count, CountVisitor, amount};
use super::meaning::{Canonical, Figure, Meaning, Place};
use super::spelling::meaning;
use crate::Error;
use crate::json::Failure;
use crate::logs::object::{Object, malformed};
use crate::units::{Money, Tokens};

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut figures = Self::default();
        figures.take(deserializer)?;
        Ok(figures)
    }
}

impl Figures {
    /// Takes what a usage object has.
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        let path = Path { before: None, key: "" };
        Value { figures: self, meaning: Meaning::Place(Place::Top), path: &path }
            .deserialize(deserializer)
    }

    /// Takes the usage under a key of an object, in place: figures are many, and every call has some. Whether there is
    /// one.
    pub(crate) fn take_under(&mut self, key: &str, object: &Object<'_>) -> Result<bool, Error> {
        let Some(raw) = object.get(key) else { return Ok(false) };
        let mut deserializer = serde_json::Deserializer::from_str(raw.get());
        let taken = self.take(&mut deserializer);
        taken.map_err(|e| malformed(format!("`{key}`: {}", Failure::of(&e, raw.get()).message)))?;
        Ok(true)
    }

    /// The figures among the keys of an object.
    pub(crate) fn of(object: &Object<'_>) -> Result<Self, Error> {
        let mut figures = Self::default();
        let root = Path { before: None, key: "" };
        for (key, raw) in object.members() {
            let path = Path { before: Some(&root), key };
            let meaning = meaning(Place::Top, key);
            let value = Value { figures: &mut figures, meaning, path: &path };
            let mut deserializer = serde_json::Deserializer::from_str(raw.get());
            value
                .deserialize(&mut deserializer)
                .map_err(|e| malformed(format!("`{key}`: {}", plain(&e))))?;
        }
        Ok(figures)
    }

    /// Takes a figure, or whatever else it is, from text under a key of any spelling.
    pub(crate) fn take_text(&mut self, key: &str, text: &str) -> Result<(), Error> {
        let root = Path { before: None, key: "" };
        let (place, last) = match key.split_once('.') {
            // `inputTokenDetails.cacheReadTokens`
            Some((first, rest)) => match meaning(Place::Top, first) {
                Meaning::Place(place) => (place, rest),
                _ => (Place::Top, key),
            },
            None => (Place::Top, key),
        };
        let meaning = match meaning(place, last) {
            Meaning::Place(_) => Meaning::Unknown,
            meaning => meaning,
        };
        let path = Path { before: Some(&root), key };
        let value = Value { figures: self, meaning, path: &path };
        value
            .visit_str(text)
            .map_err(|e: serde_json::Error| malformed(format!("`{key}`: {}", plain(&e))))
    }
}

/// A key that is borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// The message without the place, which is one in a part of the record.
fn plain(e: &serde_json::Error) -> String {
    let text = e.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// The keys that lead to a value, the last one first.
struct Path<'p> {
    before: Option<&'p Path<'p>>,
    key: &'p str,
}

impl Path<'_> {
    fn text(&self) -> String {
        match self.before {
            Some(before) if !before.key.is_empty() => format!("{}.{}", before.text(), self.key),
            _ => self.key.to_owned(),
        }
    }
}

/// A value of a usage object, read as what its key means.
struct Value<'f> {
    figures: &'f mut Figures,
    meaning: Meaning,
    path: &'f Path<'f>,
}

impl Value<'_> {
    fn take(self, tokens: Tokens) {
        let Self { figures, meaning, path } = self;
        match meaning {
            Meaning::Figure(figure) | Meaning::Either(figure, _) => {
                figures.set(figure, tokens, path.key);
                let is_nested = path.before.is_some_and(|before| !before.key.is_empty());
                if matches!(figure, Figure::Cached | Figure::Written) {
                    // `{"cache": {"read": 5}}` is no part of the prompt's object.
                    figures.in_details |= is_nested && !matches!(path.key, "read" | "write");
                    let beside = |key: &str| key.starts_with("cache") && !key.starts_with("cached");
                    figures.beside_spelling |= !is_nested && beside(path.key);
                }
            }
            Meaning::Tool(item) => figures.use_tool(item, tokens.get()),
            _ => {}
        }
    }

    /// A number where no number of tokens is meant.
    fn other_number(self, x: f64) {
        let Self { figures, meaning, path } = self;
        match meaning {
            Meaning::Cost | Meaning::CostOrParts
                if figures.cost.is_none_or(|known| known == Money::ZERO)
                    && !figures.cost_is_bill =>
            {
                figures.cost = amount(x);
                figures.cost_in_parts = path.before.is_some_and(|before| before.key == "cost");
            }
            Meaning::Upstream => {
                figures.upstream = amount(x);
                figures.from_router = true;
            }
            Meaning::Ticks => {
                figures.cost = amount(x / 1e10);
                figures.cost_is_bill = true;
            }
            Meaning::Place(_) | Meaning::Unknown if x != 0.0 && may_cost(path.key) => {
                figures.unread.push(path.text());
            }
            _ => {}
        }
    }

    fn means_tokens(&self) -> bool {
        matches!(self.meaning, Meaning::Figure(_) | Meaning::Either(..) | Meaning::Tool(_))
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.meaning {
            Meaning::Nothing => deserializer.deserialize_ignored_any(IgnoredAny).map(drop),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the figures of a call")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, own: bool) -> Result<(), E> {
        if self.means_tokens() {
            return CountVisitor.visit_bool(own).map(drop);
        }
        if self.meaning == Meaning::OwnKey {
            self.figures.own_key = own;
            self.figures.from_router = true;
        }
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<(), E> {
        if self.means_tokens() {
            let Count(tokens) = CountVisitor.visit_u64(n)?;
            self.take(tokens);
        } else {
            #[expect(clippy::cast_precision_loss, reason = "an amount, which has fewer digits")]
            self.other_number(n as f64);
        }
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<(), E> {
        if self.means_tokens() {
            let Count(tokens) = CountVisitor.visit_i64(n)?;
            self.take(tokens);
        } else {
            #[expect(clippy::cast_precision_loss, reason = "an amount, which has fewer digits")]
            self.other_number(n as f64);
        }
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, x: f64) -> Result<(), E> {
        if self.means_tokens() {
            let Count(tokens) = CountVisitor.visit_f64(x)?;
            self.take(tokens);
        } else {
            self.other_number(x);
        }
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        match self.meaning {
            Meaning::Word(word) => self.figures.say(word, text),
            _ if self.means_tokens() => {
                let Count(tokens) = CountVisitor.visit_str(text)?;
                self.take(tokens);
            }
            _ => {
                if let Ok(x) = text.trim().parse::<f64>() {
                    self.other_number(x);
                }
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Self { figures, meaning, path } = self;
        match meaning {
            Meaning::Place(place) | Meaning::Either(_, place) => {
                entries(map, figures, place, path)?;
            }
            Meaning::CostOrParts => entries(map, figures, Place::Costs, path)?,
            Meaning::Figure(_) | Meaning::Tool(_) => {
                return Err(de::Error::invalid_type(de::Unexpected::Map, &CountVisitor));
            }
            _ => entries(map, figures, Place::Unknown, path)?,
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { figures, meaning, path } = self;
        match meaning {
            Meaning::Place(Place::Iterations) => {
                while let Some(part) = list.next_element::<Iteration>()? {
                    figures.iterations.push(part);
                }
            }
            Meaning::Place(Place::WritesByLifetime) => {
                while let Some(write) = list.next_element::<Write<'_>>()? {
                    write.add_to(figures);
                }
            }
            Meaning::Place(place) | Meaning::Either(_, place) => {
                while let Some(of) = list.next_element::<OfMedium<'_>>()? {
                    of.add_to(figures, place, path);
                }
            }
            _ => {
                let inner = Path { before: Some(path), key: "" };
                loop {
                    let value = Value { figures, meaning: Meaning::Unknown, path: &inner };
                    if list.next_element_seed(value)?.is_none() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

fn entries<'de, A: MapAccess<'de>>(
    mut map: A,
    figures: &mut Figures,
    place: Place,
    path: &Path<'_>,
) -> Result<(), A::Error> {
    while let Some(Key(key)) = map.next_key::<Key<'_>>()? {
        let path = Path { before: Some(path), key: &key };
        map.next_value_seed(Value { figures, meaning: meaning(place, &key), path: &path })?;
    }
    Ok(())
}

/// One of `usage.iterations`: figures, and the model where it is another one.
impl<'de> Deserialize<'de> for Iteration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(IterationVisitor)
    }
}

struct IterationVisitor;

impl<'de> Visitor<'de> for IterationVisitor {
    type Value = Iteration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the figures of a request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Iteration, A::Error> {
        let (mut figures, mut model) = (Figures::default(), None);
        let root = Path { before: None, key: "" };
        while let Some(Key(key)) = map.next_key::<Key<'_>>()? {
            if key == "model" {
                model = map.next_value::<Option<String>>()?;
                continue;
            }
            let path = Path { before: Some(&root), key: &key };
            let meaning = meaning(Place::Top, &key);
            map.next_value_seed(Value { figures: &mut figures, meaning, path: &path })?;
        }
        Ok(Iteration { model, figures })
    }
}

/// `{"modality": "AUDIO", "tokenCount": 9000}`
#[derive(Deserialize)]
struct OfMedium<'a> {
    #[serde(borrow)]
    modality: Option<Cow<'a, str>>,
    #[serde(alias = "tokenCount", alias = "tokens")]
    token_count: Option<Count>,
}

impl OfMedium<'_> {
    fn add_to(&self, figures: &mut Figures, place: Place, path: &Path<'_>) {
        let Some(Count(tokens)) = self.token_count else { return };
        let medium = self.modality.as_deref().unwrap_or("text");
        match meaning(place, medium) {
            Meaning::Figure(figure) => figures.add(figure, tokens),
            Meaning::Unknown if tokens > Tokens::ZERO && medium != "MODALITY_UNSPECIFIED" => {
                figures.unread.push(format!("{} of {medium}", path.text()));
            }
            _ => {}
        }
    }
}

/// `{"ttl": "1h", "inputTokens": 500}`
#[derive(Deserialize)]
struct Write<'a> {
    #[serde(borrow)]
    ttl: Option<Cow<'a, str>>,
    #[serde(alias = "inputTokens", alias = "input_tokens")]
    tokens: Option<Count>,
}

impl Write<'_> {
    fn add_to(&self, figures: &mut Figures) {
        let Some(Count(tokens)) = self.tokens else { return };
        let ttl = Canonical::of(self.ttl.as_deref().unwrap_or("5m"));
        match meaning(Place::Written, ttl.text()) {
            Meaning::Figure(figure) => figures.add(figure, tokens),
            _ => figures.unread.push(format!("cacheDetails of {}", ttl.text())),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::logs::Records;

    #[test]
    fn tokens_of_a_medium_that_nobody_knows_are_named() {
        let unread = |medium: &str, tokens: u64| {
            let text = format!(
                r#"{{"modelVersion": "gemini-3.8-flash", "usageMetadata": {{"promptTokenCount": 10, "candidatesTokenCount": 2, "totalTokenCount": 12, "promptTokensDetails": [{{"modality": "{medium}", "tokenCount": {tokens}}}]}}}}"#
            );
            Records::new(text.as_bytes()).next().unwrap().unwrap().unread.len()
        };
        assert_eq!((unread("SMELL", 5), unread("SMELL", 0)), (1, 0));
        assert_eq!((unread("TEXT", 5), unread("MODALITY_UNSPECIFIED", 5)), (0, 0));
    }
}
