//! JSON that is read no deeper than needed and that knows where in the text it stands.
//!
//! Requests, logs and price lists all read through this room. Values stay as they are written: numbers keep
//! their digits, objects keep their order and their repeated keys, and text that no caller reads is passed
//! over once and never copied.
//!
//! * [`Value`] is a value with its place, for readers that report what is wrong with a part of it.
//! * [`Object`] holds the members of one object, found in one pass.
//! * [`Source`] finds any piece of its text again, and is quick at it when it is asked in order.
//! * [`Failure`] says why a text is not the JSON that it should be.
//!
//! ```
//! use outlay::json::Value;
//!
//! let body = Value::parse("{\"model\": \"o1\",\n \"n\": 1.0}")?;
//! let n = body.get("n").unwrap();
//! assert_eq!((n.text(), n.position().to_string()), ("1.0", "2:2".to_owned()));
//! let error = n.as_string().unwrap_err();
//! assert_eq!(error.to_string(), "2:7: found a number, expected a string");
//! # Ok::<(), outlay::Error>(())
//! ```

mod escape;
mod failure;
mod object;
mod source;
mod value;

pub(crate) use escape::unescaped;
pub use failure::{Cause, Failure};
pub use object::{Eager, Object, list, text};
pub use source::Source;
pub(crate) use source::offset;
pub use value::{DEPTH, Fields, Kind, Value};
