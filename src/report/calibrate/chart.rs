//! How long completions were, and the reasoning in them.

use super::result::CalibrateResult;
use crate::report::calibrate::histogram;
use crate::report::document::Document;

impl CalibrateResult {
    /// Adds the histograms of a model.
    pub(crate) fn add_chart(&self, document: &mut Document) {
        let title = format!("Completions of {}", self.model);
        histogram::add(document, &title, "completion tokens", &self.histogram);
        let title = format!("Reasoning of {}", self.model);
        histogram::add(document, &title, "reasoning tokens", &self.reasoning_histogram);
    }
}
