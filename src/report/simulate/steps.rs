//! The steps of a turn with tools, and what ways of caching come to.

use super::document::{bar, volume_of};
use super::result::SimulateResult;
use crate::forecast::{StepSummary, StepTotals};
use crate::report::chart::{
    Axis, Chart, ChartSpec, Color, Mark, Pillar, Plot, Series, SeriesShape, Unit,
};
use crate::report::document::{Document, Emphasis, Fact, Table};
use crate::units::{Money, Probability, grouped, plural};

/// So many steps are shown; of more, the first and the last.
const SHOWN: usize = 30;
/// So many of the dearest steps are named.
const DEAREST: usize = 3;
/// Steps that fewer conversations reach are not drawn.
const RARE: f64 = 0.01;
/// Bars of the picture of costs.
const BARS: usize = 24;
/// Steps beyond this many are not drawn one by one.
const PILLARS: usize = 120;

impl SimulateResult {
    /// Adds the steps: their table, their pictures, and what they come to.
    pub(super) fn add_steps(&self, document: &mut Document) {
        let Some(totals) = &self.step_totals else { return };
        document.table(Table { pictured: true, ..self.steps_table() });
        self.depict_cost_of_task(document);
        self.depict_steps(document);
        document.facts(self.step_facts(totals));
        document.line(Emphasis::Plain, self.dearest());
    }

    /// The name of a step: its number, and that of its turn where there are several.
    pub(super) fn step_name(&self, step: &StepSummary) -> String {
        let turns = self.turns.len();
        if turns > 1 { format!("{}.{}", step.turn, step.step) } else { step.step.to_string() }
    }

    fn steps_table(&self) -> Table {
        let mut table = Table::default().numbers([
            "step",
            "reached",
            "prompt",
            "cached",
            "context",
            "room",
            "completion",
            "cost",
            "so far",
        ]);
        let many = self.steps.len() > SHOWN;
        for (i, step) in self.steps.iter().enumerate() {
            if many && i + 1 != self.steps.len() && i + 1 >= SHOWN {
                if i + 1 == SHOWN {
                    let mut gap: [String; 9] = Default::default();
                    gap[4] =
                        format!("{} steps not shown", grouped((self.steps.len() - SHOWN) as u64));
                    table.row(gap);
                }
                continue;
            }
            let share = step.prompt_tokens.p50.as_f64() / self.window.as_f64();
            table.row([
                self.step_name(step),
                if step.reached.get() >= 1.0 { String::new() } else { step.reached.to_string() },
                step.prompt_tokens.p50.to_string(),
                step.cached_tokens.p50.to_string(),
                format!("{} {:>3.0} %", bar(share), share * 100.0),
                step.room.p50.to_string(),
                step.completion_tokens.p50.to_string(),
                step.cost_usd.mean.for_people(),
                step.cumulative_usd.for_people(),
            ]);
        }
        table
    }

    fn step_facts(&self, totals: &StepTotals) -> Vec<Fact> {
        let fact =
            |label, value: String, remark: &str| Fact { label, value, remark: remark.to_owned() };
        let requests = totals.requests;
        let range = if self.exact {
            "requests a conversation".to_owned()
        } else {
            format!("requests a conversation, p5-p95 {} to {}", requests.p5, requests.p95)
        };
        let share = |share: Probability| share.to_string();
        let stopped =
            format!("of conversations are stopped by their budget{}", self.curve_of_budget_hits());
        let full =
            format!("of conversations end because nothing fits{}", self.curve_of_full_windows());
        let mut facts = vec![
            fact("requests", requests.mean.to_string(), &range),
            fact("re-sent", share(totals.resent_share), "of the prompt tokens were sent before"),
            fact(
                "cached",
                share(totals.cached_share),
                "of the prompt tokens are read from the cache",
            ),
            fact("budget", share(totals.budget_hit), &stopped),
            fact("window full", share(self.overflowed), &full),
        ];
        if let Some(definitions) = self.tool_definitions {
            facts.push(fact(
                "tools",
                definitions.to_string(),
                "tokens of definitions in every prompt",
            ));
        }
        for agent in &self.agents {
            let cost = agent.cost_usd;
            let remark = format!(
                "each of {} ({}), p5-p95 {} to {}; a turn starts {}",
                agent.scenario,
                agent.model,
                cost.p5.for_people(),
                cost.p95.for_people(),
                agent.runs
            );
            facts.push(fact("agents", cost.mean.for_people(), &remark));
        }
        facts
    }

