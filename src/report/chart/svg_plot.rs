//! Curves, bands and pillars as the shapes of an SVG.

use super::label_layout::{beside, lanes};
use super::scale::Tick;
use super::shapes::{Drawing, Item, LINE, Size, n, shape_class, tone_class, width_of};
use super::spec::{Axis, Dot, Mark, Pillar, Plot, Series, SeriesShape, Unit};

/// The drawing of a plot.
pub(super) fn draw(plot: &Plot, size: Size) -> Drawing {
    Frame::new(plot, size).draw(plot)
}

/// What stays free at the right.
const MARGIN: f64 = 12.0;
/// No pillar with a name is wider.
const WIDEST: f64 = 56.0;
/// Points of a curve beyond this many are left out: they cannot be seen.
const POINTS: usize = 300;

/// The rectangle that a plot is drawn in, and its axes.
struct Frame {
    size: Size,
    x: Axis,
    y: Axis,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn new(plot: &Plot, size: Size) -> Self {
        let most = if size == Size::Wide { 5 } else { 4 };
        let y = plot.y.rounded(most);
        let widest = y.ticks(most).iter().map(|tick| width_of(&tick.label)).fold(0.0, f64::max);
        let (left, right) = (widest + 8.0, size.width() - MARGIN);
        let mut frame = Self {
            size,
            x: plot.x.clone(),
            y,
            left,
            right,
            top: 0.0,
            bottom: size.height() - 40.0,
        };
        let lanes = frame.marks_below(plot).iter().map(|(_, _, lane)| lane + 1).max().unwrap_or(0);
        frame.top = 24.0 + lanes as f64 * LINE;
        // Every lane of labels makes the picture higher, not the plot lower.
        frame.bottom += lanes as f64 * LINE;
        frame
    }

    fn at_x(&self, value: f64) -> f64 {
        self.left + self.x.share(value) * (self.right - self.left)
    }

    fn at_y(&self, value: f64) -> f64 {
        self.bottom - self.y.share(value) * (self.bottom - self.top)
    }

