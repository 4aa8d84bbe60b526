//! Images, sound, film and documents in requests: what is read of them, and what is refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json as value};

use crate::support::{Folder, json, output, stderr};

/// A request of a data URL as an image for OpenAI.
fn openai(url: &str) -> String {
    let image = value!({ "type": "image_url", "image_url": { "url": url } });
    value!({ "messages": [{ "role": "user", "content": [image] }] }).to_string()
}

fn data_url(kind: &str, bytes: &[u8]) -> String {
    format!("data:{kind};base64,{}", STANDARD.encode(bytes))
}

/// A request of inline data for Gemini, which is to look at it this closely.
fn gemini(kind: &str, bytes: &[u8], resolution: Option<&str>) -> String {
    let data = value!({ "inlineData": { "mimeType": kind, "data": STANDARD.encode(bytes) } });
    let mut request = value!({ "contents": [{ "role": "user", "parts": [data] }] });
    if let Some(level) = resolution {
        request["generationConfig"]["mediaResolution"] = level.into();
    }
    request.to_string()
}

/// A PNG whose header states a size, and that holds nothing else.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x06\0\0\0\0\0\0\0");
    bytes
}

/// A GIF of so many pictures.
fn gif(width: u16, height: u16, pictures: usize) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend(b"\0\0\0");
    let picture = b"\x21\xf9\x04\0\x0a\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    bytes.extend(picture.repeat(pictures));
    bytes.push(b';');
    bytes
}

/// A PDF of so many pages.
fn pdf(pages: usize) -> String {
    let page = "4 0 obj << /Type /Page /Parent 2 0 R >> endobj\n".repeat(pages);
    format!("%PDF-1.4\n2 0 obj << /Type /Pages /Count {pages} >> endobj\n{page}%%EOF")
}

/// The answer for a request, and the tokens of its only part.
fn counted(request: &str, model: &str) -> (Value, u64) {
    let folder = Folder::new().with("request.json", request);
    let run = folder.outlay(&format!("count request.json --json -m {model} --as-of 2026-11-20"));
    let result = json(run)["results"][0].take();
    let tokens = result["content_tokens"].as_u64().unwrap();
    (result, tokens)
}

/// What is said of a request that cannot be counted.
fn refused(request: &str, model: &str, why: &str) {
    let folder = Folder::new().with("request.json", request);
    let run =
        output(folder.outlay(&format!("count request.json -m {model} --as-of 2026-11-20")), 2);
    assert!(stderr(&run).contains(why), "{why}: {}", stderr(&run));
}

#[test]
fn only_the_header_of_an_image_is_read() {
    // A header of a picture of four gigapixels with nothing behind it costs no more than its header.
    assert_eq!(counted(&openai(&data_url("image/png", &png(65_535, 65_535))), "gpt-4o").1, 765);
    let sixty = counted(&openai(&data_url("image/gif", &gif(512, 512, 60))), "gpt-4o").1;
    assert_eq!(sixty, counted(&openai(&data_url("image/gif", &gif(512, 512, 1))), "gpt-4o").1);
    // The name of the type does not matter, the bytes do.
    assert_eq!(counted(&openai(&data_url("image/jpeg", &png(1_024, 1_024))), "gpt-4o").1, 765);
}

#[test]
fn a_header_that_is_false_is_an_error_that_says_what_to_declare() {
    for bytes in [
        &png(0, 10)[..],
        &png(1_024, 1_024)[..18],
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\nnot the chunk of a size",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"RIFF\xff\xff\xff\xffWEBPVP8X",
        b"",
        b"<svg width='10' height='10'/>",
    ] {
        let request = openai(&data_url("image/png", bytes));
        refused(&request, "gpt-4o", "declare it with `--image 1024x1024`");
        let folder = Folder::new().with("request.json", request);
        let declared = "count request.json --json -m gpt-4o --image 1024x1024";
        assert_eq!(json(folder.outlay(declared))["results"][0]["content_tokens"], 765);
    }
}

