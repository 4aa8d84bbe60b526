//! What is said of several plans together, noted as they come: a corpus has millions.

use serde::Serialize;

use super::result::PlanResult;
use crate::forecast::PlanStatus;
use crate::gate::Verdict;
use crate::report::side_by_side::AttributedNotes;
use crate::units::Tokens;

/// All plans together. They have no sum, so that data have null in its place.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct PlanTotal {
    sum: (),
    #[serde(skip)]
    pub(super) told: Told,
}

/// What several plans have in common, and what is said below them.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) results: usize,
    /// The model of the first as people see it, and its input.
    pub(super) first: Option<(String, Option<String>)>,
    /// Whether all have those of the first.
    pub(super) same_model: bool,
    pub(super) same_input: bool,
    /// How many have room for their reserve, and how many fail.
    pub(super) fitting: usize,
    pub(super) failing: usize,
    pub(super) longest_prompt: Tokens,
    /// How many have remarks.
    pub(super) remarked: usize,
    pub(super) notes: AttributedNotes,
}

#[cfg(test)]
impl schemars::JsonSchema for PlanTotal {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        <()>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        <()>::json_schema(generator)
    }
}

impl PlanTotal {
    /// Notes a plan.
    pub fn add(&mut self, result: &PlanResult) {
        self.told.add(result);
    }

    /// How many plans fail.
    #[must_use]
    pub fn failing(&self) -> usize {
        self.told.failing
    }
}

impl Told {
    /// What is said of these plans.
    pub(super) fn of(results: &[PlanResult]) -> Self {
        let mut told = Self::default();
        for result in results {
            told.add(result);
        }
        told
    }

    fn add(&mut self, result: &PlanResult) {
        let is_first = self.first.is_none();
        let (model, input) =
            self.first.get_or_insert_with(|| (result.name.clone(), result.input.clone()));
        self.same_model = (is_first || self.same_model) && *model == result.name;
        self.same_input = (is_first || self.same_input) && *input == result.input;
        self.results += 1;
        self.fitting += usize::from(result.status == PlanStatus::Ok);
        self.failing += usize::from(result.verdict == Verdict::Fail);
        self.longest_prompt = self.longest_prompt.max(result.prompt_tokens);
        self.remarked += usize::from(!result.remarks().is_empty());
        self.notes.add(&result.name, &result.assumptions);
    }
}
