//! Which tool a request makes a model call, as each API writes it.

use outlay::request::{Origin, ToolChoice};

use crate::support::request;

#[test]
fn the_choice_of_a_tool_is_read_as_each_api_writes_it() {
    let messages = r#""messages": [{"role": "user", "content": "Hi"}]"#;
    let named = || Some(ToolChoice::Tool("weather".to_owned()));
    for (choice, wanted) in [
        (r#"{"type": "none"}"#, Some(ToolChoice::None)),
        (r#"{"type": "any"}"#, Some(ToolChoice::Any)),
        (r#"{"type": "tool", "name": "weather"}"#, named()),
        (r#"{"type": "auto"}"#, None),
    ] {
        let request = request(&format!(
            r#"{{"system": "Be brief.", "max_tokens": 9, "tool_choice": {choice}, {messages}}}"#
        ));
        assert_eq!(request.origin, Origin::Anthropic);
        assert_eq!(request.settings.tool_choice, wanted, "{choice}");
    }
    for (choice, wanted) in [
        (r#""none""#, Some(ToolChoice::None)),
        (r#""required""#, Some(ToolChoice::Any)),
        (r#"{"type": "function", "function": {"name": "weather"}}"#, named()),
        (r#""auto""#, None),
    ] {
        let request = request(&format!(r#"{{"tool_choice": {choice}, {messages}}}"#));
        assert_eq!(request.origin, Origin::Chat);
        assert_eq!(request.settings.tool_choice, wanted, "{choice}");
    }
}