#[test]
fn sides_of_two_billion_pixels_are_counted_or_refused_as_the_api_does() {
    let huge = openai(&data_url("image/png", &png(1 << 31, 1 << 31)));
    assert_eq!(counted(&huge, "gpt-4o").1, 765);
    refused(&huge, "gpt-5.6-sol", "the API refuses more than 30000");
    let source = value!({ "type": "base64", "media_type": "image/png", "data": STANDARD.encode(png(1 << 31, 1)) });
    let content = value!([{ "type": "image", "source": source }]);
    let claude = value!({ "max_tokens": 100, "system": "Be brief.", "messages": [{ "role": "user", "content": content }] });
    refused(&claude.to_string(), "claude-opus-5", "more than 8000 pixels");
}

#[test]
fn a_data_url_that_is_no_image_is_an_error() {
    for url in [
        data_url("application/pdf", pdf(3).as_bytes()),
        data_url("text/plain", b"hello"),
        "data:image/png,%89PNG".to_owned(),
        "data:image/png;base64,!!!!".to_owned(),
        "data:".to_owned(),
        "https://example.com/a.png".to_owned(),
        String::new(),
    ] {
        refused(&openai(&url), "gpt-4o", "is an image whose size is not in the request");
    }
}

#[test]
fn gemini_counts_pages_sound_and_film_by_their_headers() {
    let pages = |level| gemini("application/pdf", pdf(5).as_bytes(), level);
    let (result, tokens) = counted(&pages(Some("MEDIA_RESOLUTION_MEDIUM")), "gemini-3.8-flash");
    assert_eq!((tokens, result["fidelity"].as_str()), (2_800, Some("estimate")));
    assert!(result["assumptions"].to_string().contains("the text on the pages"), "{result}");
    assert_eq!(counted(&pages(Some("MEDIA_RESOLUTION_LOW")), "gemini-3.8-flash").1, 1_400);
    assert_eq!(counted(&pages(None), "gemini-2.5-flash").1, 1_290);

    let minute = [
        &b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data"[..],
        &960_000_u32.to_le_bytes(),
    ]
    .concat();
    assert_eq!(counted(&gemini("audio/wav", &minute, None), "gemini-3.8-flash").1, 1_500);
    assert_eq!(counted(&gemini("audio/wav", &minute, None), "gemini-2.5-flash").1, 1_920);

    let film = |metadata: Value| {
        let file = value!({ "mimeType": "video/mp4", "fileUri": "gs://b/film.mp4" });
        let part = value!({ "fileData": file, "videoMetadata": metadata });
        let request = value!({ "contents": [{ "role": "user", "parts": [part] }], "generationConfig": { "mediaResolution": "MEDIA_RESOLUTION_LOW" } });
        counted(&request.to_string(), "gemini-3.8-flash").1
    };
    assert_eq!(film(value!({ "startOffset": "5s", "endOffset": "15s" })), 950);
    assert_eq!(film(value!({ "startOffset": "5s", "endOffset": "15s", "fps": 2 })), 1_650);
}

#[test]
fn what_hides_a_length_is_named() {
    let document = |bytes: &[u8]| gemini("application/pdf", bytes, None);
    let encrypted = pdf(5) + "\ntrailer << /Encrypt 9 0 R >>";
    refused(&document(encrypted.as_bytes()), "gemini-3.8-flash", "is an encrypted document");
    refused(
        &document(b"%PDF-1.7\n1 0 obj <</Type/ObjStm>>"),
        "gemini-3.8-flash",
        "in a packed part",
    );
    refused(&document(b"PK\x03\x04"), "gemini-3.8-flash", "no PDF");
    refused(&gemini("audio/mp3", b"ID3\x04", None), "gemini-3.8-flash", "whose length no header");
    refused(
        &gemini("video/mp4", b"\0\0\0\x08ftyp", None),
        "gemini-3.8-flash",
        "whose length no header",
    );
    // What no rule covers is named with its length.
    let file = value!({ "type": "file", "file": { "file_data": data_url("application/pdf", pdf(7).as_bytes()) } });
    let openai = value!({ "messages": [{ "role": "user", "content": [file] }] }).to_string();
    refused(&openai, "gpt-4o", "is a document of 7 pages; `gpt-4o` has no published rule for it");
}

