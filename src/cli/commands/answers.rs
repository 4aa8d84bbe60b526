//! Every prompt of a verb, answered.

use crate::Error;
use crate::cli::args::PromptArgs;
use crate::cli::commands::what_if::{self, Asked};
use crate::cli::input::counted::{self, Input};
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::report::{Format, Widget};
use crate::units::CallVolume;

/// How the prompts of a verb are answered.
pub(crate) struct Answering<'a> {
    pub(crate) asked: Asked<'a>,
    /// The calls that flags share among the prompts.
    pub(crate) calls: Option<CallVolume>,
    /// What is done to them, such as `priced`.
    pub(crate) what: &'static str,
    /// Whether a page has a form that answers what-ifs.
    pub(crate) has_form: bool,
    /// What is wrong where there is not exactly one prompt.
    pub(crate) unless_one: Option<Error>,
}

impl Answering<'_> {
    /// Hands on what `answer` makes of every prompt, in order; answers the form of a page. A prompt is kept no longer than its
    /// answer takes, unless all of them are needed at once: to share calls among them, for a form, or because there
    /// must be one only.
    ///
    /// # Errors
    /// That there is not exactly one, where there must be.
    pub(crate) fn each<'s, T: Send>(
        &self,
        settings: &'s Settings,
        warnings: &mut Vec<String>,
        answer: impl Fn(Input<'s>) -> Result<T, Error> + Sync,
        mut each: impl FnMut(Result<T, Error>),
    ) -> Result<Vec<Widget>, Error> {
        let answer = |input: Input<'s>| {
            let place = input.location.clone();
            answer(input).map_err(|error| match &place {
                Some(place) => place.of(error),
                None => error,
            })
        };
        let args: &PromptArgs = self.asked.prompt;
        let has_form = self.has_form && settings.writes(Format::Html);
        if self.calls.is_none() && !has_form && self.unless_one.is_none() {
            counted::answers(args, settings, warnings, answer, each);
            return Ok(Vec::new());
        }
        let mut prompts = counted::prompts(args, settings, warnings);
        counted::share_calls(&mut prompts, self.calls);
        let widgets = if has_form {
            let asked_of: Vec<_> = prompts.iter().flatten().collect();
            what_if::widgets(&self.asked, &asked_of, settings, warnings)
        } else {
            Vec::new()
        };
        if let Some(error) = self.unless_one.clone().filter(|_| prompts.len() != 1) {
            return Err(error);
        }
        let progress = Progress::new(prompts.len(), self.what, settings);
        for input in prompts {
            progress.step();
            each(input.and_then(&answer));
        }
        Ok(widgets)
    }
}
