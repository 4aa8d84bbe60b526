//! `audit --format focus`: rows of FOCUS 1.4, by the rules of its dataset "Cost and Usage"
//! (<https://focus.finops.org/focus-specification/>, ratified on 2026-06-04).

use std::collections::BTreeMap;

use outlay::units::Money;
use serde_json::{Value, json};

use crate::support::{Folder, assert_run, outlay, output, stderr, stdout};

/// What the specification says of a column.
enum Rule {
    /// Any text, but some.
    Text,
    /// Any text, or none.
    MayBeNull,
    /// A decimal number.
    Decimal,
    /// A time, in UTC.
    Time,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A JSON object of texts.
    KeyValue,
}

use Rule::{Decimal, KeyValue, MayBeNull, OneOf, Text, Time};

/// The mandatory columns, and those that are mandatory for who measures usage and publishes unit prices.
const COLUMNS: [(&str, Rule); 32] = [
    ("BilledCost", Decimal),
    ("BillingAccountId", Text),
    ("BillingAccountName", MayBeNull),
    ("BillingCurrency", OneOf(&["USD"])),
    ("BillingPeriodEnd", Time),
    ("BillingPeriodStart", Time),
    ("ChargeCategory", OneOf(&["Usage", "Purchase", "Tax", "Credit", "Adjustment"])),
    ("ChargeClass", OneOf(&["", "Correction"])),
    ("ChargeDescription", Text),
    ("ChargeFrequency", OneOf(&["One-Time", "Recurring", "Usage-Based"])),
    ("ChargePeriodEnd", Time),
    ("ChargePeriodStart", Time),
    ("ConsumedQuantity", Decimal),
    ("ConsumedUnit", Text),
    ("ContractedCost", Decimal),
    ("EffectiveCost", Decimal),
    ("HostProviderName", MayBeNull),
    ("InvoiceIssuerName", Text),
    ("ListCost", Decimal),
    ("ListUnitPrice", Decimal),
    ("PricingCategory", OneOf(&["Standard", "Dynamic", "Committed", "Other"])),
    ("PricingQuantity", Decimal),
    ("PricingUnit", Text),
    ("ServiceCategory", OneOf(&["AI and Machine Learning"])),
    ("ServiceName", Text),
    ("ServiceProviderName", Text),
    ("ServiceSubcategory", OneOf(&["Generative AI"])),
    ("SkuId", Text),
    ("SkuMeter", Text),
    ("SkuPriceDetails", KeyValue),
    ("SkuPriceId", Text),
    ("Tags", KeyValue),
];

type Row = BTreeMap<String, String>;

fn rows(csv: &str) -> (Vec<String>, Vec<Row>) {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(ToOwned::to_owned).collect();
    let row = |record: Result<csv::StringRecord, _>| {
        header.iter().cloned().zip(record.unwrap().iter().map(ToOwned::to_owned)).collect()
    };
    let rows = reader.records().map(row).collect();
    (header, rows)
}

fn is_time(text: &str) -> bool {
    text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()
}

fn check(csv: &str) -> Vec<Row> {
    let (header, rows) = rows(csv);
    for (column, _) in &COLUMNS {
        assert!(header.iter().any(|name| name == column), "{column} is missing");
    }
    // What is ours comes last and says so.
    let ours = header.iter().position(|name| name.starts_with("x_")).unwrap();
    assert!(header[ours..].iter().all(|name| name.starts_with("x_")));
    assert_eq!(ours, COLUMNS.len());
    for row in &rows {
        for (column, rule) in &COLUMNS {
            let cell = row[*column].as_str();
            let holds = match rule {
                Text => !cell.is_empty(),
                MayBeNull => true,
                Decimal => cell.parse::<Money>().is_ok(),
                Time => is_time(cell),
                OneOf(allowed) => allowed.contains(&cell),
                KeyValue => serde_json::from_str::<BTreeMap<String, String>>(cell).is_ok(),
            };
            assert!(holds, "{column} is `{cell}`");
        }
        let money = |column: &str| row[column].parse::<Money>().unwrap();
        // Times are half open, and a charge lies in its billing period.
        let time = |column: &str| row[column].parse::<jiff::Timestamp>().unwrap();
        assert!(time("ChargePeriodStart") < time("ChargePeriodEnd"));
        assert!(time("BillingPeriodStart") <= time("ChargePeriodStart"));
        assert!(time("ChargePeriodEnd") <= time("BillingPeriodEnd"));
        // A list cost is its unit price times its quantity, and nothing is taken off.
        let product = money("ListUnitPrice").as_f64() * money("PricingQuantity").as_f64();
        assert!((product - money("ListCost").as_f64()).abs() < 1e-9, "{row:?}");
        for cost in ["ContractedCost", "EffectiveCost", "BilledCost"] {
            assert_eq!(money(cost), money("ListCost"), "{cost}");
        }
        assert_eq!(row["ConsumedQuantity"].is_empty(), row["ConsumedUnit"].is_empty());
        assert_eq!(row["PricingQuantity"].is_empty(), row["PricingUnit"].is_empty());
    }
    // A price of a SKU is one price.
    let mut prices: BTreeMap<&str, &str> = BTreeMap::new();
    for row in &rows {
        let price = prices.entry(&row["SkuPriceId"]).or_insert(&row["ListUnitPrice"]);
        assert_eq!(*price, row["ListUnitPrice"].as_str(), "{}", row["SkuPriceId"]);
    }
    rows
}

