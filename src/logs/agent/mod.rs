//! Session files of coding agents.
//!
//! ```
//! use outlay::logs::{LogFormat, Records};
//!
//! let log = br#"{"id": "msg_1", "sessionID": "ses_1", "role": "assistant", "modelID": "o1-mini",
//!     "tokens": {"input": 9, "output": 2, "reasoning": 0, "cache": {"read": 0, "write": 0}}}"#;
//! let record = Records::new(log.as_slice()).next().unwrap()?;
//! assert_eq!(record.format, LogFormat::Opencode);
//! # Ok::<(), outlay::Error>(())
//! ```

pub(crate) mod amp;
pub(crate) mod claude_code;
pub(crate) mod codex;
pub(crate) mod gemini_cli;
pub(crate) mod no_call;
pub(crate) mod opencode;
pub(crate) mod sessions;
