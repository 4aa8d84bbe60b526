//! One reader per feed: the text of it into rows, with the place of every value.
//!
//! ```
//! use outlay::feed::{Feed, FeedKind};
//!
//! let text = r#"{"acme-large": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.5e-06,
//!     "output_cost_per_token": 6e-06}}"#;
//! let feed = Feed::read(text, "prices.json", Some(FeedKind::Litellm))?;
//! assert_eq!(feed.rows[0].prices[0].rates[0].output.to_string(), "6");
//! # Ok::<(), outlay::Error>(())
//! ```

pub(super) mod genai_prices;
pub(super) mod langfuse;
pub(super) mod litellm;
pub(super) mod llm_prices;
pub(super) mod models_dev;
pub(super) mod openrouter;
