//! `.prompt.yml` files of GitHub Models.

use serde_json::Value;

use super::super::message::{Request, ResponseSchema};
use super::super::origin::Origin;
use super::super::template::Language;
use super::shape::Shape;
use super::tree::{self, at, malformed, shown, text};
use super::{parameters, yaml};
use crate::Error;

const FILE: Shape =
    Shape::new(&["jsonSchema", "messages", "model", "modelParameters", "testData"], &[]);

pub(super) fn read(file: &str) -> Result<Request, Error> {
    let tree = yaml::parse(file, 1)?;
    let list = at(&tree, &["messages"]);
    let list = list.ok_or_else(|| malformed("a prompt file of GitHub Models has `messages`"))?;
    let mut request = tree::request(Origin::GithubModels);
    tree::messages(list, &mut request)?;
    request.settings.model = text(&tree, &["model"]).map(ToOwned::to_owned);
    if let Some(parameters) = at(&tree, &["modelParameters"]) {
        parameters::read(parameters, &mut request)?;
    }
    FILE.check(&tree, &mut request);
    request.response_schema = schema(&tree)?.or(request.response_schema);
    request.template = Some(Language::Mustache);
    request.samples = samples(&tree);
    Ok(request)
}

/// The schema that answers must follow, which the file holds as JSON in a text.
fn schema(tree: &Value) -> Result<Option<ResponseSchema>, Error> {
    let Some(written) = at(tree, &["jsonSchema"]) else { return Ok(None) };
    let parsed = match written {
        Value::String(text) => {
            serde_json::from_str(text).map_err(|_| malformed("`jsonSchema` is not JSON"))?
        }
        other => other.clone(),
    };
    let name = text(&parsed, &["name"]).map(ToOwned::to_owned);
    let schema = at(&parsed, &["schema"]).unwrap_or(&parsed).clone();
    Ok(Some(ResponseSchema { name, schema }))
}

fn samples(tree: &Value) -> Vec<Vec<(String, String)>> {
    let rows = at(tree, &["testData"]).and_then(Value::as_array);
    let rows = rows.into_iter().flatten().filter_map(Value::as_object);
    rows.map(|row| row.iter().map(|(key, value)| (key.clone(), shown(value))).collect()).collect()
}
