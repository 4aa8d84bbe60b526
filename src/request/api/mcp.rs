//! The answer of an MCP server to `tools/list`: definitions that are sent with every call.

use super::super::message::{HostedTool, Request};
use super::super::origin::Origin;
use super::definition;
use crate::Error;
use crate::json::Value;

/// Reads a list of tools, bare or in the answer that carries it.
pub(in super::super) fn body(tools: &[Value<'_>]) -> Result<Request, Error> {
    let mut request = Request::from_messages(Origin::Mcp, Vec::new());
    for tool in tools {
        self::tool(*tool, &mut request)?;
    }
    request.doubts.push(
        "tools of MCP are counted as the function definitions that a client makes of them"
            .to_owned(),
    );
    Ok(request)
}

/// Reads a tool in MCP's form or in that of an API.
pub(super) fn tool(value: Value<'_>, request: &mut Request) -> Result<(), Error> {
    let fields = value.fields()?;
    if let Some(function) = fields.get("function") {
        request.functions.push(definition::function(function, &["parameters"])?);
        return Ok(());
    }
    if !fields.has("name") {
        let kind = fields.string("type")?.unwrap_or_else(|| "tool".to_owned());
        let position = value.position();
        request.hosted_tools.push(HostedTool { kind, tokens: None, position });
        return Ok(());
    }
    let schemas = ["inputSchema", "input_schema", "parameters"];
    request.functions.push(definition::function(value, &schemas)?);
    Ok(())
}
