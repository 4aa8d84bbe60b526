//! The figures of a call as a log has them.

use super::meaning::{FIGURES, Figure, Word};
use crate::catalog::FeeItem;
use crate::units::{Money, Tokens};

/// In place of a figure that is not there: more tokens than any call has.
const NONE: u64 = u64::MAX;

/// The figures of a call as a log has them, before it is settled which are parts of which.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that a spelling says")]
pub(crate) struct Figures {
    values: [u64; FIGURES],
    /// Whether the prompt is under a key such as `input_tokens`, not `prompt_tokens`.
    pub(super) input_spelling: bool,
    /// Whether the cache is under keys such as `cache_read_input_tokens`, next to the prompt's.
    pub(super) beside_spelling: bool,
    /// Whether reasoning is under a key such as `thoughtsTokenCount`, beside what can be seen.
    pub(super) thoughts_spelling: bool,
    /// Whether the cached tokens are in an object of parts, such as `prompt_tokens_details`.
    pub(super) in_details: bool,
    /// Uses of tools that the provider ran.
    pub(crate) tools: Vec<(FeeItem, u64)>,
    /// What the log says that the call cost.
    pub(crate) cost: Option<Money>,
    /// Whether the cost came in 10^-10 dollars, as xAI writes its bills: it is what was charged.
    pub(crate) cost_is_bill: bool,
    /// Whether the cost is the sum of an object of costs.
    pub(crate) cost_in_parts: bool,
    /// Whether the caller's own key paid the maker, so that the cost is a fee.
    pub(crate) own_key: bool,
    /// Whether the usage is `OpenRouter`'s, which has its costs in parts and says whose key paid.
    pub(crate) from_router: bool,
    /// What the maker was paid with that key.
    pub(crate) upstream: Option<Money>,
    pub(crate) tier: Option<Box<str>>,
    pub(crate) speed: Option<Box<str>>,
    pub(crate) residency: Option<Box<str>>,
    pub(crate) search_size: Option<Box<str>>,
    /// The currency of the cost, where it is not the dollar.
    pub(crate) currency: Option<Box<str>>,
    /// The requests that the call is made of, each with its type and model.
    pub(crate) iterations: Vec<Iteration>,
    /// Unknown keys that may cost something.
    pub(crate) unread: Vec<String>,
    /// A figure that is there twice, with different values.
    pub(super) conflict: Option<Box<str>>,
}

/// One of the requests that a call is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Iteration {
    pub(crate) model: Option<String>,
    pub(crate) figures: Figures,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            values: [NONE; FIGURES],
            input_spelling: false,
            beside_spelling: false,
            thoughts_spelling: false,
            in_details: false,
            tools: Vec::new(),
            cost: None,
            cost_is_bill: false,
            cost_in_parts: false,
            own_key: false,
            from_router: false,
            upstream: None,
            tier: None,
            speed: None,
            residency: None,
            search_size: None,
            currency: None,
            iterations: Vec::new(),
            unread: Vec::new(),
            conflict: None,
        }
    }
}

impl Figures {
    pub(crate) fn get(&self, figure: Figure) -> Option<Tokens> {
        let value = self.values[figure as usize];
        (value != NONE).then_some(Tokens::new(value))
    }

    pub(super) fn or_zero(&self, figure: Figure) -> Tokens {
        self.get(figure).unwrap_or_default()
    }

    /// Whether nothing says how long the call was.
    pub(crate) fn has_no_tokens(&self) -> bool {
        self.get(Figure::Prompt).is_none()
            && self.get(Figure::Completion).is_none()
            && self.get(Figure::Uncached).is_none()
            && self.get(Figure::Cached).is_none()
    }

    /// Puts a figure in the place of the one there is.
    pub(crate) fn put(&mut self, figure: Figure, tokens: Option<Tokens>) {
        self.values[figure as usize] = tokens.map_or(NONE, Tokens::get);
    }

    /// Adds to a figure.
    pub(crate) fn add(&mut self, figure: Figure, tokens: Tokens) {
        self.put(figure, Some(self.or_zero(figure) + tokens));
    }

    /// Takes a figure that a log has. Some logs have one under two keys: a zero gives way, and two
    /// other values contradict each other.
    pub(crate) fn set(&mut self, figure: Figure, tokens: Tokens, key: &str) {
        match self.get(figure) {
            None => {}
            Some(known) if known == Tokens::ZERO => {}
            Some(known) if known == tokens || tokens == Tokens::ZERO => return,
            Some(known) => {
                self.conflict =
                    Some(format!("`{key}` says {tokens} where another key says {known}").into());
                return;
            }
        }
        self.values[figure as usize] = tokens.get();
        let initial = key.as_bytes().first().map(u8::to_ascii_lowercase);
        match figure {
            Figure::Prompt => self.input_spelling = initial == Some(b'i'),
            Figure::Reasoning => {
                self.thoughts_spelling |= initial == Some(b't') && key.contains("houghts");
            }
            _ => {}
        }
    }

    /// Takes a figure from a column, where the columns beside it say how the maker spells.
    pub(crate) fn set_cell(&mut self, figure: Figure, tokens: Tokens, column: &str) {
        self.set(figure, tokens, column);
        if matches!(figure, Figure::Cached | Figure::Written) {
            self.beside_spelling |= column.starts_with("cache") && !column.starts_with("cached");
        }
    }

    /// Says that the parts of the prompt are inside it, as those in an object of parts are.
    pub(crate) fn put_in_details(&mut self) {
        self.in_details = true;
    }

    /// A use of a tool.
    pub(crate) fn use_tool(&mut self, item: FeeItem, times: u64) {
        if times == 0 {
            return;
        }
        match self.tools.iter_mut().find(|(known, _)| *known == item) {
            Some((_, n)) => *n = (*n).max(times),
            None => self.tools.push((item, times)),
        }
    }

    /// A text that decides on the price; those that ask for nothing special are not kept.
    pub(super) fn say(&mut self, word: Word, text: &str) {
        let text = text.trim();
        let is_plain = text.is_empty()
            || ["default", "standard", "auto", "global", "not_available", "ON_DEMAND"]
                .contains(&text);
        if is_plain {
            return;
        }
        let slot = match word {
            Word::Tier => &mut self.tier,
            Word::Speed => &mut self.speed,
            Word::Residency => &mut self.residency,
            Word::SearchSize => &mut self.search_size,
            Word::Currency if text.eq_ignore_ascii_case("usd") => return,
            Word::Currency => &mut self.currency,
        };
        *slot = Some(text.into());
    }
}
