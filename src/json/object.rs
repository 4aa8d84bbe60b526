//! The members of an object, found in one pass.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

use super::escape::unescaped;
use super::failure::Failure;

/// Members that are read in the pass that finds the others, instead of being kept as text.
///
/// Passing over a long value once to find its end and once more to read it costs a third of the speed of a
/// reader of logs. The unit type reads nothing this way.
pub trait Eager<'a>: Default {
    /// Reads the value of `key` from `map` and answers true, or leaves it alone and answers false.
    ///
    /// # Errors
    /// Those of the parser.
    fn take<A: MapAccess<'a>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error>;
}

impl<'a> Eager<'a> for () {
    fn take<A: MapAccess<'a>>(&mut self, _: &str, _: &mut A) -> Result<bool, A::Error> {
        Ok(false)
    }
}

/// The keys of an object with the text of their values, in the order of the text, repeated keys included.
#[derive(Debug, Default, Clone)]
pub struct Object<'a, E = ()> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
    eager: E,
}

impl<'a, E: Eager<'a>> Object<'a, E> {
    /// Reads the object that `text` is.
    ///
    /// # Errors
    /// A [`Failure`] for what is not JSON or not an object.
    pub fn read(text: &'a str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|e| Failure::of(&e, text))
    }

    /// What was read in the same pass.
    pub fn eager(&self) -> &E {
        &self.eager
    }

    /// The value under a key unless it is null; of a repeated key the last one counts, as in the APIs.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        let found = self.members.iter().rev().find(|(known, _)| known == key);
        found.map(|(_, value)| *value).filter(|value| value.get() != "null")
    }

    /// Whether there is a value under the key that is not null.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the value under the key is this text, which needs no escapes.
    #[must_use]
    pub fn is(&self, key: &str, text: &str) -> bool {
        self.get(key).is_some_and(|value| {
            value.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(text)
        })
    }

    /// The keys with their values, null included.
    pub fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.members.iter().map(|(key, value)| (key.as_ref(), *value))
    }

    /// The keys as they are written where they have no escapes, with their values.
    pub(super) fn written(&self) -> impl Iterator<Item = (&Cow<'a, str>, &'a RawValue)> {
        self.members.iter().map(|(key, value)| (key, *value))
    }

    /// The repeated keys, each once.
    #[must_use]
    pub fn repeated(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.members.iter().map(|(key, _)| key.as_ref()).collect();
        keys.sort_unstable();
        let twice = keys.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let mut repeated: Vec<&str> = twice.collect();
        repeated.dedup();
        repeated
    }
}

impl<'a> Object<'a> {
    /// The object that a value is; `None` for other values.
    #[must_use]
    pub fn of(value: &'a RawValue) -> Option<Self> {
        if !value.get().starts_with('{') {
            return None;
        }
        Self::read(value.get()).ok()
    }

    /// The object under a key.
    #[must_use]
    pub fn object(&self, key: &str) -> Option<Self> {
        Self::of(self.get(key)?)
    }

    /// The values of the array under a key; `None` for other values.
    #[must_use]
    pub fn list(&self, key: &str) -> Option<Vec<&'a RawValue>> {
        list(self.get(key)?)
    }

    /// The text of the string under a key; `None` for other values.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        text(self.get(key)?)
    }

    /// Whether the value under a key is `true`; `None` where it is not a truth value.
    #[must_use]
    pub fn truth(&self, key: &str) -> Option<bool> {
        match self.get(key)?.get() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

/// The values of an array; `None` for other values.
#[must_use]
pub fn list(value: &RawValue) -> Option<Vec<&RawValue>> {
    if !value.get().starts_with('[') {
        return None;
    }
    serde_json::from_str(value.get()).ok()
}

/// The text of a string; `None` for other values.
#[must_use]
pub fn text(value: &RawValue) -> Option<String> {
    unescaped(value.get())
}

impl<'de, E: Eager<'de>> Deserialize<'de> for Object<'de, E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<E>(PhantomData<E>);

impl<'de, E: Eager<'de>> Visitor<'de> for Members<E> {
    type Value = Object<'de, E>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        // Room for the keys of a usual response.
        let (mut members, mut eager) = (Vec::with_capacity(16), E::default());
        while let Some(Key(key)) = map.next_key()? {
            if !eager.take(&key, &mut map)? {
                members.push((key, map.next_value()?));
            }
        }
        Ok(Object { members, eager })
    }
}

/// A key, borrowed from the text where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<X: de::Error>(self, text: &'de str) -> Result<Key<'de>, X> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<X: de::Error>(self, text: &str) -> Result<Key<'de>, X> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_keys_are_kept_and_the_last_one_counts() {
        let object: Object<'_> = Object::read("{\"a\": 1, \"b\": null,\n \"\\u0061\": 3}").unwrap();
        assert_eq!(object.repeated(), ["a"]);
        assert_eq!(object.get("a").unwrap().get(), "3");
        assert!(!object.has("b"));
        assert_eq!(object.members().count(), 3);
    }
}
