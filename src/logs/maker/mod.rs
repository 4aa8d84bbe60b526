//! Responses of the makers' APIs, as the API sent them.
//!
//! ```
//! use outlay::logs::{LogFormat, Records};
//!
//! let log = br#"{"usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 2}}"#;
//! let record = Records::new(log.as_slice()).next().unwrap()?;
//! assert_eq!(record.format, LogFormat::Gemini);
//! # Ok::<(), outlay::Error>(())
//! ```

pub(crate) mod anthropic;
pub(crate) mod api_response;
pub(crate) mod bedrock;
pub(crate) mod chat;
pub(crate) mod choice;
pub(crate) mod cohere;
pub(crate) mod gemini;
pub(crate) mod responses;
