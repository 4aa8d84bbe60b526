//! Which part of a film a request sends, and how many of its frames.

use crate::json::{Fields, Value};

/// The most frames of a second that Gemini takes.
const MOST_FRAMES: f64 = 24.0;

/// A part of a film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Clip {
    /// The second that it starts at.
    start: f64,
    /// The second that it ends at; none where it goes on to the end of the film.
    end: Option<f64>,
    /// How many frames of a second the model sees.
    pub(super) frames_a_second: f64,
}

impl Clip {
    /// All of it, one frame a second.
    pub(super) const WHOLE: Self = Self { start: 0.0, end: None, frames_a_second: 1.0 };

    /// The `videoMetadata` of Gemini.
    ///
    /// # Errors
    /// A half sentence that follows the name of the film.
    pub(super) fn of(film: &Fields<'_>) -> Result<Self, String> {
        let offset = |keys: &[&str]| film.any(keys).map(|offset| seconds(&offset)).transpose();
        let frames = film.get("fps").map(|fps| {
            let read = fps.text().parse::<f64>().ok();
            read.filter(|frames| *frames > 0.0 && *frames <= MOST_FRAMES).ok_or_else(|| {
                format!(
                    "has {} frames a second, and the API takes more than 0 and up to {MOST_FRAMES}",
                    fps.text()
                )
            })
        });
        Ok(Self {
            start: offset(&["startOffset", "start_offset"])?.unwrap_or_default(),
            end: offset(&["endOffset", "end_offset"])?,
            frames_a_second: frames.transpose()?.unwrap_or(Self::WHOLE.frames_a_second),
        })
    }

    /// How many seconds are sent of a film of so many; none where no one says where it ends.
    ///
    /// # Errors
    /// A half sentence that follows its name.
    pub(super) fn seconds_of(&self, whole: Option<f64>) -> Result<Option<f64>, String> {
        let end = match (self.end, whole) {
            (Some(end), Some(whole)) => Some(end.min(whole)),
            (end, whole) => end.or(whole),
        };
        let start = self.start;
        match end.map(|end| end - start) {
            Some(sent) if sent <= 0.0 => Err(format!(
                "is cut at {start} s, and {} s is its end: nothing of it is sent",
                end.unwrap_or_default()
            )),
            sent => Ok(sent),
        }
    }
}

/// An offset such as `"1.5s"`.
fn seconds(offset: &Value<'_>) -> Result<f64, String> {
    let text = offset.string();
    let number = text.as_deref().and_then(|text| text.strip_suffix('s')?.parse::<f64>().ok());
    number
        .filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
        .ok_or_else(|| format!("has the offset {}, which is not written as \"90s\"", offset.text()))
}
