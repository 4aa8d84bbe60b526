//! An encoding from a file of a user's own.

use super::custom::Custom;
use super::definition::Definition;
use super::encoding::Encoding;
use super::method::Method;
use super::vocabulary::Vocabulary;
use super::vocabulary::file::{self, LARGEST, Read};
use crate::{Error, ErrorKind};

impl Encoding {
    /// The most bytes that a file may have for [`Encoding::from_file`].
    pub const LARGEST_FILE: u64 = LARGEST as u64;

    /// The vocabulary in the contents of a `tokenizer.json` of HuggingFace's tokenizers, of a `.tiktoken`
    /// file, or of a `tekken.json`. It stays in memory until the process ends; the same contents are
    /// read once. A `.tiktoken` file does not say how a text is split: it is split as by `like`, or by
    /// the encoding after which the file is named.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when it is none of these, or is of a kind that cannot be counted with
    /// exactly.
    pub fn from_file(name: &str, like: Option<Self>, contents: &[u8]) -> Result<Self, Error> {
        let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let like = like.or_else(|| stem.strip_suffix(".tiktoken")?.parse().ok());
        let rules = like.map(Method::of).and_then(|method| match method {
            Method::BytePairs(definition) => Some(definition.rules),
            Method::Claude(_) => None,
        });
        let refused = |reason: String| {
            Error::new(
                ErrorKind::Malformed,
                format!("`{name}` cannot be counted with: {reason}"),
            )
            .hint("give the tokenizer.json of a byte-pair vocabulary, a .tiktoken file, or a tekken.json")
        };
        let digest = xxhash_rust::xxh3::xxh3_128(contents);
        if let Some(known) = Custom::known(name, digest, rules) {
            return Ok(Self::Custom(known));
        }
        let Read { recipe, rules: own, form } = file::read(contents, rules).map_err(refused)?;
        let vocabulary = Vocabulary::checked(recipe).map_err(refused)?;
        let vocabulary: &'static Vocabulary = Box::leak(Box::new(vocabulary));
        let definition = Definition { vocabulary, rules: own, form };
        Ok(Self::Custom(Custom::keep(name, digest, rules, definition)))
    }
}