    /// The marks of the axis below, where their labels begin, and in which lane.
    fn marks_below<'p>(&self, plot: &'p Plot) -> Vec<(&'p Mark, f64, usize)> {
        let marks: Vec<&Mark> = plot.marks.iter().filter(|mark| !mark.upright).collect();
        let place = |mark: &&Mark| {
            let width = width_of(&mark.label);
            let from = beside(self.at_x(mark.at), width, 5.0, self.size.width());
            (from, from + width)
        };
        let spans: Vec<(f64, f64)> = marks.iter().map(place).collect();
        let lanes = lanes(&spans, 10.0);
        let placed = marks.into_iter().zip(spans).zip(lanes);
        placed.map(|((mark, (from, _)), lane)| (mark, from, lane)).collect()
    }

    fn draw(&self, plot: &Plot) -> Drawing {
        let mut items = Vec::new();
        self.axes(&mut items);
        for series in &plot.series {
            self.series(&mut items, series);
        }
        let mut taken = Vec::new();
        for (mark, from, lane) in self.marks_below(plot) {
            let (x, tone) = (self.at_x(mark.at), tone_class(mark.tone));
            let y = 24.0 + lane as f64 * LINE;
            items.push(Item::line(format!("mark {tone}"), (x, y + 2.0), (x, self.bottom)));
            items.push(Item::text(format!("label start {tone}"), from, y + 12.0, &mark.label));
            taken.push(Area { left: x - 2.0, right: x + 2.0, top: self.top, bottom: self.bottom });
        }
        let across = || plot.marks.iter().filter(|mark| mark.upright);
        for y in across().map(|mark| self.at_y(mark.at)) {
            taken.push(Area { left: self.left, right: self.right, top: y - 1.0, bottom: y + 1.0 });
        }
        for mark in across() {
            self.mark_across(&mut items, &mut taken, plot, mark);
        }
        for series in &plot.series {
            if let SeriesShape::Dots(dots) = &series.shape {
                self.dots(&mut items, &mut taken, series, dots);
            }
        }
        Drawing { width: self.size.width(), height: self.bottom + 40.0, items }
    }

    fn axes(&self, items: &mut Vec<Item>) {
        let most = if self.size == Size::Wide { 5 } else { 4 };
        for tick in self.y.ticks(most) {
            let y = self.at_y(tick.at);
            items.push(Item::line("grid", (self.left, y), (self.right, y)));
            items.push(Item::text("tick end", self.left - 6.0, y + 4.0, tick.label));
        }
        items.push(Item::line("axis", (self.left, self.bottom), (self.right, self.bottom)));
        for (tick, x, class) in self.ticks_below() {
            items.push(Item::text(class, x, self.bottom + 16.0, tick.label));
            if !matches!(self.x.unit, Unit::Names(_)) {
                let at = self.at_x(tick.at);
                items.push(Item::line("axis", (at, self.bottom), (at, self.bottom + 4.0)));
            }
        }
        items.push(Item::text("name start", 0.0, 12.0, &self.y.title));
        items.push(Item::text("name end", self.right, self.bottom + 34.0, &self.x.title));
    }

    /// As many ticks as stand beside each other, where each is written, and how.
    fn ticks_below(&self) -> Vec<(Tick, f64, &'static str)> {
        let place = |tick: Tick| {
            let (at, half) = (self.at_x(tick.at), width_of(&tick.label) / 2.0);
            let (from, x, class) = if at - half < 0.0 {
                (0.0, 0.0, "tick start")
            } else if at + half > self.size.width() {
                (self.size.width() - 2.0 * half, self.size.width(), "tick end")
            } else {
                (at - half, at, "tick middle")
            };
            ((from, from + 2.0 * half), (tick, x, class))
        };
        let most = if self.size == Size::Wide { 12 } else { 6 };
        for most in (1..=most).rev() {
            let (spans, ticks): (Vec<_>, Vec<_>) =
                self.x.ticks(most).into_iter().map(place).unzip();
            if most == 1 || lanes(&spans, 12.0).iter().all(|lane| *lane == 0) {
                return ticks;
            }
        }
        Vec::new()
    }

    fn series(&self, items: &mut Vec<Item>, series: &Series) {
        let class = format!("{} s{}", shape_class(&series.shape), series.color.number());
        let point = |(x, y): (f64, f64)| format!("{} {}", n(self.at_x(x)), n(self.at_y(y)));
        let joined = |points: &[(f64, f64)]| {
            let points: Vec<String> = thinned(points).map(|p| point(*p)).collect();
            points.join("L")
        };
        match &series.shape {
            SeriesShape::Line(points) => {
                items.push(Item::Path { class, d: format!("M{}", joined(points)) });
            }
            SeriesShape::Steps(points) => {
                let mut d = String::new();
                for (x, y) in points {
                    if d.is_empty() {
                        d = format!("M{}", point((*x, *y)));
                    } else {
                        d.push_str(&format!("H{}V{}", n(self.at_x(*x)), n(self.at_y(*y))));
                    }
                }
                items.push(Item::Path { class, d });
            }
            SeriesShape::Area(points) => {
                let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
                let foot = |x: f64| format!("{} {}", n(self.at_x(x)), n(self.bottom));
                let d = format!("M{}L{}L{}Z", foot(first.0), joined(points), foot(last.0));
                items.push(Item::Path { class, d });
            }
            SeriesShape::Band(points) => {
                let heads: Vec<_> = points.iter().map(|(x, _, high)| (*x, *high)).collect();
                let feet: Vec<_> = points.iter().rev().map(|(x, low, _)| (*x, *low)).collect();
                items.push(Item::Path {
                    class: format!("band s{}", series.color.number()),
                    d: format!("M{}L{}Z", joined(&heads), joined(&feet)),
                });
            }
            SeriesShape::Pillars(columns) => {
                items.extend(columns.iter().filter_map(|column| self.column(&class, column)));
            }
            SeriesShape::Dots(_) => {}
        }
    }

    fn column(&self, class: &str, column: &Pillar) -> Option<Item> {
        if column.high <= column.low {
            return None;
        }
        let (from, to) = (self.at_x(column.from), self.at_x(column.to));
        let gap = match self.x.unit {
            Unit::Names(_) => ((to - from) * 0.25).max(to - from - WIDEST),
            _ => ((to - from) * 0.15).min(3.0),
        };
        let (head, foot) = (self.at_y(column.high), self.at_y(column.low));
        // What is there is seen, however little.
        let height = (foot - head).max(1.0);
        let (at, size) = ((from + gap / 2.0, foot - height), (to - from - gap, height));
        Some(Item::rect(class, at, size, &column.says))
    }

    /// A line across the plot; its label stands where nothing else does, away from the lines if there
    /// is such a place.
    fn mark_across(&self, items: &mut Vec<Item>, taken: &mut Vec<Area>, plot: &Plot, mark: &Mark) {
        let (y, tone) = (self.at_y(mark.at), tone_class(mark.tone));
        items.push(Item::line(format!("mark {tone}"), (self.left, y), (self.right, y)));
        let width = width_of(&mark.label);
        let (start, end) = (self.left + 6.0, self.right - 2.0 - width);
        let mut places = [(end, y - 5.0), (end, y + 14.0), (start, y - 5.0), (start, y + 14.0)];
        places.sort_by_key(|place| self.is_crossed(plot, &Area::of_text(*place, width)));
        if let Some((x, y)) = self.free(taken, &places, width) {
            items.push(Item::text(format!("label start {tone}"), x, y, &mark.label));
        }
    }

    /// Whether a line of the plot goes through it.
    fn is_crossed(&self, plot: &Plot, area: &Area) -> bool {
        plot.series.iter().any(|series| {
            let SeriesShape::Line(points) = &series.shape else { return false };
            points.windows(2).any(|ends| {
                let [(x0, y0), (x1, y1)] =
                    [0, 1].map(|i| (self.at_x(ends[i].0), self.at_y(ends[i].1)));
                // Where the line is when it enters the area and when it leaves it.
                let at = |x: f64| y0 + (y1 - y0) * ((x - x0) / (x1 - x0)).clamp(0.0, 1.0);
                let (enters, leaves) = (at(area.left), at(area.right));
                x0 < area.right
                    && area.left < x1
                    && enters.min(leaves) < area.bottom
                    && area.top < enters.max(leaves)
            })
        })
    }

    fn dots(&self, items: &mut Vec<Item>, taken: &mut Vec<Area>, series: &Series, dots: &[Dot]) {
        for dot in dots {
            let (x, y) = (self.at_x(dot.x), self.at_y(dot.y));
            taken.push(Area { left: x - 5.0, right: x + 5.0, top: y - 5.0, bottom: y + 5.0 });
        }
        for dot in dots {
            let (x, y) = (self.at_x(dot.x), self.at_y(dot.y));
            let class = format!("dot s{}", series.color.number());
            items.push(Item::Circle { class, x: n(x), y: n(y), says: dot.label.clone() });
            let width = width_of(&dot.label);
            let places = [
                (x + 8.0, y + 4.0),
                (x - 8.0 - width, y + 4.0),
                (x + 8.0, y - 8.0),
                (x - 8.0 - width, y - 8.0),
                (x + 8.0, y + 18.0),
                (x - 8.0 - width, y + 18.0),
            ];
            if let Some((x, y)) = self.free(taken, &places, width) {
                items.push(Item::text("label start", x, y, &dot.label));
            }
        }
    }

    /// The first of these places where a text of this width covers nothing that is taken.
    fn free(&self, taken: &mut Vec<Area>, places: &[(f64, f64)], width: f64) -> Option<(f64, f64)> {
        let found = places.iter().copied().find(|place| {
            let own = Area::of_text(*place, width);
            own.left >= self.left
                && own.right <= self.size.width()
                && own.top >= self.top - 4.0
                && own.bottom <= self.bottom
                && taken.iter().all(|other| !own.overlaps(other))
        })?;
        taken.push(Area::of_text(found, width));
        Some(found)
    }
}

/// What a text covers.
struct Area {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Area {
    /// What a text of this width covers that begins there, on that line.
    fn of_text((x, y): (f64, f64), width: f64) -> Self {
        Self { left: x, right: x + width, top: y - 11.0, bottom: y + 3.0 }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// Every so many points, and the last one.
fn thinned<T>(points: &[T]) -> impl Iterator<Item = &T> {
    let every = points.len().div_ceil(POINTS).max(1);
    let last = points.len().checked_sub(1).filter(|last| last % every != 0);
    points.iter().step_by(every).chain(last.map(|last| &points[last]))
}