#[test]
fn a_scenario_may_send_images() {
    let plain = "model = \"gpt-4o\"\nturns = 3\nuser = 100\nvisible = 200\n";
    let first_prompt = |more: &str| {
        let folder = Folder::new().with("s.toml", format!("{plain}{more}"));
        let report = json(folder.outlay("simulate s.toml --json"));
        report["results"][0]["turns"][0]["prompt_tokens"]["p50"].as_u64().unwrap()
    };
    let without = first_prompt("");
    assert_eq!(first_prompt("[image]\nsize = \"1024x1024\"\n"), without + 765);
    assert_eq!(
        first_prompt("[image]\nsize = \"1024x1024\"\ndetail = \"low\"\neach_turn = 2\n"),
        without + 170
    );
    assert_eq!(first_prompt("[image]\nsize = \"1024x1024\"\nbase = 2\n"), without + 1_530);
    for (table, why) in [
        ("[image]\n", "give the images their `size`"),
        ("[image]\nsize = \"big\"\n", "is not the size of an image"),
        ("[image]\nsiez = \"1x1\"\n", "siez"),
    ] {
        let folder = Folder::new().with("s.toml", format!("{plain}{table}"));
        let run = output(folder.outlay("simulate s.toml"), 2);
        assert!(stderr(&run).contains(why), "{}", stderr(&run));
    }
}

#[test]
fn what_a_request_only_names_can_be_declared() {
    let parts = |part: Value| {
        let text = value!({ "text": "What is this?" });
        value!({ "contents": [{ "role": "user", "parts": [text, part] }] }).to_string()
    };
    let named = |kind: &str| {
        parts(value!({ "fileData": { "mimeType": kind, "fileUri": "gs://bucket/it" } }))
    };
    let count = |request: &str, model: &str, flags: &str| {
        let folder = Folder::new().with("r.json", request);
        let run =
            folder.outlay(&format!("count r.json --json -m {model} --as-of 2026-11-20 {flags}"));
        json(run)["results"][0]["content_tokens"].as_u64().unwrap()
    };
    let without = count(&parts(value!({ "text": "" })), "gemini-3.8-flash", "");
    for (kind, hint, flags, tokens) in [
        ("application/pdf", "declare its pages with `--pages 3`", "--pages 3", 3 * 560),
        ("audio/wav", "declare it with `--audio 90s`", "--audio 1min", 60 * 25),
        ("video/mp4", "declare it with `--video 90s`", "--video 10s", 10 * 70 + 10 * 25),
        ("application/zip", "declare its pages with `--pages 3`", "--media-tokens 777", 777),
    ] {
        refused(&named(kind), "gemini-3.8-flash", hint);
        assert_eq!(count(&named(kind), "gemini-3.8-flash", flags), without + tokens, "{flags}");
    }
    // What is declared of every request of a folder, in outlay.toml.
    let folder = Folder::new()
        .with("outlay.toml", "[call]\nmodel = \"gemini-3.8-flash\"\n[media]\npages = 3\n[[prompt]]\npaths = [\"r.json\"]\n[budget]\nmax_prompt_tokens = 5000\n")
        .with("r.json", named("application/pdf"));
    let run = json(folder.outlay("count r.json --json -m gemini-3.8-flash --as-of 2026-11-20"));
    assert_eq!(run["results"][0]["content_tokens"], without + 1_680);
    let checked = json(folder.outlay("check --json --as-of 2026-11-20"));
    assert!(checked["errors"].as_array().unwrap().is_empty(), "{checked}");
    // Without a rule the tokens are what is declared, and an estimate.
    let file = value!({ "type": "file", "file": { "file_id": "file-1" } });
    let openai = value!({ "messages": [{ "role": "user", "content": [file] }] }).to_string();
    refused(&openai, "gpt-4o", "declare its tokens with `--media-tokens 1500`");
    assert_eq!(count(&openai, "gpt-4o", "--media-tokens 3000"), 3_000);
}

#[test]
fn a_scenario_may_send_documents_sound_and_films() {
    let plain =
        "model = \"gemini-3.8-flash\"\nturns = 2\nuser = 100\nvisible = 200\nreasoning = 0\n";
    let first_prompt = |more: &str| {
        let folder = Folder::new().with("s.toml", format!("{plain}{more}"));
        let report = json(folder.outlay("simulate s.toml --json --as-of 2026-11-20"));
        report["results"][0]["turns"][0]["prompt_tokens"]["p50"].as_u64().unwrap()
    };
    let without = first_prompt("");
    assert_eq!(first_prompt("[document]\npages = 10\nbase = 1\n"), without + 5_600);
    assert_eq!(first_prompt("[audio]\nlength = \"1min\"\n"), without + 1_500);
    assert_eq!(first_prompt("[video]\nlength = \"10s\"\n"), without + 950);
    assert_eq!(
        first_prompt("[document]\ntokens = 42\n[image]\neach_turn = 1\n"),
        without + 42 + 1_120
    );
    let folder = Folder::new().with("s.toml", format!("{plain}[document]\n"));
    let run = output(folder.outlay("simulate s.toml --as-of 2026-11-20"), 2);
    assert!(stderr(&run).contains("give the documents their `pages`"), "{}", stderr(&run));
}

