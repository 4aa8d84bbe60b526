//! Pages of documents and lengths of sound and films, as people write them.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use crate::units::{Count, Seconds};
use crate::{Error, ErrorKind};

/// The pages of a document, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageCount(NonZeroU32);

impl PageCount {
    /// The number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for PageCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Count::from(self.get()).fmt(f)
    }
}

impl FromStr for PageCount {
    type Err = Error;

    /// Reads 1 to 4,294,967,295, written as any count.
    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = |why: String| {
            Error::new(ErrorKind::Amount, format!("`{text}` {why}"))
                .hint("write the pages of one document, such as `3`")
        };
        let pages: Count = text.parse()?;
        let pages = u32::try_from(pages.get())
            .map_err(|_| refused(format!("is more than {} pages", Count::from(u32::MAX))))?;
        let pages = NonZeroU32::new(pages);
        pages.map(Self).ok_or_else(|| refused("is no number of pages of a document".to_owned()))
    }
}

/// How long sound or a film is, more than no time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MediaLength(Seconds);

impl MediaLength {
    /// The number of seconds.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0.get()
    }
}

impl fmt::Display for MediaLength {
    /// Writes it as it is read, to the last digit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}s", self.get()))
    }
}

impl FromStr for MediaLength {
    type Err = Error;

    /// Reads a length of time, such as `90s`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let length: Seconds = text.parse()?;
        if length.get() > 0.0 {
            return Ok(Self(length));
        }
        Err(Error::new(ErrorKind::Amount, format!("`{text}` is no length of sound or a film"))
            .hint("write how long one is, such as `90s`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_at_least_one_and_of_some_time() {
        let length = |text: &str| text.parse::<MediaLength>().map(MediaLength::get).ok();
        assert_eq!(
            (length("90s"), length("2min"), length("0.5")),
            (Some(90.0), Some(120.0), Some(0.5))
        );
        assert_eq!(length("2 min 30 s"), Some(150.0));
        let mut seconds = 1e-9;
        while seconds < 3e13 {
            let written = MediaLength(Seconds::new(seconds));
            assert_eq!(written.to_string().parse(), Ok(written));
            seconds *= 1.37;
        }
        assert_eq!((length("0s"), length("-1s"), length("long")), (None, None, None));
        let pages = |text: &str| text.parse::<PageCount>().map(PageCount::get).ok();
        assert_eq!((pages("1"), pages("4,294,967,295")), (Some(1), Some(u32::MAX)));
        assert_eq!((pages("0"), pages("4,294,967,296"), pages("two")), (None, None, None));
        assert_eq!("1,200".parse::<PageCount>().unwrap().to_string(), "1,200");
    }
}
