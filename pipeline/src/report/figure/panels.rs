//! Shares as lines over sizes for parts of the questions: small charts side by side, with the same
//! lines and axes in all.

use super::FigureError;
use super::accuracy::shortened;
use super::key::{self, NAME};
use super::lines::{self, Chart, Frame, LEFT, Line, TOP};
use super::style::{self, WIDTH};
use plotters::style::text_anchor::{HPos, VPos};

/// Panels in a row, and pixels of a panel's height.
const ABREAST: usize = 3;
const PANEL: i32 = 190;

/// A part of the questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Above it.
    pub title: String,
    /// As many as the chart's, in the same order.
    pub lines: Vec<Line>,
}

/// A panel a part of the questions, with the same lines and axes in all; names at the foot.
///
/// # Errors
/// When the drawing library fails.
pub fn panels(chart: &Chart<'_>, panels: &[Panel]) -> Result<String, FigureError> {
    let styles = lines::styles(chart.lines);
    let rows = panels.len().div_ceil(ABREAST) as i32;
    let wide = (WIDTH as i32 - 20) / ABREAST as i32;
    let tall = PANEL + 62;
    let keys = key::keys(chart.lines);
    let foot = TOP + rows * tall;
    let key_rows = keys.last().map_or(0, |(_, y)| y / NAME + 1);
    let whole = Frame::of(chart, (0, wide), (0, PANEL), panels);
    lines::drawn(chart, foot + key_rows * NAME + 40, |area| {
        for (index, panel) in panels.iter().enumerate() {
            let left = 10 + wide * (index % ABREAST) as i32 + 50;
            let head = TOP + tall * (index / ABREAST) as i32 + 18;
            let frame = Frame {
                across: whole.across.between(left, left + wide - 66),
                upward: whole.upward.between(head, head + PANEL),
                ..whole
            };
            area.draw_text(
                &shortened(&panel.title),
                &style::text(13, HPos::Left, VPos::Center),
                (left, head - 12),
            )?;
            frame.draw(area, &panel.lines, &styles)?;
        }
        for ((line, style), (x, y)) in chart.lines.iter().zip(&styles).zip(&keys) {
            key::key(area, line, *style, (LEFT - 10 + x, foot + y))?;
        }
        let below = foot + key_rows * NAME + 6;
        let words = [chart.axis, chart.note].join(if chart.note.is_empty() { "" } else { "; " });
        area.draw_text(&words, &style::text(12, HPos::Left, VPos::Top), (LEFT - 10, below))
    })
}

#[cfg(test)]
mod tests {
    use super::super::lines::tests::{chart, line};
    use super::*;

    #[test]
    fn panels_share_their_axes() {
        let all = [line("one", &[0.2, 0.3, 0.6])];
        let panel = |title: &str, shares: &[f64]| Panel {
            title: title.into(),
            lines: vec![line("one", shares)],
        };
        let four = ["a", "b", "c", "d"]
            .map(|title| panel(title, &[0.1, if title == "d" { 0.85 } else { 0.1 }]));
        let svg = panels(&chart(&all), &four).unwrap();
        // The whisker of `d` ends at 95 %: all four reach to 80 %, and to 100 MB though none has it.
        assert_eq!(svg.matches("\n80 %\n").count(), 4);
        assert_eq!(svg.matches("\n100 MB\n").count(), 4);
        assert_eq!(svg.matches("\none\n").count(), 1);
        assert!(svg.contains("sizes; a note"));
    }
}