#[test]
fn a_conversation_counts_its_images_before_it_goes_on() {
    let image = value!({ "type": "image_url", "image_url": { "url": data_url("image/png", &png(1_024, 1_024)) } });
    let asked = |content: Value| {
        let messages = value!([{ "role": "user", "content": content }]);
        let chat = value!({ "model": "gpt-4o", "messages": messages }).to_string();
        let folder = Folder::new().with("chat.json", chat);
        let report = json(folder.outlay("simulate chat.json --json --turns 2 --visible 100"));
        report["results"][0]["turns"][0]["prompt_tokens"]["p50"].as_u64().unwrap()
    };
    let text = value!({ "type": "text", "text": "What is this?" });
    assert_eq!(asked(value!([text, image])), asked(value!([text])) + 765);
}

#[test]
fn sound_that_only_the_api_has_is_named() {
    let messages = value!([
        { "role": "user", "content": "Say hello." },
        { "role": "assistant", "content": null, "audio": { "id": "audio_1" } },
        { "role": "user", "content": "Again." },
    ]);
    let request = value!({ "messages": messages }).to_string();
    refused(
        &request,
        "gpt-audio",
        "is sound and is a file that only the API has; `gpt-audio` has no published rule",
    );
}

#[test]
fn a_document_of_text_is_counted_in_converse() {
    let document = value!({ "document": { "format": "txt", "name": "notes", "source": { "text": "one two three" } } });
    let request = value!({ "messages": [{ "role": "user", "content": [document] }], "inferenceConfig": { "maxTokens": 100 } });
    let model = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let folder = Folder::new().with("r.json", request.to_string());
    let run = json(folder.outlay(&format!("count r.json --json -m {model} --as-of 2026-11-20")));
    assert_eq!(run["results"][0]["content_tokens"], 3, "{run}");
}

#[test]
fn what_is_declared_is_an_amount_or_an_error_that_says_why() {
    let folder = Folder::new().with("r.json", gemini("application/pdf", pdf(1).as_bytes(), None));
    for (flag, values, why) in [
        ("--audio", &["-5s", "-1", "-0.5h"][..], "is negative"),
        ("--audio", &["NaN", "inf", "1e309", "", "s", "5x"], "is not a length of time"),
        ("--audio", &["0", "0s", "-0s", "0.0h"], "is no length of sound or a film"),
        ("--video", &["99999999999999h", "1000001000d"], "is too long a time"),
        ("--pages", &["-1", "-99999999999"], "is negative"),
        ("--pages", &["99999999999", "4294967296"], "is more than 4,294,967,295 pages"),
        ("--pages", &["9999999999999"], "is more than 1,000,000,000,000"),
        ("--pages", &["0"], "is no number of pages"),
        ("--pages", &["1.5", "NaN", "1e3", "three"], "is not a whole number"),
        (
            "--image",
            &["-1x5", "0x0", "1024", "4294967296x1", "NaNx1"],
            "is not the size of an image",
        ),
        ("--media-tokens", &["-1"], "is negative"),
        ("--media-tokens", &["1000000000001"], "is more than"),
        ("--media-tokens", &["NaN", "inf", "0.5"], "is not a whole number"),
    ] {
        let key = flag.trim_start_matches('-').replace('-', "_");
        for value in values {
            let mut command = folder.outlay("count r.json");
            command.args([flag, value]);
            let run = output(command, 2);
            assert!(stderr(&run).contains(why), "{flag} {value:?}: {}", stderr(&run));
            // The same in a configuration.
            let text = format!("[media]\n{key} = \"{value}\"\n");
            let folder = Folder::new().with("outlay.toml", text).with("p.txt", "Hi.");
            let run = output(folder.outlay("count p.txt"), 2);
            assert!(stderr(&run).contains(why), "{key} = {value:?}: {}", stderr(&run));
        }
    }
}