    /// The steps that cost most, the dearest first.
    fn dearest(&self) -> String {
        let weighed = |step: &StepSummary| step.cost_usd.mean.as_f64() * step.reached.get();
        let mut steps: Vec<&StepSummary> = self.steps.iter().collect();
        steps.sort_by(|a, b| weighed(b).total_cmp(&weighed(a)));
        let named: Vec<_> = steps
            .iter()
            .take(DEAREST)
            .map(|step| format!("{} ({})", self.step_name(step), step.cost_usd.mean.for_people()))
            .collect();
        // Steps that few conversations reach may cost more, and come to less.
        let over = if self.exact { "" } else { " over all conversations" };
        format!("dearest steps{over}: {}", named.join(", "))
    }

    /// The steps that so many conversations reach that they say something about others: the last ones of a few
    /// are chance.
    fn usual_steps(&self) -> &[StepSummary] {
        let rare = self.steps.iter().position(|step| step.reached.get() < RARE);
        let n = rare.map_or(self.steps.len(), |rare| rare.max(1));
        &self.steps[..n.min(self.steps.len())]
    }

    /// What a picture leaves out.
    fn left_out(&self) -> String {
        match self.steps.len() - self.usual_steps().len() {
            0 => String::new(),
            n => format!(
                " {} that fewer than {} of conversations reach are left out.",
                plural(n as u64, "later step"),
                Probability::clamped(RARE)
            ),
        }
    }

    /// The costs of the conversations, as bars of equal width up to the dearest in a hundred.
    fn depict_cost_of_task(&self, document: &mut Document) {
        let [Some(least), Some(most)] =
            [self.costs.first(), self.costs.get(self.costs.len() * 99 / 100)]
        else {
            return;
        };
        let (least, most) = (least.picodollars(), most.picodollars());
        let width = (most - least) / BARS as i128;
        if self.exact || width <= 0 {
            return;
        }
        let mut counts = [0_u64; BARS];
        for cost in &self.costs {
            let place = usize::try_from((cost.picodollars() - least) / width).unwrap_or(usize::MAX);
            // The dearest in a hundred are beyond the last bar.
            if let Some(count) = counts.get_mut(place) {
                *count += 1;
            }
        }
        let (all, total) = (self.costs.len() as f64, &self.total_cost_usd);
        let mut figures = Table::default().numbers(["from", "to", "share"]);
        let mut pillars = Vec::new();
        for (i, count) in (0_i128..).zip(counts) {
            let [from, to] = [i, i + 1].map(|i| Money::from_picodollars(least + width * i));
            let share = count as f64 / all;
            let percent = Probability::clamped(share).to_string();
            let [a, b] = [from, to].map(Money::for_people);
            let says = format!("{a} to {b}: {percent} of conversations");
            let (from, to) = (from.as_f64(), to.as_f64());
            pillars.push(Pillar { from, to, low: 0.0, high: share, says });
            figures.row([a, b, percent]);
        }
        let [low, high] = [least, least + width * BARS as i128]
            .map(|picodollars| Money::from_picodollars(picodollars).as_f64());
        let highest = counts.into_iter().max().unwrap_or_default() as f64 / all;
        let x = Axis::new("cost of a conversation", Unit::Dollars, low, high);
        let y = Axis::new("share of conversations", Unit::Share, 0.0, highest);
        let series = vec![Series::new("conversations", Color::Blue, SeriesShape::Pillars(pillars))];
        let marks = vec![
            Mark::x(
                total.mean.as_f64(),
                format!("mean {}", total.mean.for_people()),
                Emphasis::Good,
            ),
            Mark::x(
                total.p95.as_f64(),
                format!("p95 {}", total.p95.for_people()),
                Emphasis::Caution,
            ),
        ];
        let summary = format!(
            "Nine of ten conversations cost {} to {}; the dearest in a hundred are left out.",
            total.p5.for_people(),
            total.p95.for_people()
        );
        let spec = ChartSpec::Plot(Plot { x, y, series, marks });
        document.chart(Chart { title: "Cost of a task".to_owned(), summary, spec }, figures);
    }

