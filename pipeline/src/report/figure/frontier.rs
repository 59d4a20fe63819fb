//! The deciding measure against seconds a question, with the frontier.

use super::FigureError;
use super::accuracy::shortened;
use super::axis::{self, LogScale, ShareScale};
use super::style::{self, INK, WIDTH};
use crate::report::measured::SetupMeasured;
use crate::report::number;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

const HEIGHT: i32 = 470;
const LEFT: i32 = 70;
const RIGHT: i32 = 210;
const TOP: i32 = 52;
const BOTTOM: i32 = 84;
/// Of the line from a name to its mark: darker than the grid, lighter than what is measured.
const POINTER: RGBColor = RGBColor(150, 150, 150);
/// Pixels between two labels.
const LABEL: i32 = 16;
/// Pixels that a letter is wide, at the most on average.
const LETTER: i32 = 7;
/// Pixels from a mark's middle to its edge.
const MARK: i32 = 6;

/// One mark a setup that has been timed; the line joins those that no other one beats in both.
///
/// # Errors
/// When the drawing library fails.
pub fn frontier(
    setups: &[&SetupMeasured],
    on_frontier: &[&str],
    unit: &str,
) -> Result<Option<String>, FigureError> {
    let failed = FigureError::of("frontier");
    let timed: Vec<(&SetupMeasured, f64)> = setups
        .iter()
        .filter_map(|setup| setup.p50_seconds.filter(|s| *s > 0.0).map(|s| (*setup, s)))
        .collect();
    let Some(fastest) = timed.iter().map(|(_, s)| *s).min_by(f64::total_cmp) else {
        return Ok(None);
    };
    let slowest = timed.iter().map(|(_, s)| *s).fold(fastest, f64::max);
    // Seconds of setups differ by factors, not by amounts.
    let across = LogScale::around(fastest, slowest, LEFT, WIDTH as i32 - RIGHT);
    let foot = HEIGHT - BOTTOM;
    let highest = timed.iter().map(|(setup, _)| setup.interval.high);
    let upward = ShareScale::up_to(highest, TOP, foot);
    let at = |setup: &SetupMeasured, s: f64| (across.x(s), upward.y(setup.value));
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT as u32)).into_drawing_area();
        style::card(
            &area,
            &format!("Share {unit} against median seconds a question (left and up is better)"),
        )
        .map_err(&failed)?;
        upward.rows(&area, across.left, across.right).map_err(&failed)?;
        let ticks = across.ticks(&[1.0, 2.0, 5.0]);
        let ticks = ticks.into_iter().map(|tick| (across.x(tick), number::seconds(tick)));
        axis::columns(&area, ticks, TOP, foot).map_err(&failed)?;
        let mut line: Vec<(i32, i32)> = timed
            .iter()
            .filter(|(setup, _)| on_frontier.contains(&setup.name.as_str()))
            .map(|(setup, s)| at(setup, *s))
            .collect();
        line.sort_unstable();
        area.draw(&PathElement::new(line.clone(), INK.stroke_width(1))).map_err(&failed)?;
        let mut labels: Vec<Label> = Vec::new();
        for (setup, s) in &timed {
            let at = at(setup, *s);
            labels.push(Label { at, row: at.1, text: shortened(&setup.name) });
        }
        for label in spread(labels, &line, TOP, foot - LABEL / 2) {
            let left = label.left();
            let Label { at, row, text } = label;
            // A name that stands aside points to its mark.
            if row != at.1 {
                let pointer = vec![at, (at.0 + 14, row), (at.0 + 18, row)];
                area.draw(&PathElement::new(pointer, POINTER)).map_err(&failed)?;
            }
            area.draw_text(&text, &style::text(12, HPos::Left, VPos::Center), (left, row))
                .map_err(&failed)?;
        }
        for (setup, s) in &timed {
            style::mark(&area, setup.strategy, at(setup, *s), MARK).map_err(&failed)?;
        }
        let used = style::strategies(timed.iter().map(|(setup, _)| setup.strategy));
        style::legend(&area, &used, LEFT, HEIGHT - 40).map_err(&failed)?;
        area.draw_text(
            "line: no other setup is as good and as fast, and better in one of the two",
            &style::text(12, HPos::Left, VPos::Center),
            (LEFT, HEIGHT - 18),
        )
        .map_err(&failed)?;
        area.present().map_err(&failed)?;
    }
    Ok(Some(svg))
}

/// A setup's name beside its mark.
#[derive(Debug, Clone)]
struct Label {
    /// The mark.
    at: (i32, i32),
    /// Where the name stands.
    row: i32,
    text: String,
}

