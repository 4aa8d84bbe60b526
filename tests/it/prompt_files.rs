//! Prompt files and templates: what they make of their slots, samples and neighbours.

use outlay::catalog::{Catalog, Fidelity};
use outlay::request::{
    FileHint, InputFormat, Language, Origin, Part, ReadBeside, Request, Role, prompt_tokens, read,
    read_with, value_of,
};
use outlay::units::Tokens;
use outlay::{Error, ErrorKind};

use crate::support::{Folder, alone, document, json, named, output, refused, request, stderr};

#[test]
fn prompt_files_are_read_as_the_requests_that_they_make() {
    let github = "model: openai/gpt-4o-mini\nmodelParameters:\n  maxTokens: 300\nmessages:\n  - role: system\n    content: Be brief.\n  - role: user\n    content: |\n      Greet {{name}}.\ntestData:\n  - name: Ada\n    expected: x\n";
    let request = named(github, "greet.prompt.yml");
    assert_eq!(request.origin, Origin::GithubModels);
    assert_eq!((request.settings.cap, request.messages.len()), (Some(Tokens::new(300)), 2));
    assert_eq!(request.samples[0][0], ("name".to_owned(), "Ada".to_owned()));
    // The name of the ending alone decides nothing that the content does not.
    assert_eq!(named(github, "greet.yaml").origin, Origin::GithubModels);

    let prompty = "---\nname: x\nmodel:\n  id: gpt-4o\n  options:\n    maxOutputTokens: 50\ninputs:\n  - name: who\n    default: Ada\n---\nsystem:\nBe brief.\n\nuser:\nGreet {{who}}.\n";
    let request = named(prompty, "greet.prompty");
    assert_eq!((request.settings.model.as_deref(), request.messages.len()), (Some("gpt-4o"), 2));
    assert_eq!(request.messages[0].role, Role::System);
    assert_eq!(request.samples, vec![vec![("who".to_owned(), "Ada".to_owned())]]);

    let dotprompt = "---\nmodel: googleai/gemini-2.5-flash\nconfig:\n  maxOutputTokens: 400\n---\n{{role \"system\"}}\nBe brief.\n{{role \"user\"}}\nGreet {{name}}.\n";
    let request = named(dotprompt, "greet.prompt");
    assert_eq!(request.settings.model.as_deref(), Some("googleai/gemini-2.5-flash"));
    assert_eq!((request.messages.len(), request.settings.cap_field), (2, Some("maxOutputTokens")));

    let span = request.messages[1].span.as_ref().unwrap();
    assert_eq!(&dotprompt[span.text.clone()], "\nGreet {{name}}.\n");

    let promptfoo = "prompts:\n  - 'Greet {{name}}.'\n  - 'Say hello to {{name}}.'\nproviders:\n  - openai:gpt-5-mini\n  - id: anthropic:messages:claude-opus-5\n    config:\n      max_tokens: 100\ntests:\n  - vars:\n      name: [Ada, Grace]\n";
    let entries = document(promptfoo, "promptfooconfig.yaml").entries;
    let models: Vec<_> = entries
        .iter()
        .map(|e| e.request.as_ref().unwrap().settings.model.clone().unwrap())
        .collect();
    assert_eq!(models, ["gpt-5-mini", "claude-opus-5", "gpt-5-mini", "claude-opus-5"]);
    assert_eq!(entries[1].request.as_ref().unwrap().samples.len(), 2);

    let langchain = r#"{"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "chat", "ChatPromptTemplate"], "kwargs": {"messages": [
        {"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "chat", "SystemMessagePromptTemplate"], "kwargs": {"prompt": {"lc": 1, "type": "constructor", "id": ["x", "PromptTemplate"], "kwargs": {"template": "Be brief."}}}},
        {"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "chat", "HumanMessagePromptTemplate"], "kwargs": {"prompt": {"lc": 1, "type": "constructor", "id": ["x", "PromptTemplate"], "kwargs": {"input_variables": ["name"], "template": "Greet {name}.", "template_format": "f-string"}}}}]}}"#;
    let request = named(langchain, "prompt.json");
    assert_eq!((request.origin, request.messages.len()), (Origin::Langchain, 2));
    let language = request.language(&|_| false);
    assert_eq!(request.slots(language)[0].name, "name");
    let text = r#"{"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "prompt", "PromptTemplate"],
        "kwargs": {"template": "Greet {name}.", "template_format": "f-string"}}"#;
    let request = named(text, "prompt.json");
    assert_eq!((request.origin, request.messages[0].role), (Origin::Langchain, Role::User));
    assert_eq!(request.slots(request.language(&|_| false))[0].name, "name");

    let older = r#"{"_type": "prompt", "input_variables": ["name"], "template": "Greet {name}.", "template_format": "f-string"}"#;
    let request = named(older, "prompt.json");
    assert_eq!((request.origin, request.template), (Origin::Langchain, Some(Language::Braces)));
}

#[test]
fn broken_prompt_files_are_errors_with_a_place() {
    for (text, name, message, line) in [
        ("model: x\nmessages:\n  - role: user\n    content: [1\n", "a.prompt.yml", "not YAML", 4),
        ("---\nmodel: x\nsystem:\nHi\n", "a.prompty", "has no end", 1),
        ("---\nmodel: [x\n---\nuser:\nHi\n", "a.prompty", "not YAML", 2),
        ("---\nmodel: x\n---\nHi {{name\n", "a.prompt", "no `}}`", 4),
        ("a: &a [*a]\nmessages: []\n", "a.prompt.yml", "inside the value", 1),
    ] {
        let error = read(text, FileHint::Name(name), None).unwrap_err();
        assert!(error.message().contains(message), "{name}: {error}");
        assert!(error.position().unwrap().line >= line, "{name}: {error}");
        assert!(error.hint_text().is_some(), "{name}: {error}");
    }
    let error = read("model: x\n", FileHint::Name("a.prompt.yml"), None).unwrap_err();
    assert!(error.message().contains("`messages`"));
}

#[test]
fn deep_and_long_values_are_read_within_bounds() {
    let deep = format!(
        r#"{{"messages": [{{"role": "user", "content": "Hi"}}], "tools": [{{"type": "function", "function": {{"name": "f", "parameters": {}1{}}}}}]}}"#,
        "{\"a\":".repeat(200),
        "}".repeat(200)
    );
    assert!(refused(&deep).message().contains("nested deeper"));
    let long = format!(
        r#"{{"messages": [{{"role": "user", "content": [{{"type": "image_url", "image_url": {{"url": "data:image/png;base64,{}"}}}}]}}]}}"#,
        "A".repeat(8 << 20)
    );
    assert_eq!(request(&long).messages.len(), 1);
}

/// Fills a request with these values and joins its texts.
fn filled(request: &Request, language: Language, values: &[(&str, &str)]) -> Result<String, Error> {
    let value = |name: &str| {
        value_of(name, |name| values.iter().find(|(known, _)| *known == name).map(|(_, v)| *v))
    };
    let filled = request.fill(language, value)?;
    let texts = filled.messages.iter().flat_map(|message| &message.content);
    Ok(texts
        .map(|part| match part {
            Part::Text(text) => text.as_str(),
            _ => "",
        })
        .collect())
}

#[test]
fn blocks_of_templates_are_written_as_their_data_say() {
    let fill = |text: &str, language, values: &[(&str, &str)]| {
        filled(&Request::from_text(text), language, values).unwrap()
    };
    let people = ("people", r#"[{"name": "Ada"}, {"name": "Alan"}]"#);
    for (text, values, written) in [
        (
            "{% if vip %}Dear {{ name }}{% else %}Hi{% endif %}!",
            vec![("vip", "yes"), ("name", "Ada")],
            "Dear Ada!",
        ),
        ("{% if vip %}Dear {{ name }}{% else %}Hi{% endif %}!", vec![("name", "Ada")], "Hi!"),
        ("{% for p in people %}{{ p.name }};{% endfor %}", vec![people], "Ada;Alan;"),
        ("{%- for p in people -%}\n {{ p.name }}\n{%- endfor %}", vec![people], "AdaAlan"),
        ("{# a note #}{{ x | upper }}", vec![("x", "<a> & b")], "<A> & B"),
        ("{% set y = x %}{{ y }}{% raw %}{{ x }}{% endraw %}", vec![("x", "1")], "1{{ x }}"),
    ] {
        assert_eq!(fill(text, Language::Jinja, &values), written, "{text}");
    }
    for (text, values, written) in [
        (
            "{{#if vip}}Dear {{name}}{{else}}Hi{{/if}}!",
            vec![("vip", "yes"), ("name", "Ada")],
            "Dear Ada!",
        ),
        ("{{#if vip}}Dear{{else if name}}Hi {{name}}{{/if}}!", vec![("name", "Ada")], "Hi Ada!"),
        ("{{#unless vip}}Hi{{/unless}}", vec![], "Hi"),
        ("{{#each people}}\n- {{name}}\n{{/each}}\n", vec![people], "- Ada\n- Alan\n"),
        ("{{#each tags}}[{{this}}]{{/each}}", vec![("tags", r#"["a", "b"]"#)], "[a][b]"),
        (
            "{{#people}}{{name}} of {{town}};{{/people}}{{^none}}-{{/none}}",
            vec![people, ("town", "B")],
            "Ada of B;Alan of B;-",
        ),
        ("{{! a note }}{{#with who}}{{name}}{{/with}}", vec![("who", r#"{"name": "Ada"}"#)], "Ada"),
    ] {
        assert_eq!(fill(text, Language::Handlebars, &values), written, "{text}");
    }
}

#[test]
fn a_slot_without_a_value_stays_where_there_are_no_blocks() {
    for (language, text, written) in [
        (Language::Jinja, "Dear {{ name }} of {{ town }}!", "Dear Ada of {{ town }}!"),
        (Language::Handlebars, "Dear {{name}} of {{town}}!", "Dear Ada of {{town}}!"),
        (Language::Braces, "Dear {name} of {town}!", "Dear Ada of {town}!"),
        (Language::Dollar, "Dear $name of ${town}!", "Dear Ada of ${town}!"),
    ] {
        let request = Request::from_text(text);
        assert_eq!(filled(&request, language, &[("name", "Ada")]).unwrap(), written);
    }
}

#[test]
fn templates_that_do_not_parse_are_errors_with_a_place() {
    for (name, text, line, words) in [
        ("a.j2", "Hello\n{% if x %}\nyes", 2, "the block `if` has no end"),
        ("a.j2", "Hello\nthere\n{% endfor %}", 3, "ends no block"),
        ("a.j2", "{% if x %}{% endfor %}", 1, "does not end the block `if`"),
        ("a.hbs", "Hello\n{{#each xs}}{{this}}", 2, "the block `each` has no end"),
        ("a.hbs", "Hello {{else}}", 1, "is in no block"),
    ] {
        let request = named(text, name);
        let counting = &Catalog::embedded().get("gpt-4o").unwrap().counting.clone();
        let error = prompt_tokens(&request, counting).unwrap_err();
        assert!(error.message().contains(words), "{error}");
        assert_eq!(error.position().map(|p| p.line), Some(line), "{error}");
    }
    let request = named("{% include 'other' %}{% for x in xs %}{{ x }}{% endfor %}", "a.j2");
    let error = filled(&request, Language::Jinja, &[("xs", "[1]")]).unwrap_err();
    assert!(error.message().contains("does not parse"), "{error}");
    let loops = "{% for a in xs %}{% for b in xs %}{% for c in xs %}{% for d in xs %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}";
    let list = format!("[{}1]", "1,".repeat(999));
    let error = filled(&named(loops, "a.j2"), Language::Jinja, &[("xs", &list)]).unwrap_err();
    assert!(error.message().contains("fuel"), "{error}");
}

#[test]
fn blocks_that_nothing_fills_are_bounded_and_never_exact() {
    let catalog = Catalog::embedded();
    let counting = &catalog.get("gpt-4o").unwrap().counting;
    for (name, text, once, least, closed) in [
        (
            "a.j2",
            "Hello{% if x %} good world{% else %} you{% endif %}!",
            "Hello good world you!",
            "Hello!",
            true,
        ),
        ("a.txt", "Hello{% if x %} good world{% endif %}!", "Hello good world!", "Hello!", true),
        ("a.hbs", "Hello{{#if x}} good world{{/if}}!", "Hello good world!", "Hello!", true),
        ("a.md", "Hello{{#each xs}} good world{{/each}}!", "Hello good world!", "Hello!", false),
    ] {
        let count = prompt_tokens(&named(text, name), counting).unwrap();
        assert_eq!(count.fidelity, Fidelity::Estimate, "{text}");
        assert_eq!(count.content_tokens().get(), alone(once), "{text}");
        assert_eq!(count.range().is_some(), closed, "{text}");
        if let Some(range) = count.range() {
            assert_eq!(range.low.get() + (alone(once) - alone(least)), count.prompt_tokens().get());
            assert_eq!(range.high, count.prompt_tokens());
        }
        assert!(
            count.reasons.iter().any(|reason| reason.contains("blocks of the template")),
            "{text}"
        );
    }
    // What is said to be text is text.
    let text = "Hello{% if x %} good world{% endif %}!";
    let document = read(text, FileHint::Name("a.j2"), Some(InputFormat::Text)).unwrap();
    let request = document.entries.into_iter().next().unwrap().request.unwrap();
    let count = prompt_tokens(&request, counting).unwrap();
    assert_eq!((count.fidelity, count.content_tokens().get()), (Fidelity::Exact, alone(text)));
    // Blocks in what is about to be sent are seen as well.
    let chat = r#"{"messages": [{"role": "user", "content": "Hi{% if x %} you{% endif %}"}]}"#;
    let count = prompt_tokens(&named(chat, "request.json"), counting).unwrap();
    assert_eq!(
        (count.fidelity, count.content_tokens().get()),
        (Fidelity::Estimate, alone("Hi you"))
    );
}

/// Files of a folder that is not on disk.
struct Files(&'static [(&'static str, &'static str)]);

impl ReadBeside for Files {
    fn read_beside(&self, name: &str) -> Result<String, Error> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        let absent = || Error::new(ErrorKind::Malformed, format!("`{name}` cannot be read"));
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(absent)
    }
}

#[test]
fn promptfoo_reads_prompts_values_and_tests_beside_the_configuration() {
    let files = Files(&[
        ("prompts/two.txt", "Say {{ a }}\n---\nSing {{ a }}\n"),
        (
            "chat.json",
            r#"[{"role": "system", "content": "Be {{ a }}."}, {"role": "user", "content": "Hi"}]"#,
        ),
        ("chat.yaml", "- role: user\n  content: Hello {{ a }}\n"),
        ("tests.csv", "a,__expected\nx,y\nlonger words,z\n"),
        ("long.txt", "many many words"),
    ]);
    let config = "prompts:\n  - file://prompts/two.txt\n  - chat.json\n  - id: file://chat.yaml\n  - file://gone.txt\n  - file://make.py:run\n  - Plain {{ a }}\nproviders: [openai:gpt-4o]\ntests:\n  - file://tests.csv\n  - vars:\n      a: file://long.txt\n";
    let hint = FileHint::Name("promptfooconfig.yaml");
    let document = read_with(config, hint, None, &files).unwrap();
    let texts: Vec<Result<String, String>> = document
        .entries
        .iter()
        .map(|entry| match &entry.request {
            Ok(request) => Ok(filled(request, Language::Jinja, &[("a", "A")]).unwrap()),
            Err(error) => Err(error.message().to_owned()),
        })
        .collect();
    assert_eq!(texts[..4], ["Say A", "Sing A", "Be A.Hi", "Hello A"].map(|t| Ok(t.to_owned())));
    assert!(texts[4].as_ref().unwrap_err().contains("gone.txt"), "{texts:?}");
    assert!(texts[5].as_ref().unwrap_err().contains("make.py"), "{texts:?}");
    assert_eq!(texts[6], Ok("Plain A".to_owned()));
    let samples = &document.entries[0].request.as_ref().unwrap().samples;
    let values: Vec<&str> = samples.iter().map(|row| row[0].1.as_str()).collect();
    assert_eq!(values, ["x", "longer words", "many many words"]);
    // Without the files, a name of a file is never the text of a prompt.
    let document = read(config, hint, None).unwrap();
    assert!(document.entries[..5].iter().all(|entry| entry.request.is_err()));
}

#[test]
fn prompts_of_langfuse_are_read_with_their_settings() {
    let chat = r#"{"name": "movie-critic", "version": 3, "type": "chat", "labels": ["production"], "tags": [],
        "config": {"model": "gpt-4o", "max_tokens": 300, "temperature": 0.2},
        "prompt": [{"type": "chatmessage", "role": "system", "content": "Be brief."},
                   {"role": "user", "content": "Is {{movie}} good?"}]}"#;
    let request = named(chat, "critic.json");
    assert_eq!(request.origin, Origin::Langfuse);
    assert_eq!(request.settings.model.as_deref(), Some("gpt-4o"));
    assert_eq!(request.settings.cap, Some(Tokens::new(300)));
    assert_eq!(request.messages.len(), 2);
    assert_eq!(request.template, Some(Language::Mustache));
    let text = r#"{"name": "m", "version": 1, "type": "text", "prompt": "Is {{movie}} good?", "config": {}}"#;
    let request = named(text, "m.json");
    assert_eq!((request.origin, request.messages.len()), (Origin::Langfuse, 1));
    let place = chat.replace(
        r#"{"type": "chatmessage", "role": "system", "content": "Be brief."}"#,
        r#"{"type": "placeholder", "name": "history"}"#,
    );
    let request = named(&place, "m.json");
    assert_eq!((request.messages.len(), request.unknown[0].what.as_str()), (1, "history"));
    // Without its type, or with another, it is no prompt of Langfuse's.
    for other in [chat.replace("\"chat\"", "\"other\""), text.replace("\"text\"", "\"chat\"")] {
        let document = read(&other, FileHint::Name("m.json"), None).unwrap();
        assert!(document.note.is_some(), "{other}");
    }
}

#[test]
fn older_files_of_langchain_are_the_prompts_that_they_make() {
    let files = Files(&[("t.txt", "Tell {x} a story"), ("e.json", r#"[{"q": "1+1", "a": "2"}]"#)]);
    let text = |file: &str, name: &str| {
        let document = read_with(file, FileHint::Name(name), None, &files).unwrap();
        let request = document.entries.into_iter().next().unwrap().request.unwrap();
        assert_eq!(request.origin, Origin::Langchain, "{file}");
        filled(&request, Language::Braces, &[]).unwrap()
    };
    assert_eq!(
        text("_type: prompt\ninput_variables: [x]\ntemplate_path: t.txt\n", "p.yaml"),
        "Tell {x} a story"
    );
    assert_eq!(text(r#"{"_type": "prompt", "template": "Hi {x}"}"#, "p.json"), "Hi {x}");
    let few = "_type: few_shot\nprefix: Sums.\nsuffix: 'Q: {q}'\nexamples: e.json\nexample_prompt:\n  _type: prompt\n  template: 'Q: {q} A: {a}'\n";
    assert_eq!(text(few, "p.yaml"), "Sums.\n\nQ: 1+1 A: 2\n\nQ: {q}");
}

#[test]
fn rows_of_a_dataset_have_a_result_each_and_a_spread() {
    let folder = Folder::new().with("t.j2", "List:{% for x in xs %} {{ x }}{% endfor %}").with(
        "rows.jsonl",
        r#"{"xs": ["a"]}
{"xs": ["a", "b", "c"]}
{"xs": []}
"#,
    );
    for verb in ["count", "plan", "estimate"] {
        let answer = json(
            folder.outlay(
                &format!("{verb} t.j2 --rows rows.jsonl -m gpt-4o --visible 10 --json")
                    .replace(if verb == "count" { " --visible 10" } else { "\0" }, ""),
            ),
        );
        let results = answer["results"].as_array().unwrap();
        let tokens: Vec<u64> =
            results.iter().map(|r| r["prompt_tokens"].as_u64().unwrap()).collect();
        assert_eq!(tokens, [7 + 3, 7 + 5, 7 + 2], "{verb}");
        assert_eq!(results[0]["template"], "t.j2");
        let spread = &answer["datasets"][0];
        assert_eq!((&spread["template"], &spread["rows"]), (&"t.j2".into(), &3.into()));
        let of = &spread["prompt_tokens"];
        assert_eq!([&of["p5"], &of["p50"], &of["p95"], &of["max"]], [9, 10, 12, 12], "{verb}");
        assert_eq!(spread["cost_usd"].is_object(), verb != "count");
        if verb == "estimate" {
            assert_eq!(spread["cost_usd"]["max"], results[1]["cost_usd"]["expected"]);
            assert_eq!(spread["worst_case_cost_usd"]["p5"], results[2]["cost_usd"]["worst_case"]);
        }
    }
    // A column that is not there is named.
    let folder = folder.with("other.csv", "y\n1\n");
    let output = output(folder.outlay("count t.j2 --rows other.csv -m gpt-4o"), 2);
    assert!(stderr(&output).contains("has no column `xs`"), "{}", stderr(&output));
}

/// In a short file of rows, which is kept, and in a long one, which is read again.
#[test]
fn rows_that_lack_a_slot_are_named() {
    for (rows, lacks) in [(3, 2), (9_000, 8_000)] {
        let row = |i: usize| match i {
            i if i == lacks => "{\"name\": \"B\"}\n".to_owned(),
            i => format!("{{\"name\": \"{i}\", \"city\": \"Lyon and its quarters\"}}\n"),
        };
        let rows: String = (1..=rows).map(row).collect();
        let folder = Folder::new().with("t.j2", "Hello {{ name }}, {{ city }}");
        let folder = folder.with("rows.jsonl", rows);
        for verb in ["count", "estimate", "plan"] {
            let run = output(folder.outlay(&format!("{verb} t.j2 --rows rows.jsonl -m gpt-4o")), 0);
            let warning =
                format!("`rows.jsonl` has rows without `city`, the first on line {lacks}:");
            assert!(stderr(&run).contains(&warning), "{verb}: {}", stderr(&run));
        }
    }
}

#[test]
fn what_a_template_takes_from_elsewhere_is_counted_where_it_is_found() {
    for (name, text, part) in [
        ("a.j2", "A {% include \"part.j2\" %} C", "part.j2"),
        ("a.hbs", "A {{> part}} C", "part.hbs"),
        ("a.j2", "A {% include 'inner.j2' %} C", "part.j2"),
        ("a.j2", "A {% include 'none.j2' ignore missing %}B C", "part.j2"),
    ] {
        let folder = || {
            let folder = Folder::new().with(name, text).with(part, "B");
            folder.with("inner.j2", "{% include 'part.j2' %}")
        };
        let count = |folder: Folder| {
            json(folder.outlay(&format!("count {name} -m gpt-4o --json")))["results"][0]
                ["prompt_tokens"]
                .clone()
        };
        assert_eq!(count(folder()), count(Folder::new().with(name, "A B C")), "{text}");
    }
    // What is not found cannot be counted, nor what is no text; nothing goes round for ever.
    for (name, text, tag) in [
        ("a.j2", "A {% include \"b.j2\" %}", "{% include \"b.j2\" %}"),
        ("a.j2", "A {% include b %}", "{% include b %}"),
        ("a.liquid", "A {% render 'b' %}", "{% render 'b' %}"),
        ("a.j2", "{% extends 'c.j2' %}A", "{% extends 'c.j2' %}"),
        ("a.hbs", "A {{> part}}", "{{> part}}"),
        ("a.md", "{% if x %}A{% endif %} {% include \"b\" %}", "{% include \"b\" %}"),
        ("a.j2", "A {% include 'a.j2' %}", "{% include 'a.j2' %}"),
    ] {
        let folder = || Folder::new().with(name, text).with("c.j2", "C");
        let run = output(folder().outlay(&format!("count {name} -m gpt-4o")), 2);
        let wanted = format!("`{tag}` takes in what is not found");
        assert!(stderr(&run).contains(&wanted), "{name}: {}", stderr(&run));
        output(folder().outlay(&format!("count {name} -m gpt-4o --skip-uncountable")), 0);
        let config = format!(
            "[budget]\nmax_prompt_tokens = 900\n[call]\nmodel = \"gpt-4o\"\n[[prompt]]\npaths = [\"{name}\"]\n"
        );
        let run = output(folder().with("outlay.toml", config).outlay("check"), 2);
        assert!(stderr(&run).contains(&wanted), "{name}: {}", stderr(&run));
    }
}

#[test]
fn prompts_of_semantic_kernel_are_read_with_their_settings() {
    let yaml = "name: story\ntemplate: |\n  Tell a story about {{$topic}}.\ntemplate_format: semantic-kernel\ninput_variables:\n  - name: topic\n    default: rivers\nexecution_settings:\n  default:\n    model_id: gpt-4o\n    max_tokens: 300\n";
    let request = named(yaml, "story.yaml");
    assert_eq!(request.origin, Origin::SemanticKernel);
    assert_eq!(request.settings.model.as_deref(), Some("gpt-4o"));
    assert_eq!(request.settings.cap, Some(Tokens::new(300)));
    let text = texts(&request)[0];
    assert_eq!(text.trim(), "Tell a story about {{topic}}.");
    // Messages are marked by tags; a call of a function is a text that only the program has.
    let chat = "template: |\n  <message role=\"system\">Be brief.</message>\n  <message role=\"user\">{{$x}} {{web.get $x}}</message>\ntemplate_format: semantic-kernel\n";
    let request = named(chat, "chat.yaml");
    assert_eq!(texts(&request), ["Be brief.", "{{x}} {{web.get $x}}"]);
    assert_eq!(request.messages[0].role, Role::System);
    assert_eq!(request.unknown[0].what, "web.get $x");
    let config = r#"{"template": "Hi {{$x}}", "execution_settings": {"default": {"function_choice_behavior": {"type": "auto"}}}}"#;
    let request = named(config, "hi.json");
    assert_eq!((texts(&request), request.warnings.len()), (vec!["Hi {{x}}"], 1));
    // Its older form is two files.
    let folder = Folder::new().with("skprompt.txt", "Sum up: {{$input}}").with(
        "config.json",
        r#"{"schema": 1, "execution_settings": {"default": {"model_id": "gpt-4o-mini", "max_tokens": 64}}}"#,
    );
    let plan = json(folder.outlay("plan skprompt.txt --as-of 2025-06-01 --json"));
    assert_eq!(plan["results"][0]["model"], "gpt-4o-mini");
    assert_eq!(plan["results"][0]["sent"]["max_completion_tokens"], 64);
}

#[test]
fn files_of_coding_agents_are_counted_without_their_front_matter() {
    let agent = "---\nname: reviewer\ndescription: reviews: code\ntools: Read\nmodel: sonnet\n---\nBe strict.\n";
    let request = named(agent, ".claude/agents/reviewer.md");
    assert_eq!((request.origin, request.settings.model.as_deref()), (Origin::CodingAgent, None));
    assert_eq!(texts(&request), ["Be strict."]);
    let says = |request: &Request, what: &str| {
        assert!(request.warnings.iter().any(|said| said.contains(what)), "{:?}", request.warnings);
    };
    says(&request, "`model: sonnet`");
    says(&request, "own instructions and tools");
    let command = "---\ndescription: fix\nmodel: claude-sonnet-4-5\n---\nFix $ARGUMENTS now, see @src/main.rs and !`git status`.\n";
    let request = named(command, "repo/.claude/commands/fix.md");
    says(&request, "`@src/main.rs` is replaced");
    says(&request, "`!`git status`` is replaced");
    assert_eq!(request.settings.model.as_deref(), Some("claude-sonnet-4-5"));
    assert_eq!(request.slots(Language::Dollar)[0].name, "ARGUMENTS");
    let skill = "---\nname: pdf\ndescription: Read PDF files.\n---\nUse the tool.\n";
    let request = named(skill, "skills/pdf/SKILL.md");
    assert_eq!(texts(&request), ["pdf: Read PDF files.", "Use the tool."]);
    assert!(
        request.doubts.iter().any(|doubt| doubt.contains("every call")),
        "{:?}",
        request.doubts
    );
    // A page with front matter elsewhere is what it was.
    assert!(read(agent, FileHint::Name("docs/reviewer.md"), None).unwrap().note.is_some());
}

#[test]
fn a_row_of_instructions_and_answers_is_no_request() {
    for row in [
        r#"{"instruction": "Translate", "input": "Hello", "output": "Bonjour"}"#,
        r#"{"input": "2 + 2", "expected": "4"}"#,
    ] {
        let error = refused_as(row, "rows.jsonl");
        assert!(error.hint_text().unwrap().contains("--rows"), "{error}");
    }
    // A request has a model, or no answer yet.
    for body in [r#"{"model": "gpt-5", "input": "Hi", "output": "x"}"#, r#"{"input": "Hi"}"#] {
        assert_eq!(named(body, "r.json").origin, Origin::Responses, "{body}");
    }
}

fn refused_as(text: &str, name: &str) -> Error {
    let mut entries = read(text, FileHint::Name(name), None).unwrap().entries;
    entries.remove(0).request.unwrap_err()
}

#[test]
fn documents_that_an_api_adds_to_the_prompt_make_it_uncountable() {
    let request = request(
        r#"{"model": "command-a-03-2025", "messages": [{"role": "user", "content": "Why?"}], "documents": [{"data": {"text": "Because."}}]}"#,
    );
    assert_eq!(request.unknown[0].what, "documents");
}

/// The texts of a request's messages.
fn texts(request: &Request) -> Vec<&str> {
    let parts = request.messages.iter().flat_map(|message| &message.content);
    parts
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

/// The folder of a file says what it is on the command line as well.
#[test]
fn files_of_coding_agents_are_known_by_their_folder() {
    let text = "---\nname: a\ndescription: b\n---\nBody text.\n";
    let folder = Folder::new().with(".claude/agents/a.md", text);
    let count = json(folder.outlay("count .claude/agents/a.md -m gpt-4o --json"));
    assert_eq!(count["results"][0]["parts"][0]["role"], "system");
    assert_eq!(count["results"][0]["parts"][0]["tokens"], alone("Body text."));
}
