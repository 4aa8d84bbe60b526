//! The published JSON Schemas, kept equal to the types.

use std::path::Path;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::answer::{Answer, Report};
use super::audit::{AuditResult, EachRecord};
use super::calibrate::{CalibrateResult, LogPlanResult};
use super::check::{BudgetRow, CheckResult, ConfigEntry};
use super::compare::CompareResult;
use super::count::CountResult;
use super::diff::DiffResult;
use super::estimate::EstimateResult;
use super::lint::{LintResult, PlacedFinding, RuleDetail, RuleList};
use super::models::{ImportResult, ModelDetail, ModelList};
use super::plan::PlanResult;
use super::render::columns;
use super::simulate::SimulateResult;
use crate::catalog::Upkeep;
use crate::feed::{Disagreement, Doubt};
use crate::forecast::TurnSummary;

/// Compares the committed schema of a command with the one its types give.
///
/// With `UPDATE_SCHEMAS` set it is written instead.
fn check<T>()
where
    T: Answer + JsonSchema,
    T::Total: JsonSchema,
{
    check_file::<Report<T>>(&T::COMMAND.replace(' ', "-"));
}

fn check_file<T: JsonSchema>(name: &str) {
    // What is written: a key that may be null is still always there.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let wanted = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{name}.json"));
    #[expect(clippy::disallowed_methods, reason = "a test reads and writes the committed files")]
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    } else {
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == wanted,
            "{name}.json is not what the types give: run the tests with UPDATE_SCHEMAS=1"
        );
    }
}

/// The keys of a result that hold a value or a list, nested ones with dots.
fn leaves(root: &Value, schema: &Value, prefix: &str, found: &mut Vec<String>) {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(pointer) => root.pointer(pointer.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    let variants = schema.get("anyOf").and_then(Value::as_array);
    if let Some(object) = variants.into_iter().flatten().find(|v| v.get("$ref").is_some()) {
        return leaves(root, object, prefix, found);
    }
    match schema.get("properties").and_then(Value::as_object) {
        Some(properties) => {
            for (key, property) in properties {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                leaves(root, property, &name, found);
            }
        }
        None => found.push(prefix.to_owned()),
    }
}

/// Compares the CSV columns of a command with the keys of its results.
fn check_columns<T>()
where
    T: Answer + JsonSchema,
{
    assert_eq!(leaves_of::<T>(), columns(T::COLUMNS), "{}", T::COMMAND);
}

fn leaves_of<T: JsonSchema>() -> Vec<String> {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    let mut found = Vec::new();
    leaves(&schema, &schema, "", &mut found);
    found
}

#[test]
fn every_key_of_a_result_has_its_column() {
    check_columns::<CountResult>();
    check_columns::<EstimateResult>();
    check_columns::<PlanResult>();
    check_columns::<CompareResult>();
    check_columns::<AuditResult>();
    check_columns::<CalibrateResult>();
    check_columns::<LogPlanResult>();
    assert_eq!(columns(EachRecord::COLUMNS), leaves_of::<EachRecord>());
    check_columns::<ModelList>();
    check_columns::<Upkeep>();
    check_columns::<Doubt>();
    check_columns::<DiffResult>();
    check_columns::<ImportResult>();
    check_columns::<Disagreement>();
    check_columns::<ConfigEntry>();
    check_columns::<RuleList>();
    check_columns::<RuleDetail>();
    // A request has a record per finding, a prompt one per budget; both name what they are about.
    assert_eq!(columns(LintResult::COLUMNS)[..3], ["input", "model", "verdict"]);
    assert_eq!(columns(LintResult::COLUMNS)[3..], leaves_of::<PlacedFinding>());
    assert_eq!(columns(CheckResult::COLUMNS)[..3], ["prompt", "input", "model"]);
    assert_eq!(columns(CheckResult::COLUMNS)[3..], leaves_of::<BudgetRow>());
    // A conversation has a record per turn, which names its input and its model.
    let turn = leaves_of::<TurnSummary>();
    assert_eq!(columns(SimulateResult::COLUMNS)[..2], ["input", "model"]);
    assert_eq!(columns(SimulateResult::COLUMNS)[2..], turn);
}

#[test]
fn published_schemas_are_those_of_the_types() {
    check::<CountResult>();
    check::<EstimateResult>();
    check::<PlanResult>();
    check::<SimulateResult>();
    check::<CompareResult>();
    check::<AuditResult>();
    check::<CalibrateResult>();
    check::<LogPlanResult>();
    check_file::<EachRecord>("audit-each");
    check::<ModelList>();
    check::<ModelDetail>();
    check::<ImportResult>();
    check::<Disagreement>();
    check::<Upkeep>();
    check::<Doubt>();
    check::<CheckResult>();
    check::<DiffResult>();
    check::<ConfigEntry>();
    check::<LintResult>();
    check::<RuleList>();
    check::<RuleDetail>();
}