    /// The pictures of the steps: how the context fills, and what each costs.
    fn depict_steps(&self, document: &mut Document) {
        let steps = self.usual_steps();
        let [Some(first), Some(last)] = [steps.first(), steps.last()] else { return };
        let n = steps.len() as f64;
        let at = |i: usize| i as f64 + 1.0;
        let points = |of: &dyn Fn(&StepSummary) -> f64| -> Vec<(f64, f64)> {
            let mut points: Vec<_> =
                steps.iter().enumerate().map(|(i, step)| (at(i), of(step))).collect();
            if let [(_, only)] = points[..] {
                points = vec![(0.5, only), (1.5, only)];
            }
            points
        };
        let mut series = Vec::new();
        if !self.exact {
            let band = |(i, step): (usize, &StepSummary)| {
                let prompt = step.prompt_tokens;
                (at(i), prompt.p5.as_f64(), prompt.p95.as_f64())
            };
            let band = steps.iter().enumerate().map(band).collect();
            series.push(Series::new("p5 to p95", Color::Blue, SeriesShape::Band(band)));
        }
        let median = SeriesShape::Line(points(&|step| step.prompt_tokens.p50.as_f64()));
        series.push(Series::new("median prompt", Color::Blue, median));
        let window = format!("window {}", self.window);
        let most = steps.iter().map(|step| step.prompt_tokens.p95).max().unwrap_or_default();
        // A window that is far away would press the curve flat.
        let near = most.as_f64() * 4.0 > self.window.as_f64();
        let marks = if near {
            vec![Mark::y(self.window.as_f64(), window, Emphasis::Bad)]
        } else {
            Vec::new()
        };
        let top = if near { self.window.as_f64() } else { most.as_f64() };
        let x = || Axis::new("step", Unit::Count, 0.5, n + 0.5);
        let y = Axis::new("prompt tokens", Unit::Tokens, 0.0, top);
        let mut figures =
            Table::default().numbers(["step", "p5", "median", "p95", "cached", "room"]);
        for step in steps {
            let prompt = step.prompt_tokens;
            figures.row([
                self.step_name(step),
                prompt.p5.to_string(),
                prompt.p50.to_string(),
                prompt.p95.to_string(),
                step.cached_tokens.p50.to_string(),
                step.room.p50.to_string(),
            ]);
        }
        let summary = format!(
            "The prompt has {} tokens in the first step and {} in the last; the window is {}.{}",
            first.prompt_tokens.p50,
            last.prompt_tokens.p50,
            self.window,
            self.left_out()
        );
        let spec = ChartSpec::Plot(Plot { x: x(), y, series, marks });
        document.chart(Chart { title: "Context by step".to_owned(), summary, spec }, figures);

        let high = |step: &StepSummary| step.cost_usd.mean.as_f64();
        let dearest = steps.iter().map(high).fold(0.0, f64::max);
        let shape = if steps.len() <= PILLARS {
            let pillar = |(i, step): (usize, &StepSummary)| Pillar {
                from: at(i) - 0.5,
                to: at(i) + 0.5,
                low: 0.0,
                high: high(step),
                says: format!("step {}: {}", self.step_name(step), step.cost_usd.mean.for_people()),
            };
            SeriesShape::Pillars(steps.iter().enumerate().map(pillar).collect())
        } else {
            SeriesShape::Line(points(&high))
        };
        let mut figures =
            Table::default().numbers(["step", "reached", "mean", "p5", "median", "p95"]);
        for step in steps {
            let cost = step.cost_usd;
            let [mean, p5, p50, p95] =
                [cost.mean, cost.p5, cost.p50, cost.p95].map(Money::for_people);
            figures.row([self.step_name(step), step.reached.to_string(), mean, p5, p50, p95]);
        }
        let y = Axis::new("cost of a step", Unit::Dollars, 0.0, dearest);
        let series = vec![Series::new("mean", Color::Blue, shape)];
        let spec = ChartSpec::Plot(Plot { x: x(), y, series, marks: Vec::new() });
        let summary = format!("The {}.{}", self.dearest(), self.left_out());
        document.chart(Chart { title: "Cost of each step".to_owned(), summary, spec }, figures);
    }

    /// Adds what ways of caching come to, where they differ.
    pub(super) fn add_caching(&self, document: &mut Document) {
        let Some(billed) = self.caching.first() else { return };
        if self.caching.iter().all(|way| way.cost_usd == billed.cost_usd) {
            return;
        }
        let share = |share: Option<Probability>| share.map(|s| s.to_string()).unwrap_or_default();
        let money = |money: Option<Money>| money.map(Money::for_people).unwrap_or_default();
        let mut table = Table::default().texts(["cache"]).numbers([
            "gaps outlived",
            "pays from use",
            "a conversation",
            "starts cached",
            "which saves",
        ]);
        for way in &self.caching {
            let name = way.cache.to_string();
            table.row([
                if way.billed { format!("{name} (billed)") } else { name },
                share(way.gaps_outlived),
                way.pays_from_use.map(grouped).unwrap_or_default(),
                way.cost_usd.for_people(),
                share(way.starts_cached),
                money(way.start_saves_usd),
            ]);
        }
        table.caption = Some("the same requests by other ways of caching".to_owned());
        document.table(table);
        if let Some(best) = self.caching.iter().min_by_key(|way| way.cost_usd)
            && best.cost_usd < billed.cost_usd
        {
            let saved = billed.cost_usd - best.cost_usd;
            let text = format!(
                "--cache {} saves {} a conversation{}",
                best.cache,
                saved.for_people(),
                volume_of(self, saved)
            );
            document.line(Emphasis::Caution, text);
        }
    }
}
