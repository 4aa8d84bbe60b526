//! Pictures: on a page every figure is one of the answer, and in a terminal they look as they are meant to.

use outlay::units::{Money, Probability, Tokens};
use serde_json::Value;

use crate::dom::Element;
use crate::support::{Folder, assert_run, assert_runs, json, outlay, output, stdout};

/// A run as JSON, and its page.
fn both(arguments: &str) -> (Value, Element) {
    let folder = Folder::new();
    let path = folder.path().join("page.html");
    let mut command = outlay(arguments);
    command.args(["--json", "--export", &format!("html={}", path.display())]);
    let report = json(command);
    (report, Element::parse(&folder.read("page.html")))
}

/// The figure with this heading.
fn figure<'p>(page: &'p Element, heading: &str) -> &'p Element {
    let figures = page.named("figure");
    let is_it = |figure: &&&Element| figure.named("figcaption")[0].all()[0].text() == heading;
    figures.iter().find(is_it).unwrap_or_else(|| panic!("no picture is headed `{heading}`"))
}

/// The rows of the figures behind a picture, without their head.
fn figures(page: &Element, heading: &str) -> Vec<Vec<String>> {
    figure(page, heading).named("table")[0].rows().split_off(1)
}

/// The wide drawing of a picture.
fn drawing<'p>(page: &'p Element, heading: &str) -> &'p Element {
    figure(page, heading).named("svg").into_iter().find(|svg| svg.get("class") == "wide").unwrap()
}

fn tokens(value: &Value) -> String {
    Tokens::new(value.as_u64().unwrap()).to_string()
}

fn money(value: &Value) -> String {
    value.as_str().map(|text| text.parse::<Money>().unwrap().for_people()).unwrap_or_default()
}

