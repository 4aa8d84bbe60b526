//! Bars with names as the shapes of an SVG.

use super::label_layout::{beside, lanes};
use super::shapes::{CHARACTER, Drawing, Item, LINE, Size, n, tone_class, width_of};
use super::spec::{Bar, Rows};

/// The height of a bar, and what is free below it.
const BAR: f64 = 14.0;
const GAP: f64 = 6.0;

/// The drawing of bars: each name above its bars, each amount right of its bar.
pub(super) fn draw(rows: &Rows, size: Size) -> Drawing {
    let bars = || rows.groups.iter().flat_map(|group| &group.bars);
    let widest = bars().map(|bar| width_of(&bar.value)).fold(0.0, f64::max);
    let right = size.width() - widest - 14.0;
    let axis = &rows.axis;
    let at = |value: f64| axis.share(value) * right;
    let mut items = Vec::new();

    let spans: Vec<(f64, f64)> = rows
        .marks
        .iter()
        .map(|mark| {
            let width = width_of(&mark.label);
            let from = beside(at(mark.at), width, 5.0, size.width());
            (from, from + width)
        })
        .collect();
    let lanes = lanes(&spans, 10.0);
    let top = 4.0 + lanes.iter().map(|lane| lane + 1).max().unwrap_or(0) as f64 * LINE;
    let heights = rows.groups.iter().map(|group| height(group.bars.len()));
    let bottom = top + heights.sum::<f64>();

    for tick in axis.ticks(if size == Size::Wide { 6 } else { 3 }) {
        let x = at(tick.at);
        items.push(Item::line("grid", (x, top), (x, bottom)));
        let class = if x < width_of(&tick.label) / 2.0 { "tick start" } else { "tick middle" };
        items.push(Item::text(class, x, bottom + 16.0, tick.label));
    }
    items.push(Item::text("name end", size.width(), bottom + 34.0, &axis.title));
    for ((mark, (from, _)), lane) in rows.marks.iter().zip(&spans).zip(lanes) {
        let (x, tone) = (at(mark.at), tone_class(mark.tone));
        let y = lane as f64 * LINE;
        items.push(Item::line(format!("mark {tone}"), (x, y + 2.0), (x, bottom)));
        items.push(Item::text(format!("label start {tone}"), *from, y + 12.0, &mark.label));
    }
    let mut y = top;
    for group in &rows.groups {
        items.push(Item::text("label start strong", 0.0, y + 14.0, cut(&group.name, size.width())));
        y += LINE + 4.0;
        for bar in &group.bars {
            draw_bar(&mut items, bar, y, axis.to, &at);
            y += BAR + GAP;
        }
        y += GAP;
    }
    Drawing { width: size.width(), height: bottom + 40.0, items }
}

fn height(bars: usize) -> f64 {
    LINE + 4.0 + bars as f64 * (BAR + GAP) + GAP
}

fn draw_bar(items: &mut Vec<Item>, bar: &Bar, y: f64, most: f64, at: &impl Fn(f64) -> f64) {
    let mut before = 0.0;
    for segment in &bar.segments {
        let (from, to) = (at(before), at(segment.to));
        if segment.to > before {
            let class = format!("col s{}", segment.color.number());
            // What is there is seen, however little.
            items.push(Item::rect(class, (from, y), ((to - from).max(1.0), BAR), &segment.says));
        }
        before = segment.to;
    }
    let mut end = at(before);
    if before > most {
        // The bar goes on beyond the axis: two strokes say that it is cut.
        let strokes = [end - 16.0, end - 10.0]
            .map(|x| format!("M{} {}L{} {}", n(x - 3.0), n(y + BAR + 2.0), n(x + 3.0), n(y - 2.0)));
        items.push(Item::Path { class: "cut".to_owned(), d: strokes.concat() });
    }
    if let Some((low, high)) = bar.range {
        let (low, high, middle) = (at(low), at(high), y + BAR / 2.0);
        let caps = [low, high].map(|x| format!("M{} {}V{}", n(x), n(y + 3.0), n(y + BAR - 3.0)));
        let d = format!("M{} {}H{}{}", n(low), n(middle), n(high), caps.concat());
        items.push(Item::Path { class: "range".to_owned(), d });
        end = end.max(high);
    }
    items.push(Item::text("label start", end + 6.0, y + BAR - 3.0, &bar.value));
}

/// The beginning of a name that is too long; the table below has it whole.
fn cut(name: &str, width: f64) -> String {
    let fits = |count: usize| count as f64 * CHARACTER * 1.1 <= width;
    if fits(name.chars().count()) {
        return name.to_owned();
    }
    let kept = name.chars().enumerate().take_while(|(i, _)| fits(i + 2));
    kept.map(|(_, c)| c).chain(['…']).collect()
}