/// Calls of several makers, tiers, days and tasks, with tools, fast answers and a seller's own charge.
fn log() -> String {
    let flat = |model: &str, day: &str, tier: &str, task: &str| {
        json!({"model": model, "time": day, "prompt_tokens": 1_000, "cached_tokens": 200,
            "completion_tokens": 70, "service_tier": tier, "task": task})
    };
    let message = json!({"id": "msg_1", "type": "message", "model": "claude-opus-5", "content": [],
        "stop_reason": "end_turn", "usage": {"input_tokens": 10, "cache_creation_input_tokens": 300,
            "cache_creation": {"ephemeral_1h_input_tokens": 300}, "output_tokens": 9, "speed": "fast",
            "server_tool_use": {"web_search_requests": 2}}});
    let router = json!({"id": "gen-1", "object": "chat.completion", "provider": "Some Host",
        "created": 1_795_000_000, "model": "some/model", "choices": [],
        "usage": {"prompt_tokens": 5, "completion_tokens": 2, "cost": 0.00014, "is_byok": false}});
    [
        flat("gpt-5", "2026-02-27", "standard", "review"),
        flat("gpt-5", "2026-02-27", "standard", "review"),
        flat("gpt-5", "2026-02-28", "batch", "triage"),
        flat("gemini-2.5-pro", "2026-03-01", "standard", "say \"hi\", ok"),
        message,
        router,
    ]
    .iter()
    .map(|record| record.to_string() + "\n")
    .collect()
}

#[test]
fn rows_keep_the_rules_of_the_specification() {
    let folder = Folder::new().with("log.jsonl", log());
    let arguments = "audit log.jsonl --by task --as-of 2026-11-20";
    let csv = output(folder.outlay(&format!("{arguments} --format focus --account acme")), 0);
    let rows = check(stdout(&csv));
    assert!(rows.iter().all(|row| row["BillingAccountId"] == "acme"));
    // The rows are the whole sum.
    let json = output(folder.outlay(&format!("{arguments} --json")), 0);
    let total: Value = serde_json::from_str(stdout(&json)).unwrap();
    let sum: Money = rows.iter().map(|row| row["BilledCost"].parse::<Money>().unwrap()).sum();
    assert_eq!(sum.to_string(), total["total"]["cost_usd"]);
    // Two calls of one day, model and price are one row.
    let input =
        rows.iter().filter(|row| row["SkuPriceId"] == "openai/gpt-5/input-tokens/standard/1.25");
    let input: Vec<_> = input.map(|row| row["ConsumedQuantity"].as_str()).collect();
    assert_eq!(input, ["1600"]);
    let quoted = |row: &&Row| row["Tags"].contains("hi");
    assert_eq!(rows.iter().find(quoted).unwrap()["Tags"], r#"{"task":"say \"hi\", ok"}"#);
}

#[test]
fn rows_look_as_they_are_meant_to() {
    let folder = Folder::new().with("log.jsonl", log());
    assert_run!(folder.outlay("audit log.jsonl --by task --as-of 2026-11-20 --format focus"));
}

/// Names in a log are from strangers, and FOCUS is opened in spreadsheets.
#[test]
fn no_cell_is_a_formula() {
    let record = |n: usize, name: &str| {
        json!({"id": format!("gen-{n}"), "object": "chat.completion", "provider": "Some Host",
            "created": 1_795_000_000, "model": name, "choices": [], "service_tier": name,
            "metadata": {"task": name},
            "usage": {"prompt_tokens": 5, "completion_tokens": 2, "cost": 0.00014, "is_byok": false}})
        .to_string()
            + "\n"
    };
    let names = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"];
    let log: String = names.iter().enumerate().map(|(n, name)| record(n, name)).collect();
    let folder = Folder::new().with("log.jsonl", log);
    let csv = output(folder.outlay("audit log.jsonl --by task --format focus"), 0);
    let rows = check(stdout(&csv));
    assert_eq!(rows.len(), names.len());
    for cell in rows.iter().flat_map(|row| row.values()) {
        let is_number = cell.parse::<f64>().is_ok();
        assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
    // The names themselves are there as they were written.
    let tasks: Vec<_> = rows.iter().map(|row| row["Tags"].clone()).collect();
    for name in names {
        assert!(tasks.contains(&json!({ "task": name }).to_string()), "{name}");
    }
}

#[test]
fn an_export_and_other_commands() {
    let folder = Folder::new().with("log.jsonl", log());
    output(folder.outlay("audit log.jsonl --as-of 2026-11-20 --export focus=bill.csv"), 0);
    check(&folder.read("bill.csv"));
    let run = output(outlay("estimate --input-tokens 5 --format focus"), 2);
    assert!(stderr(&run).contains("focus is a form of audit"), "{}", stderr(&run));
}
