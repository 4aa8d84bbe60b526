//! Kinds of work: what decides how long completions are, more than the model does.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind};

/// What a call is for. Between kinds, the usual completion differs up to fifty times; between models
/// doing the same work, about twice.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum WorkKind {
    /// A tool call, an extraction, a look-up, one step of an agent, small talk.
    Step,
    /// Classify, grade, pick, diagnose.
    Judge,
    /// Write, explain, rewrite, advise.
    Write,
    /// Mathematics, logic, riddles.
    Puzzle,
    /// Write or repair code.
    Code,
    /// Plan, schedule, play, prove by search.
    Search,
}

impl WorkKind {
    /// Every kind, the one with the shortest completions first.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name, as the command line takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What belongs to it, in a few words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Step => "a tool call, extraction, look-up, one agent step",
            Self::Judge => "classify, grade, pick, diagnose",
            Self::Write => "write, explain, rewrite, advise",
            Self::Puzzle => "mathematics, logic, riddles",
            Self::Code => "write or repair code",
            Self::Search => "plan, schedule, play, prove by search",
        }
    }
}

impl FromStr for WorkKind {
    type Err = Error;

    /// Reads a name. An unknown one is an error that names the nearest kind.
    fn from_str(text: &str) -> Result<Self, Error> {
        let lower = text.trim().to_lowercase();
        if let Some(kind) = Self::ALL.iter().copied().find(|kind| kind.name() == lower) {
            return Ok(kind);
        }
        let nearest = Self::ALL
            .iter()
            .map(|kind| (strsim::normalized_damerau_levenshtein(kind.name(), &lower), kind))
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .filter(|(likeness, _)| *likeness >= 0.4);
        let all: Vec<String> =
            Self::ALL.iter().map(|kind| format!("{kind} ({})", kind.about())).collect();
        let meant = nearest.map(|(_, kind)| format!("did you mean {kind}? ")).unwrap_or_default();
        Err(Error::new(ErrorKind::Usage, format!("`{text}` is not a kind of work"))
            .hint(format!("{meant}the kinds are {}", all.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_kind_names_the_nearest() {
        for kind in WorkKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(*kind));
        }
        let error = "puzle".parse::<WorkKind>().unwrap_err();
        assert!(error.hint_text().unwrap().starts_with("did you mean puzzle? the kinds are step"));
        let error = "zzz".parse::<WorkKind>().unwrap_err();
        assert!(error.hint_text().unwrap().starts_with("the kinds are step"));
    }
}
