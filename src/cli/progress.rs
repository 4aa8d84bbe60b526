//! A progress bar for work that lasts.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::settings::Settings;

/// Work that ends sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar on standard error that appears once the work takes a while, on a terminal and outside CI.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    wanted: bool,
}

impl Progress {
    /// Work with a known number of steps.
    pub(crate) fn new(steps: usize, what: &str, settings: &Settings) -> Self {
        let template =
            format!("{{bar:30}} {{human_pos}} of {{human_len}} {what}{{msg}}, {{eta}} left");
        Self::with(Some(steps as u64), &template, settings)
    }

    /// Reading a known or an unknown number of bytes.
    pub(crate) fn bytes(total: Option<u64>, settings: &Settings) -> Self {
        let template = match total {
            Some(_) => "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes}, {bytes_per_sec}",
        };
        Self::with(total, template, settings)
    }

    fn with(length: Option<u64>, template: &str, settings: &Settings) -> Self {
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let wanted = !settings.quiet && std::env::var_os("CI").is_none();
        Self { bar, start: Instant::now(), wanted }
    }

    pub(crate) fn step(&self) {
        self.advance(1);
    }

    pub(crate) fn advance(&self, steps: u64) {
        self.bar.inc(steps);
        if self.wanted && self.bar.is_hidden() && self.start.elapsed() > PATIENCE {
            // Draws nothing when standard error is not a terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Says how far the current step is.
    pub(crate) fn within(&self, place: &str) {
        self.bar.set_message(format!(" ({place})"));
        self.advance(0);
    }

    /// Writes to standard error without tearing the bar.
    pub(crate) fn aside(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
