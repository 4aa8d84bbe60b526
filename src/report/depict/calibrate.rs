//! How long completions were, and the reasoning in them.

use super::super::calibrate::CalibrateResult;
use super::super::page::Page;
use super::histogram;

impl CalibrateResult {
    /// Adds the histograms of a model.
    pub(in crate::report) fn depict(&self, page: &mut Page) {
        let title = format!("Completions of {}", self.model);
        histogram::add(page, &title, "completion tokens", &self.histogram);
        let title = format!("Reasoning of {}", self.model);
        histogram::add(page, &title, "reasoning tokens", &self.reasoning_histogram);
    }
}