impl Label {
    fn left(&self) -> i32 {
        if self.row == self.at.1 { self.at.0 + 12 } else { self.at.0 + 20 }
    }

    fn right(&self) -> i32 {
        self.left() + self.text.chars().count() as i32 * LETTER
    }

    fn meets(&self, other: &Self) -> bool {
        self.left() < other.right()
            && other.left() < self.right()
            && (self.row - other.row).abs() < LABEL
    }

    fn covers(&self, mark: (i32, i32)) -> bool {
        (self.left() - MARK..self.right() + MARK).contains(&mark.0)
            && (self.row - mark.1).abs() < MARK + LABEL / 2
    }

    /// Whether a line from `a` to `b`, which is not left of it, runs through the label.
    fn is_struck(&self, a: (i32, i32), b: (i32, i32)) -> bool {
        let (left, right) = (self.left().max(a.0), self.right().min(b.0));
        if left > right {
            return false;
        }
        let height = |x: i32| a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0);
        // One that goes straight up has all its heights at once.
        let (one, other) = if a.0 == b.0 { (a.1, b.1) } else { (height(left), height(right)) };
        one.min(other) < self.row + LABEL / 2 && one.max(other) > self.row - LABEL / 2
    }
}

/// Moves labels, from the top down, to the rows nearest to their marks where they stand on no other one,
/// no mark and not on the `line`, which goes right. One for which there is no such row between `top` and
/// `foot` stays.
fn spread(mut labels: Vec<Label>, line: &[(i32, i32)], top: i32, foot: i32) -> Vec<Label> {
    labels.sort_by(|a, b| (a.row, a.at.0, &a.text).cmp(&(b.row, b.at.0, &b.text)));
    let marks: Vec<(i32, i32)> = labels.iter().map(|label| label.at).collect();
    for index in 0..labels.len() {
        let (placed, rest) = labels.split_at_mut(index);
        let label = &mut rest[0];
        let is_free = |row: i32| {
            let moved = Label { row, ..label.clone() };
            (top..=foot).contains(&row)
                && !placed.iter().any(|other| other.meets(&moved))
                && !marks.iter().any(|mark| moved.covers(*mark))
                && !line.windows(2).any(|ends| moved.is_struck(ends[0], ends[1]))
        };
        let mut rows = (0..=foot - top).step_by(2).flat_map(|by| [label.row + by, label.row - by]);
        if let Some(row) = rows.find(|row| is_free(*row)) {
            label.row = row;
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(x: i32, y: i32) -> Label {
        Label { at: (x, y), row: y, text: format!("{x},{y}") }
    }

    #[test]
    fn labels_stand_neither_on_one_another_nor_on_a_mark() {
        let crowd = [label(0, 90), label(5, 92), label(400, 91), label(9, 93), label(30, 90)];
        for (top, foot) in [(0, 300), (85, 300), (0, 100)] {
            let spread = spread(crowd.to_vec(), &[], top, foot);
            for (index, a) in spread.iter().enumerate() {
                assert!((top..=foot).contains(&a.row), "{a:?}");
                for b in &spread[index + 1..] {
                    assert!(!a.meets(b), "{a:?} {b:?}");
                }
                assert!(!crowd.iter().any(|other| a.covers(other.at)), "{a:?}");
            }
        }
    }

    #[test]
    fn a_label_alone_stands_beside_its_mark_and_one_without_a_place_stays() {
        assert_eq!(spread(vec![label(10, 50)], &[], 0, 100)[0].row, 50);
        let crowd: Vec<Label> = (0..9).map(|_| label(10, 50)).collect();
        let rows: Vec<i32> = spread(crowd, &[], 45, 60).iter().map(|label| label.row).collect();
        assert!(rows.iter().filter(|row| **row == 50).count() > 1, "{rows:?}");
    }

    #[test]
    fn a_label_leaves_the_line_through_its_mark() {
        for (end, struck) in
            [((90, 55), true), ((90, 50), true), ((14, 0), false), ((10, 0), false)]
        {
            let line = [(10, 50), end];
            assert_eq!(label(10, 50).is_struck(line[0], line[1]), struck, "{end:?}");
            let moved = &spread(vec![label(10, 50)], &line, 0, 100)[0];
            assert_eq!(moved.row != 50, struck, "{end:?}");
            assert!(!moved.is_struck(line[0], line[1]), "{end:?}");
        }
        // From another mark straight up through the label, or past it.
        assert!(label(10, 50).is_struck((30, 90), (30, 10)));
        assert!(!label(10, 50).is_struck((30, 90), (30, 60)));
    }
}
