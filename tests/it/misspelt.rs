//! Misspelt keys of prompt files and around the bodies of a batch: what stands under one is in no figure, so that no
//! gate passes.

use crate::support::{Folder, stderr};

const CONFIG: &str = r#"[call]
model = "gpt-4o"

[budget]
max_prompt_tokens = "10k"

[[prompt]]
name = "prompts"
paths = ["PROMPT"]
"#;

/// A file of each form with the keys that its tools write, and places in it to write others: a text, what goes
/// there, and the key that is named.
type Form = (&'static str, &'static str, &'static [(&'static str, &'static str, &'static str)]);

const FORMS: &[Form] = &[
    (
        "prompts/a.prompt.yml",
        r"name: Greeting
description: Greets somebody
version: 2
tags: [a]
owner: docs
model: openai/gpt-4o
modelParameters:
  maxTokens: 300
  temperature: 0.5
  topP: 1
messages:
  - role: system
    content: Be brief.
  - role: user
    content:
      - type: text
        text: Greet {{name}}.
responseFormat: text
testData:
  - name: Ada
    expected: Hello
evaluators:
  - name: short
    string: {contains: Hello}
",
        &[
            ("owner:", "mesages:", "mesages"),
            ("owner:", "Messages:", "Messages"),
            ("owner:", "jsonSchem:", "jsonSchem"),
            ("testData:", "testDatas:", "testDatas"),
            ("maxTokens:", "maxToken:", "maxToken"),
            ("modelParameters:", "modelParameter:", "modelParameter"),
            ("    content: Be brief.", "    content: Be\n    contents: brief.", "contents"),
            ("        text: Greet", "        texts: Be polite.\n        text: Greet", "texts"),
        ],
    ),
    (
        "prompts/a.prompt",
        r"---
model: openai/gpt-4o
variant: short
description: Greets somebody
metadata: {a: 1}
toolChoice: auto
config:
  maxOutputTokens: 300
  temperature: 1
  safetySettings: []
input:
  schema: {name: string}
  default: {name: Ada}
output:
  format: json
  schema: {greeting: string}
---
Greet {{name}}.
",
        &[
            ("variant:", "tols:", "tols"),
            ("output:", "outputt:", "outputt"),
            ("  schema: {greeting", "  schem: {greeting", "schem"),
            ("  default:", "  defualt:", "defualt"),
            ("maxOutputTokens:", "maxOutputToken:", "maxOutputToken"),
        ],
    ),
    (
        "prompts/a.prompty",
        r"---
name: Greeting
description: Greets somebody
version: 1.0
authors: [a]
tags: [b]
model:
  api: chat
  configuration:
    type: azure_openai
    azure_endpoint: ${env:ENDPOINT}
    azure_deployment: gpt-4o
    api_version: '1'
  parameters:
    max_tokens: 300
    temperature: 1
    tools:
      - type: function
        function:
          name: weather
          description: Finds the weather
          parameters: {type: object}
inputs:
  name: {type: string, description: Who, default: Ada}
outputs:
  greeting: {type: string}
template: jinja2
---
system:
Be brief.
user:
Greet {{name}}.
",
        &[
            ("authors:", "toolz:", "toolz"),
            ("authors:", "sampl:", "sampl"),
            ("    max_tokens:", "    max_token:", "max_token"),
            ("  parameters:\n", "  paramaters:\n", "paramaters"),
            ("          description:", "          descripton:", "descripton"),
            ("          parameters:", "          parametrs:", "parametrs"),
            ("default: Ada", "defaults: Ada", "defaults"),
        ],
    ),
    (
        "prompts/promptfooconfig.yaml",
        r"$schema: https://promptfoo.dev/config-schema.json
description: Greetings
tags: {team: a}
env: {A: b}
prompts:
  - Greet {{name}}.
  - id: longer
    label: Longer
    raw: Greet {{name}} warmly.
providers:
  - openai:chat:gpt-4o
  - id: openai:chat:gpt-4o
    label: Hot
    config:
      temperature: 1
      max_tokens: 300
      max_retries: 2
      tool_choice: auto
      tools:
        - type: function
          function: {name: weather, description: Finds the weather, parameters: {type: object}}
defaultTest:
  assert: [{type: cost, threshold: 1}]
tests:
  - description: one
    vars: {name: Ada}
    metadata: {a: b}
    options: {transform: output}
    assert: [{type: contains, value: Ada}]
outputPath: out.json
evaluateOptions: {maxConcurrency: 2, repeat: 1}
",
        &[
            ("tags:", "prompt: Be polite.\ntags:", "prompt"),
            ("tags:", "provider: openai:o1\ntags:", "provider"),
            ("    label: Longer", "    raws: Be polite.", "raws"),
            ("    label: Hot", "    configs: {max_tokens: 1}", "configs"),
            ("      max_tokens:", "      max_token:", "max_token"),
            ("tools:\n", "toolz:\n", "toolz"),
            ("    vars:", "    var:", "var"),
            ("tests:", "test:", "test"),
        ],
    ),
    (
        "prompts/a.yaml",
        r"_type: prompt
input_variables: [name]
template: Greet {name}.
template_format: f-string
validate_template: true
partial_variables: {}
output_parser: null
metadata: {a: b}
tags: [c]
",
        &[
            ("tags:", "templat:", "templat"),
            ("tags:", "messagez:", "messagez"),
            ("tags:", "prefix:", "prefix"),
        ],
    ),
    (
        "prompts/a.json",
        r#"{
    "_type": "few_shot",
    "input_variables": ["input"],
    "template_format": "f-string",
    "prefix": "Name the opposite.",
    "example_prompt": {
        "_type": "prompt",
        "input_variables": ["input"],
        "template": "Q: {input}",
        "template_format": "f-string"
    },
    "examples": [{"input": "tall"}],
    "example_separator": " ",
    "suffix": "Q: {input}",
    "metadata": {}
}"#,
        &[
            (r#""metadata": {}"#, r#""prefixx": "Be brief.""#, "prefixx"),
            (r#""metadata": {}"#, r#""sufix": "Be brief.""#, "sufix"),
            (r#""metadata": {}"#, r#""exampls": [{"input": "long"}]"#, "exampls"),
            (r#""metadata": {}"#, r#""template": "Be brief.""#, "template"),
            (
                r#""input_variables": ["input"],
        "template":"#,
                r#""templates": "Be brief.",
        "template":"#,
                "templates",
            ),
        ],
    ),
    (
        "prompts/chain.json",
        r#"{"lc": 1, "type": "constructor", "id": ["langchain", "schema", "runnable", "RunnableSequence"], "name": "chain",
 "kwargs": {"first": {"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "chat", "ChatPromptTemplate"],
  "kwargs": {"input_variables": ["name"], "metadata": {"lc_hub_owner": "a"}, "tags": [], "optional_variables": [], "messages": [
   {"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "chat", "SystemMessagePromptTemplate"],
    "kwargs": {"additional_kwargs": {}, "prompt": {"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "prompt", "PromptTemplate"],
     "kwargs": {"input_variables": [], "template": "Be brief.", "template_format": "f-string", "partial_variables": {}, "validate_template": false}}}},
   {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "HumanMessage"],
    "kwargs": {"content": [{"type": "text", "text": "Greet Ada."}], "additional_kwargs": {}, "response_metadata": {}, "example": false}}]}},
  "last": {"lc": 1, "type": "constructor", "id": ["langchain", "chat_models", "openai", "ChatOpenAI"],
   "kwargs": {"model_name": "gpt-4o", "temperature": 1, "max_tokens": 300, "max_retries": 2, "model_kwargs": {}, "streaming": true, "openai_api_key": {"lc": 1, "type": "secret", "id": ["KEY"]}}}}}"#,
        &[
            (r#""optional_variables": []"#, r#""messagez": ["Be polite."]"#, "messagez"),
            (r#""optional_variables": []"#, r#""template": "Be polite.""#, "template"),
            (r#""validate_template": false"#, r#""templat": "Be polite.""#, "templat"),
            (r#""prompt": {"lc""#, r#""promt": "Be polite.", "prompt": {"lc""#, "promt"),
            (r#""response_metadata": {}"#, r#""contemt": "Be polite.""#, "contemt"),
            (r#""text": "Greet Ada.""#, r#""text": "Hi", "texts": "Greet Ada.""#, "texts"),
            (r#""max_tokens""#, r#""max_token""#, "max_token"),
            (r#""model_kwargs": {}"#, r#""toolz": [{"a": "b"}]"#, "toolz"),
            (r#""name": "chain""#, r#""kwarg": {"first": "Be polite."}"#, "kwarg"),
        ],
    ),
    (
        "prompts/a.json",
        r#"{"id": "1", "createdAt": "2024-10-01", "updatedAt": "2024-10-01", "projectId": "p", "createdBy": "API", "name": "greeting",
 "version": 1, "type": "chat", "isActive": null, "labels": ["production"], "tags": [], "commitMessage": "First",
 "prompt": [{"role": "system", "content": "Be brief."}, {"type": "chatmessage", "role": "user", "content": "Greet {{name}}."}],
 "config": {"model": "gpt-4o", "temperature": 1, "max_tokens": 300, "supported_languages": ["en"],
  "tools": [{"type": "function", "function": {"name": "weather", "description": "Finds the weather", "parameters": {}}}]}}"#,
        &[
            (r#""createdBy": "API""#, r#""promt": "Be polite.""#, "promt"),
            (r#""createdBy": "API""#, r#""messages": [{"role": "user"}]"#, "messages"),
            (
                r#""content": "Be brief.""#,
                r#""content": "Hi", "contents": "Be brief.""#,
                "contents",
            ),
            (r#""config""#, r#""configs""#, "configs"),
            (r#""max_tokens""#, r#""max_token""#, "max_token"),
            (r#""description""#, r#""descriptions""#, "descriptions"),
        ],
    ),
    (
        "prompts/sk.yaml",
        r"name: Greeting
description: Greets somebody
template_format: semantic-kernel
template: Greet {{$name}}.
input_variables:
  - name: name
    description: Who
    is_required: false
    default: Ada
output_variable:
  description: The greeting
execution_settings:
  default:
    service_id: a
    model_id: gpt-4o
    max_tokens: 300
    temperature: 1
allow_dangerously_set_content: true
",
        &[
            ("allow_dangerously_set_content:", "templat:", "templat"),
            ("allow_dangerously_set_content:", "promt:", "promt"),
            ("    default: Ada", "    defualt: Ada", "defualt"),
            ("execution_settings:", "execution_setting:", "execution_setting"),
            ("    max_tokens:", "    max_token:", "max_token"),
        ],
    ),
    (
        "prompts/greet/SKILL.md",
        "---\nname: greet\ndescription: Greets somebody\nlicense: MIT\nallowed-tools: [Read]\nmetadata: {version: 1}\n---\nSay hello.\n",
        &[("license:", "descripton:", "descripton"), ("name:", "names:", "names")],
    ),
    (
        ".claude/agents/greet.md",
        "---\nname: greet\ndescription: Greets somebody\ntools: Read\nmodel: gpt-4o\ncolor: red\n---\nSay hello.\n",
        &[("model:", "modle:", "modle")],
    ),
];

/// What `check` says of a file, and its exit code.
fn check(name: &str, text: &str, more: &str) -> (Option<i32>, String) {
    let config = CONFIG.replace("PROMPT", name) + more;
    let folder = Folder::new().with("outlay.toml", config).with(name, text);
    let run = folder.outlay("check --as-of 2026-11-20").output().unwrap();
    (run.status.code(), stderr(&run).to_owned())
}

#[test]
fn a_misspelt_key_of_a_prompt_file_is_named_and_a_right_file_is_not() {
    let mut faults = Vec::new();
    for (name, right, changes) in FORMS {
        let (code, told) = check(name, right, "");
        if code != Some(0) || told.contains("such key") || told.contains("nothing reads") {
            faults.push(format!("{name}: {code:?} {told}"));
        }
        for (from, to, key) in *changes {
            let wrong = right.replacen(from, to, 1);
            assert_ne!(wrong, *right, "{name}: {from}");
            let (code, told) = check(name, &wrong, "");
            if code != Some(2) || !told.contains(&format!("`{key}` is not in the figures")) {
                faults.push(format!("{name} {key}: {code:?} {told}"));
            }
            let (code, told) = check(name, &wrong, &format!("ignored_keys = [\"{key}\"]\n"));
            if code != Some(0) {
                faults.push(format!("{name} {key}, ignored: {code:?} {told}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let (_, told) = check("prompts/a.yaml", "_type: prompt\ntemplate: a\ntemplat: b\n", "");
    assert!(told.contains("error: prompts/a.yaml:3:1: `templat`"), "{told}");
}

/// A line of a batch of each maker, and a whole batch of two of them; a key to write beside the body, which is named.
const BATCHES: &[(&str, &[&str])] = &[
    (
        r#"{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "MORE": "", "body": {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}}"#,
        &["messages", "message", "system", "bdy", "Body"],
    ),
    (
        r#"{"custom_id": "1", "method": "POST", "url": "/v1/responses", "MORE": "", "body": {"model": "gpt-4o", "input": "Hi"}}"#,
        &["input", "instructions", "inputs", "tools", "bodyy"],
    ),
    (
        r#"{"custom_id": "1", "MORE": "", "body": {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}}"#,
        &["messages", "boddy"],
    ),
    (
        r#"{"custom_id": "1", "MORE": "", "params": {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}}"#,
        &["system", "systen", "messages", "parms", "body"],
    ),
    (
        r#"{"requests": [{"custom_id": "1", "MORE": "", "params": {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}}]}"#,
        &["system", "param"],
    ),
    (
        r#"{"MORE": "", "requests": [{"custom_id": "1", "params": {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}}]}"#,
        &["messages", "request"],
    ),
    (
        r#"{"key": "1", "MORE": "", "request": {"contents": [{"parts": [{"text": "Hi"}]}]}}"#,
        &["systemInstruction", "system_instruction", "contents", "contemts", "requst"],
    ),
    (
        r#"{"batch": {"display_name": "a", "input_config": {"MORE": "", "requests": {"requests": [{"request": {"contents": [{"parts": [{"text": "Hi"}]}]}, "metadata": {"key": "1"}}]}}}}"#,
        &["contents", "request"],
    ),
    (
        r#"{"recordId": "CALL0000001", "MORE": "", "modelInput": {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}}"#,
        &["messages", "system", "modelInputs", "model_input"],
    ),
];

#[test]
fn text_beside_the_body_of_a_batch_is_named_and_labels_are_not() {
    let more = |line: &str, key: &str| {
        line.replace("\"MORE\": \"\"", &format!("\"{key}\": \"Be brief.\""))
    };
    for (line, keys) in BATCHES {
        for name in ["prompts/a.json", "prompts/a.jsonl"] {
            for own in ["metadata", "label", "model", "status", "created_at", "id"] {
                let (code, told) = check(name, &more(line, own), "");
                assert_eq!(
                    (code, told.contains("not in the figures")),
                    (Some(0), false),
                    "{line} {own}: {told}"
                );
            }
            for key in *keys {
                let line = more(line, key);
                // The rest of a file of lines is read as it was.
                let text = if name.ends_with('l') { format!("{line}\n{line}\n") } else { line };
                let (code, told) = check(name, &text, "");
                let named = told.contains(&format!("`{key}` is not in the figures"));
                assert!(code == Some(2) && named, "{text}: {code:?} {told}");
                let folder = Folder::new().with("a.jsonl", &text);
                let run =
                    folder.outlay("count a.jsonl -m gpt-4o --as-of 2026-11-20").output().unwrap();
                let told = stderr(&run);
                assert!(told.contains(&format!("`{key}` is not in the figures")), "{text}: {told}");
                assert_eq!(run.status.code(), Some(0), "{text}: {told}");
            }
        }
    }
    let twice = BATCHES[0].0.replace("\"MORE\": \"\"", "\"body\": {\"messages\": []}");
    let (code, told) = check("prompts/a.json", &twice, "");
    assert!(
        code == Some(2)
            && told.contains("`body` is not in the figures: it is there more than once"),
        "{told}"
    );
    // Beside a call that was made its text may be there once more.
    let made = r#"{"request": {"messages": [{"role": "user", "content": "Hi"}]}, "messages": [{}], "response": {"id": "x"}}"#;
    assert_eq!(check("prompts/a.json", made, "").0, Some(0));
}
