//! Logs of gateways, tracing tools and batch jobs, which wrap or repeat what an API answered.
//!
//! ```
//! use outlay::logs::{LogFormat, Records};
//!
//! let log = br#"{"request_created_at": "2024-10-02T05:33:00Z", "response_status": 200,
//!     "prompt_tokens": 5, "completion_tokens": 2}"#;
//! let record = Records::new(log.as_slice()).next().unwrap()?;
//! assert_eq!(record.format, LogFormat::Helicone);
//! # Ok::<(), outlay::Error>(())
//! ```

pub(crate) mod deepseek_export;
pub(crate) mod evaluation;
pub(crate) mod helicone;
pub(crate) mod langchain;
pub(crate) mod langfuse;
pub(crate) mod litellm;
pub(crate) mod parallel_arrays;
pub(crate) mod request_response;
pub(crate) mod spans;
pub(crate) mod usage_object;
pub(crate) mod usage_report;