#[test]
fn what_a_film_or_a_resolution_says_wrongly_is_named() {
    let part = |metadata: Value, level: &str| {
        let file = value!({ "mimeType": "video/mp4", "fileUri": "gs://b/film.mp4" });
        let part = value!({ "fileData": file, "videoMetadata": metadata });
        value!({ "contents": [{ "role": "user", "parts": [part] }], "generationConfig": { "mediaResolution": level } }).to_string()
    };
    for (metadata, why) in [
        (value!({ "startOffset": "15s", "endOffset": "5s" }), "nothing of it is sent"),
        (value!({ "startOffset": "5s", "endOffset": "5s" }), "nothing of it is sent"),
        (value!({ "endOffset": "-5s" }), "has the offset \"-5s\""),
        (value!({ "endOffset": "NaNs" }), "has the offset \"NaNs\""),
        (value!({ "endOffset": 5 }), "has the offset 5"),
        (value!({ "endOffset": "5" }), "has the offset \"5\""),
        (value!({ "endOffset": "1e300s" }), "of more than 1,000,000,000,000 tokens"),
        (value!({ "endOffset": "5s", "fps": 0 }), "has 0 frames a second"),
        (value!({ "endOffset": "5s", "fps": -1 }), "has -1 frames a second"),
        (value!({ "endOffset": "5s", "fps": 60 }), "has 60 frames a second"),
        (value!({ "endOffset": "5s", "fps": "two" }), "frames a second"),
    ] {
        refused(&part(metadata, "MEDIA_RESOLUTION_LOW"), "gemini-3.8-flash", why);
    }
    let whole = value!({ "endOffset": "10s" });
    refused(&part(whole, "MEDIA_RESOLUTION_TINY"), "gemini-3.8-flash", "resolution `tiny`");
    // A film of its own header is cut as one that is elsewhere.
    let header = [&[0; 12][..], &1_000_u32.to_be_bytes(), &10_000_u32.to_be_bytes()].concat();
    let boxed = |kind: &[u8], inside: &[u8]| {
        let size = u32::try_from(inside.len() + 8).unwrap();
        [&size.to_be_bytes()[..], kind, inside].concat()
    };
    let film = [boxed(b"ftyp", b"isom"), boxed(b"moov", &boxed(b"mvhd", &header))].concat();
    for (metadata, seconds) in [
        (value!({}), 10),
        (value!({ "startOffset": "4s" }), 6),
        (value!({ "startOffset": "4s", "endOffset": "6s" }), 2),
        (value!({ "endOffset": "1000s" }), 10),
    ] {
        let mut request: Value = serde_json::from_str(&gemini("video/mp4", &film, None)).unwrap();
        request["contents"][0]["parts"][0]["videoMetadata"] = metadata;
        assert_eq!(counted(&request.to_string(), "gemini-3.8-flash").1, seconds * 95, "{request}");
    }
    let mut image: Value =
        serde_json::from_str(&openai(&data_url("image/png", &png(64, 64)))).unwrap();
    image["messages"][0]["content"][0]["image_url"]["detail"] = "LOW".into();
    refused(&image.to_string(), "gpt-4o", "the detail `LOW`");
}

#[test]
fn what_a_scenario_sends_is_no_more_than_a_model_reads() {
    let plain =
        "model = \"gemini-3.8-flash\"\nturns = 2\nuser = 100\nvisible = 200\nreasoning = 0\n";
    for (table, why) in [
        ("[image]\neach_turn = 1000000000000\n", "`[image]` is more than 1,000,000,000,000 tokens"),
        ("[document]\npages = 4294967295\n", "of more than 1,000,000,000,000 tokens"),
        ("[document]\npages = 99999999999\n", "is more than 4,294,967,295 pages"),
        ("[audio]\nlength = \"-5s\"\n", "is negative"),
        ("[audio]\nlength = nan\n", "is not a length of time"),
    ] {
        let folder = Folder::new().with("s.toml", format!("{plain}{table}"));
        let run = output(folder.outlay("simulate s.toml --as-of 2026-11-20"), 2);
        assert!(stderr(&run).contains(why), "{table}: {}", stderr(&run));
    }
}
