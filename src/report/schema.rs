//! The published JSON Schemas, kept equal to the types.

use std::path::Path;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use super::{Answer, CountResult, EstimateResult, ModelDetail, ModelList, PlanResult, Report};

/// Compares the committed schema of a command with the one its types give.
///
/// With `UPDATE_SCHEMAS` set it is written instead.
fn check<T>()
where
    T: Answer + JsonSchema,
    T::Total: JsonSchema,
{
    // What is written: a key that may be null is still always there.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Report<T>>();
    let wanted = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let name = T::COMMAND.replace(' ', "-");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/report/schema/{name}.json"));
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

#[test]
fn published_schemas_are_those_of_the_types() {
    check::<CountResult>();
    check::<EstimateResult>();
    check::<PlanResult>();
    check::<ModelList>();
    check::<ModelDetail>();
}
