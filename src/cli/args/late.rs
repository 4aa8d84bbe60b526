//! Arguments that are described only when they are asked for.

use std::ops::Deref;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::Global;

/// The arguments of a verb, and after them the global ones. The reader of arguments is told them only when that verb is
/// asked for: those of all verbs are hundreds, and a start would wait for them.
#[derive(Debug)]
pub(crate) struct Late<T>(T);

impl<T> Deref for Late<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Args> Args for Late<T> {
    fn augment_args(verb: Command) -> Command {
        verb.defer(|verb| {
            let about = verb.get_about().cloned().unwrap_or_default();
            Global::augment_args(T::augment_args(verb).about(about))
        })
    }

    fn augment_args_for_update(verb: Command) -> Command {
        Self::augment_args(verb)
    }
}

impl<T: FromArgMatches> FromArgMatches for Late<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}
