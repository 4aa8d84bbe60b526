//! What a key of a usage object can mean, and keys of any spelling.

use crate::catalog::FeeItem;

/// A number of tokens in a usage object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    Prompt,
    Completion,
    Total,
    /// The prompt without what was read from or written to the cache.
    Uncached,
    Cached,
    /// All writes, whatever their lifetime.
    Written,
    /// Writes for the usual lifetime: five minutes, or half an hour.
    WrittenShort,
    /// Writes for the longer lifetime: an hour, or twelve.
    WrittenLong,
    Reasoning,
    /// What tools added to the prompt, beside it.
    ToolPrompt,
    /// Citations that are billed as output, beside it.
    Citations,
    AudioInput,
    AudioCached,
    AudioOutput,
    ImageInput,
    ImageCached,
    ImageOutput,
}

/// How many kinds of figures there are.
pub(crate) const FIGURES: usize = 17;

/// Where in a usage object a key is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Top,
    /// Parts of the prompt.
    Input,
    /// Parts of the completion.
    Output,
    /// Parts of the cached tokens, by medium.
    Cached,
    /// Parts of the written tokens, by lifetime.
    Written,
    /// `{"read": 5, "write": 2}`.
    ReadWrite,
    /// Uses of tools that the provider ran.
    Tools,
    /// Amounts of money.
    Costs,
    /// A list of writes with their lifetimes.
    WritesByLifetime,
    /// A list of requests that the call is made of.
    Iterations,
    /// Below an unknown key.
    Unknown,
}

/// A text in a usage object that decides on the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Tier,
    Speed,
    Residency,
    /// How much of what a search found is read, by which a request may be charged.
    SearchSize,
    /// The currency of the cost.
    Currency,
}

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Figure(Figure),
    Place(Place),
    /// A number, or an object with its parts.
    Either(Figure, Place),
    Tool(FeeItem),
    /// What the log says that the call cost, in dollars.
    Cost,
    /// The same in 10^-10 dollars.
    Ticks,
    /// A cost, or an object with one.
    CostOrParts,
    /// Whether the caller's own key paid the maker.
    OwnKey,
    /// What the maker was paid with that key, in dollars.
    Upstream,
    Word(Word),
    /// Known, and no part of a bill.
    Nothing,
    Unknown,
}

/// The longest key that is known.
const LONGEST: usize = 48;

/// Compares keys of any spelling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Canonical {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Canonical {
    /// The key in lower case, without separators; empty when it is longer than any known key.
    pub(crate) fn of(key: &str) -> Self {
        let mut canonical = Self { bytes: [0; LONGEST], length: 0 };
        for byte in key.bytes().filter(|b| !matches!(b, b'_' | b'-' | b'.' | b' ')) {
            if canonical.length == LONGEST {
                canonical.length = 0;
                break;
            }
            canonical.bytes[canonical.length] = byte.to_ascii_lowercase();
            canonical.length += 1;
        }
        canonical
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}