fn amount(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

fn share(value: &Value) -> String {
    Probability::clamped(value.as_f64().unwrap()).to_string()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no number"))
}

/// The points of a path of straight lines.
fn points(d: &str) -> Vec<(f64, f64)> {
    let points = d.trim_start_matches('M').trim_end_matches('Z').split('L');
    points
        .map(|point| {
            let (x, y) = point.split_once(' ').unwrap();
            (number(x), number(y))
        })
        .collect()
}

/// The corners of a plot in its drawing: left, right, top tick and bottom.
fn frame(svg: &Element) -> [f64; 4] {
    let paths = svg.named("path");
    let of = |class: &str| -> Vec<Vec<(f64, f64)>> {
        paths.iter().filter(|path| path.get("class") == class).map(|p| points(p.get("d"))).collect()
    };
    let axis = &of("axis")[0];
    let top = of("grid").iter().map(|line| line[0].1).fold(f64::INFINITY, f64::min);
    [axis[0].0, axis[1].0, top, axis[0].1]
}

/// The first path of this class.
fn path(svg: &Element, class: &str) -> Vec<(f64, f64)> {
    let paths = svg.named("path");
    points(paths.iter().find(|path| path.get("class") == class).unwrap().get("d"))
}

fn assert_near(a: f64, b: f64, what: &str) {
    assert!((a - b).abs() < 0.11, "{what}: {a} against {b}");
}

const PLAN: &str = "plan --input-tokens 100k --max-completion-tokens 4096 \
                    --reasoning p50=4288,p95=11072 --visible 200..1200";

#[test]
fn the_risk_curve_of_a_plan_is_that_of_its_json() {
    let (report, page) = both(PLAN);
    let curve = report["results"][0]["risk_by_cap"].as_array().unwrap();
    assert!(curve.len() >= 100);
    let rows = figures(&page, "Risk by cap");
    assert_eq!(rows.len(), curve.len());
    for (row, point) in rows.iter().zip(curve) {
        assert_eq!(row[0], tokens(&point["max_completion_tokens"]));
        assert_eq!(row[1], share(&point["length_risk"]));
        assert_eq!(row[2], share(&point["empty_risk"]));
    }
    let svg = drawing(&page, "Risk by cap");
    let [left, right, top, bottom] = frame(svg);
    let most = curve.last().unwrap()["max_completion_tokens"].as_f64().unwrap();
    let drawn = path(svg, "line s1");
    assert_eq!(drawn.len(), curve.len());
    for ((x, y), point) in drawn.iter().zip(curve) {
        let cap = point["max_completion_tokens"].as_f64().unwrap();
        let risk = point["length_risk"].as_f64().unwrap();
        assert_near(*x, left + cap / most * (right - left), "x");
        assert_near(*y, bottom - risk * (bottom - top), "y");
    }
}

#[test]
fn the_marks_of_a_plan_are_its_caps() {
    let (report, page) = both(PLAN);
    let result = &report["results"][0];
    let risks = |cap: &Value| {
        let curve = result["risk_by_cap"].as_array().unwrap();
        curve.iter().find(|point| point["max_completion_tokens"] == *cap).unwrap().clone()
    };
    let recommended = &result["recommended_max_completion_tokens"];
    assert_eq!(risks(recommended)["length_risk"], result["length_risk"]);
    assert_eq!(risks(recommended)["empty_risk"], result["empty_risk"]);
    let sent = &result["sent"];
    assert_eq!(risks(&sent["max_completion_tokens"])["length_risk"], sent["length_risk"]);
    let text = drawing(&page, "Risk by cap").text();
    for label in ["recommended, reserve 25,000", "sent now 4,096", "room 28,000", "target 1 %"] {
        assert!(text.contains(label), "{label}: {text}");
    }
    let curves = json(outlay(&format!("{PLAN} --json")));
    assert_eq!(curves["results"][0]["risk_by_cap"], Value::Null, "nobody asked for them");
}

#[test]
fn unknown_work_has_a_curve_and_no_room_has_none() {
    let (report, _) = both("plan --input-tokens 1k -m gpt-4o");
    assert!(!report["results"][0]["risk_by_cap"].is_null());
    let (report, page) = both("plan --input-tokens 128k");
    assert_eq!(report["results"][0]["risk_by_cap"], Value::Null);
    assert_eq!(figures(&page, "The window").len(), 1);
}

#[test]
fn the_turns_of_a_simulation_are_those_of_its_json() {
    let (report, page) = both("simulate --turns 12 --user 50..400 --base 20k --runs 200");
    let result = &report["results"][0];
    let turns = result["turns"].as_array().unwrap();
    let context = figures(&page, "Context by turn");
    let costs = figures(&page, "Cost of each turn");
    let so_far = figures(&page, "Cost of the conversation");
    assert_eq!([context.len(), costs.len(), so_far.len()], [12; 3]);
    for (i, turn) in turns.iter().enumerate() {
        let prompt = &turn["prompt_tokens"];
        assert_eq!(context[i][1..4], [&prompt["p5"], &prompt["p50"], &prompt["p95"]].map(tokens));
        let cost = &turn["cost_usd"];
        let wanted = [&cost["mean"], &cost["p5"], &cost["p50"], &cost["p95"]].map(money);
        assert_eq!(costs[i][1..], wanted);
        assert_eq!(so_far[i][1], money(&turn["cumulative_usd"]));
    }
    assert_eq!(turns[11]["cumulative_usd"], result["total_cost_usd"]["mean"]);
    let svg = drawing(&page, "Context by turn");
    let [left, right, top, bottom] = frame(svg);
    for (i, (x, y)) in path(svg, "line s1").into_iter().enumerate() {
        assert_near(x, left + i as f64 / 11.0 * (right - left), "x");
        let prompt = turns[i]["prompt_tokens"]["p50"].as_f64().unwrap();
        // The axis ends at the next round number above the window.
        assert_near(y, bottom - prompt / 150_000.0 * (bottom - top), "y");
    }
}

#[test]
fn the_bars_of_a_comparison_are_as_long_as_its_costs() {
    let (report, page) = both("compare --input-tokens 1000 --calls 20k/month");
    let results = report["results"].as_array().unwrap();
    let rows = figures(&page, "Cost of a call");
    let bars: Vec<f64> = drawing(&page, "Cost of a call")
        .named("rect")
        .iter()
        .map(|bar| number(bar.get("width")))
        .collect();
    // A usable answer has a bar of its own where it costs 5 % more than a call.
    let costs = results.iter().flat_map(|result| {
        let offer = &result["offer"];
        let expected = amount(&offer["cost_usd"]["expected"]);
        let usable = Some(amount(&offer["cost_per_usable_usd"]));
        [Some(expected), usable.filter(|usable| *usable > 1.05 * expected)].into_iter().flatten()
    });
    let costs: Vec<f64> = costs.collect();
    assert_eq!((rows.len(), bars.len()), (2, costs.len()));
    let longest = costs.iter().copied().fold(0.0, f64::max);
    let longest_bar = bars.iter().copied().fold(0.0, f64::max);
    for (bar, cost) in bars.iter().zip(&costs) {
        assert_near(*bar, cost / longest * longest_bar, "a call");
    }
    for (i, result) in results.iter().enumerate() {
        let (cost, usable) =
            (&result["offer"]["cost_usd"], &result["offer"]["cost_per_usable_usd"]);
        let keys = ["expected", "p5", "p95", "worst_case"].map(|key| money(&cost[key]));
        assert_eq!(rows[i][1..5], keys);
        assert_eq!(rows[i][5], money(usable));
    }
    // With a cap that cuts answers off it has.
    let (report, page) = both("compare --input-tokens 1000 --max-completion-tokens 8000");
    let bars: Vec<f64> = drawing(&page, "Cost of a call")
        .named("rect")
        .iter()
        .map(|bar| number(bar.get("width")))
        .collect();
    assert_eq!(bars.len(), 4);
    let offer = |i: usize| &report["results"][i]["offer"];
    let longest = amount(&offer(1)["cost_per_usable_usd"]);
    for i in 0..2 {
        let usable = amount(&offer(i)["cost_per_usable_usd"]);
        assert_near(bars[2 * i + 1], usable / longest * bars[3], "a usable answer");
    }
}

#[test]
fn break_evens_are_where_the_lines_meet_the_cost_of_the_first() {
    let (report, page) = both("compare --input-tokens 1000");
    let offer = &report["results"][1]["offer"];
    let rows = figures(&page, "Break-even");
    let times = offer["break_even_tokens"].as_f64().unwrap();
    let expected = offer["completion_tokens"]["expected"].as_f64().unwrap();
    assert_eq!(rows[1][4], format!("{times:.2} ×"));
    assert_eq!(rows[1][5], Tokens::from_f64(times * expected).to_string());
    assert_eq!(rows[1][1], money(&offer["prompt_cost_usd"]));
    // 1,000 tokens at $15 a million.
    assert_eq!(offer["prompt_cost_usd"], "0.015");
    let svg = drawing(&page, "Break-even");
    let level = path(svg, "mark plain")[0].1;
    let meets = path(svg, "line s2").into_iter().any(|(_, y)| (y - level).abs() < 0.11);
    assert!(meets, "the line of o1-preview does not meet the cost of o1-mini");
}

#[test]
fn the_pillars_of_an_audit_are_what_was_spent() {
    let (report, page) = both("audit tests/logs/responses.jsonl --by day,model");
    let results = report["results"].as_array().unwrap();
    let rows = figures(&page, "Spend by day");
    let dated: Vec<&Value> = results.iter().filter(|result| !result["day"].is_null()).collect();
    assert_eq!(rows.len(), dated.len());
    for result in dated {
        let row = rows.iter().find(|row| row[0] == result["day"].as_str().unwrap()).unwrap();
        assert_eq!(row[1], result["model"].as_str().unwrap());
        assert_eq!(row[3], money(&result["cost_usd"]));
    }
}

#[test]
fn histograms_are_those_of_the_json() {
    let (report, page) = both("calibrate tests/examples/usage.csv");
    let pooled = report["results"].as_array().unwrap().last().unwrap();
    for (heading, key) in
        [("Completions of o1-mini", "histogram"), ("Reasoning of o1-mini", "reasoning_histogram")]
    {
        let rows = figures(&page, heading);
        let bars = pooled[key].as_array().unwrap();
        assert_eq!(rows.len(), bars.len());
        let mut seen = 0;
        for (row, bar) in rows.iter().zip(bars) {
            assert_eq!(row[..3], [&bar["from"], &bar["below"], &bar["finished"]].map(tokens));
            seen += bar["finished"].as_u64().unwrap() + bar["censored"].as_u64().unwrap();
        }
        assert_eq!(seen, pooled["n"].as_u64().unwrap(), "{key}");
    }
}

#[test]
fn prices_by_date_are_those_of_the_catalogue() {
    let (report, page) = both("models show o1-mini --as-of 2025-02-03");
    let prices = report["results"][0]["details"]["prices"].as_array().unwrap();
    let rows = figures(&page, "Standard prices by date");
    assert_eq!(rows.len(), prices.len());
    for (row, entry) in rows.iter().zip(prices) {
        assert_eq!(row[0], entry["from"].as_str().unwrap());
        assert_eq!(row[1], money(&entry["rates"][0]["input"]));
        assert_eq!(row.last().unwrap(), &money(&entry["rates"][0]["output"]));
    }
}

#[test]
fn an_estimate_is_drawn_as_its_bill() {
    let (report, page) = both("estimate --input-tokens 400 --reasoning 300..900 --visible 100");
    let result = &report["results"][0];
    let rows = figures(&page, "Cost of a call");
    let value = |name: &str| rows.iter().find(|row| row[0] == name).unwrap()[1].clone();
    assert_eq!(value("input"), money(&result["lines"][0]["cost_usd"]));
    assert_eq!(value("output"), money(&result["lines"][1]["cost_usd"]));
    for (name, key) in [("expected", "expected"), ("p95", "p95"), ("worst case", "worst_case")] {
        assert_eq!(value(name), money(&result["cost_usd"][key]));
    }
}

#[test]
fn curves_below_the_table() {
    for width in [80, 120] {
        insta::with_settings!({ snapshot_suffix => width.to_string() }, {
            assert_runs!([
                outlay(&format!("{PLAN} --chart --width {width}")),
                outlay(&format!("simulate --turns 12 --user 500..4000 --base 60k --runs 200 --chart --width {width}")),
                outlay(&format!("compare --input-tokens 1000 --chart --width {width}")),
            ]);
        });
    }
}

#[test]
fn curves_in_ascii() {
    assert_runs!([
        outlay(&format!("{PLAN} --chart --ascii --width 80")),
        outlay("models show o1-mini --as-of 2025-02-03 --chart --ascii --width 80"),
        outlay("audit tests/logs/responses.jsonl --by day,model --chart --ascii --width 80"),
    ]);
    let drawn =
        output(outlay("estimate --input-tokens 400 --completion-tokens 600 --chart --ascii"), 0);
    let (_, picture) = stdout(&drawn).split_once("Cost of a call\n").unwrap();
    let picture: String = picture.split("\n\n").next().unwrap().to_owned();
    assert!(picture.is_ascii(), "{picture}");
}

#[test]
fn a_narrow_terminal_is_told_what_a_curve_takes() {
    assert_run!(outlay("estimate --input-tokens 400 --completion-tokens 600 --chart --width 59"));
    output(outlay("plan --input-tokens 1k --ascii"), 2);
    output(outlay("plan --input-tokens 1k --chart --width 19"), 2);
}

#[test]
fn no_line_of_a_picture_is_wider_than_it_may_be() {
    for arguments in [
        PLAN,
        "plan tests/prompts -m o1-mini -m o1-preview",
        "simulate --turns 1",
        "simulate --turns 300 --runs 50 --history drop-oldest",
        "simulate --turns 3 --reasoning 100 --visible 20",
        "compare --input-tokens 1000",
        "estimate tests/prompts",
        "audit tests/logs/responses.jsonl",
        "calibrate tests/examples/usage.csv",
        "models show gpt-4o --as-of 2026-06-01",
    ] {
        for (width, ascii) in [(60, ""), (60, " --ascii"), (101, ""), (200, "")] {
            let layout = format!("{arguments} --width {width}");
            let run = output(outlay(&format!("{layout} --chart{ascii}")), 0);
            let tables = output(outlay(&layout), 0);
            let tables: Vec<&str> = stdout(&tables).lines().collect();
            for line in stdout(&run).lines().filter(|line| !tables.contains(line)) {
                assert!(line.chars().count() <= width, "{arguments}, {width}: {line}");
                assert_eq!(line.trim_end(), line, "{arguments}");
            }
        }
    }
}

#[test]
fn the_curves_are_coloured_only_for_those_who_ask() {
    let coloured = output(outlay(&format!("{PLAN} --chart --color always")), 0);
    assert!(stdout(&coloured).contains("\u{1b}[34m"));
    let plain = output(outlay(&format!("{PLAN} --chart")), 0);
    assert!(!stdout(&plain).contains('\u{1b}'));
}

#[test]
fn budgets_are_drawn_against_their_limits() {
    let folder = Folder::new();
    let path = folder.path().join("page.html");
    let mut command = outlay("check --config tests/fixtures/budgets/outlay.toml --json");
    command.args(["--export", &format!("html={}", path.display())]);
    let run = command.output().unwrap();
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let page = Element::parse(&folder.read("page.html"));
    let rows = figures(&page, "Budgets against their limits");
    let budgets: Vec<&Value> = report["results"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|result| result["budgets"].as_array().unwrap())
        .chain(report["total"]["total_budgets"].as_array().unwrap())
        .filter(|budget| !budget["measured"].is_null())
        .collect();
    assert_eq!(rows.len(), budgets.len());
    let told = |value: &Value, unit: &str| match unit {
        "tokens" => tokens(value),
        "share" => share(value),
        // A budget and what it measures may differ by less than a cent.
        _ => value.as_str().unwrap().parse::<Money>().unwrap().in_detail(),
    };
    for budget in budgets {
        let unit = budget["unit"].as_str().unwrap();
        let figures = [&budget["measured"], &budget["limit"]].map(|value| told(value, unit));
        let name = budget["name"].as_str().unwrap();
        let is_it = |row: &&Vec<String>| row[1].starts_with(name) && row[2..4] == figures;
        let row = rows.iter().find(is_it).unwrap_or_else(|| panic!("{name} {figures:?}: {rows:?}"));
        assert_eq!(row[0], budget["verdict"].as_str().unwrap());
    }
}
