//! Definitions of functions and of response schemas, which every API writes a little differently.

use super::super::message::{FunctionDefinition, ResponseSchema};
use crate::Error;
use crate::json::{Fields, Value};

/// A function with its schema under the first of `keys` that has one.
pub(super) fn function(value: Value<'_>, keys: &[&str]) -> Result<FunctionDefinition, Error> {
    let fields = value.fields()?;
    Ok(FunctionDefinition {
        name: fields.required("name")?.as_string()?.into_owned(),
        description: fields.string("description")?,
        parameters: fields.any(keys).map(|schema| schema.tree()).transpose()?,
    })
}

/// A tool that takes free text: its grammar is sent with it.
pub(super) fn custom(fields: &Fields<'_>) -> Result<FunctionDefinition, Error> {
    Ok(FunctionDefinition {
        name: fields.required("name")?.as_string()?.into_owned(),
        description: fields.string("description")?,
        parameters: fields.get("format").map(|format| format.tree()).transpose()?,
    })
}

/// A response schema with its name.
pub(super) fn response_schema(value: Value<'_>) -> Result<ResponseSchema, Error> {
    let fields = value.fields()?;
    let schema = fields.get("schema").map(|schema| schema.tree()).transpose()?;
    Ok(ResponseSchema {
        name: fields.string("name")?,
        schema: schema.unwrap_or(serde_json::Value::Object(serde_json::Map::new())),
    })
}

/// A schema alone.
pub(super) fn bare_schema(schema: Value<'_>) -> Result<ResponseSchema, Error> {
    Ok(ResponseSchema { name: None, schema: schema.tree()? })
}
