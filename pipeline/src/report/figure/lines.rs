//! Shares as lines over sizes: a chart.
//!
//! Enters: lines with their points. Leaves: SVG text. Does not: know what a size is the size of.

use super::axis::{self, LogScale, ShareScale};
use super::key::{self, NAME};
use super::stroke::{self, LineStyle};
use super::style::{self, Drawn, GRID, Paper, WIDTH};
use super::{FigureError, Panel};
use crate::statistics::Interval;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

pub(super) const LEFT: i32 = 70;
pub(super) const TOP: i32 = 52;
/// Pixels below a chart: labels, the axis' title, a note.
const BOTTOM: i32 = 74;
/// Pixels of a chart's own height.
const CHART: i32 = 340;
/// Part of a chart's width by which lines step aside, so that whiskers at the same size do not hide one
/// another.
const ASIDE: i32 = 130;

/// A line and its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Stands at its right end.
    pub name: String,
    /// Of all its setups.
    pub strategy: &'static str,
    /// By size.
    pub points: Vec<Point>,
}

/// One setup.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Above 0.
    pub size: f64,
    /// The deciding measure.
    pub share: f64,
    /// Of the share; drawn as a whisker.
    pub interval: Interval,
    /// Whether the line goes through it.
    pub joined: bool,
    /// Whether it is drawn as an outline.
    pub hollow: bool,
}

/// What a figure of lines shows.
#[derive(Debug, Clone, Copy)]
pub struct Chart<'a> {
    /// For errors.
    pub figure: &'static str,
    /// Above it.
    pub title: &'a str,
    /// Below the axis of sizes.
    pub axis: &'a str,
    /// How a size is written.
    pub label: fn(f64) -> String,
    /// Below everything; may be empty.
    pub note: &'a str,
    /// All lines, at least one point among them; panels take their scales from these.
    pub lines: &'a [Line],
}

/// Columns, rows and labels of a chart or panel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) across: LogScale,
    pub(super) upward: ShareScale,
    pub(super) label: fn(f64) -> String,
}

/// One chart with the lines' names at their right ends.
///
/// # Errors
/// When the drawing library fails.
pub fn lines(chart: &Chart<'_>) -> Result<String, FigureError> {
    let height = CHART.max(NAME * chart.lines.len() as i32);
    let names = chart.lines.iter().map(key::width).max().unwrap_or_default();
    let frame = Frame::of(chart, (LEFT, WIDTH as i32 - names - 10), (TOP, TOP + height), &[]);
    let styles = styles(chart.lines);
    drawn(chart, TOP + height + BOTTOM, |area| {
        frame.draw(area, chart.lines, &styles)?;
        frame.names(area, chart.lines, &styles)?;
        frame.titled(area, chart)
    })
}

/// A figure of `height` pixels with its card, on which `draw` draws.
pub(super) fn drawn(
    chart: &Chart<'_>,
    height: i32,
    draw: impl FnOnce(&Paper<SVGBackend<'_>>) -> Drawn<SVGBackend<'static>>,
) -> Result<String, FigureError> {
    let failed = FigureError::of(chart.figure);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height as u32)).into_drawing_area();
        style::card(&area, chart.title).map_err(&failed)?;
        draw(&area).map_err(&failed)?;
        area.present().map_err(&failed)?;
    }
    Ok(svg)
}

pub(super) fn styles(lines: &[Line]) -> Vec<LineStyle> {
    stroke::of_lines(&lines.iter().map(|line| line.strategy).collect::<Vec<_>>())
}

impl Frame {
    /// Scales that hold every point of the chart and of `panels`.
    pub(super) fn of(
        chart: &Chart<'_>,
        (left, right): (i32, i32),
        (head, foot): (i32, i32),
        panels: &[Panel],
    ) -> Self {
        let lines = || chart.lines.iter().chain(panels.iter().flat_map(|panel| &panel.lines));
        let points = || lines().flat_map(|line| &line.points);
        let least = points().map(|point| point.size).fold(f64::INFINITY, f64::min);
        let most = points().map(|point| point.size).fold(0.0, f64::max);
        Self {
            across: LogScale::around(least, most, left, right),
            upward: ShareScale::up_to(points().map(|point| point.interval.high), head, foot),
            label: chart.label,
        }
    }

    /// The grid and the lines.
    pub(super) fn draw<DB: DrawingBackend>(
        &self,
        area: &Paper<DB>,
        lines: &[Line],
        styles: &[LineStyle],
    ) -> Drawn<DB> {
        let (across, upward) = (self.across, self.upward);
        upward.rows(area, across.left, across.right)?;
        let ticks = across.round_ticks();
        let ticks = ticks.into_iter().map(|tick| (across.x(tick), (self.label)(tick)));
        axis::columns(area, ticks, upward.head, upward.foot)?;
        for (index, (line, style)) in lines.iter().zip(styles).enumerate() {
            let x = |size: f64| across.x(size) + self.aside(index, lines.len());
            for point in &line.points {
                let (x, low, high) =
                    (x(point.size), upward.y(point.interval.low), upward.y(point.interval.high));
                area.draw(&PathElement::new(vec![(x, low), (x, high)], style.colour))?;
                for y in [low, high] {
                    area.draw(&PathElement::new(vec![(x - 2, y), (x + 2, y)], style.colour))?;
                }
            }
            let through: Vec<(i32, i32)> = line
                .points
                .iter()
                .filter(|point| point.joined)
                .map(|point| (x(point.size), upward.y(point.share)))
                .collect();
            style.draw(area, &through)?;
            for point in &line.points {
                let at = (x(point.size), upward.y(point.share));
                if point.hollow {
                    style::hollow(area, style.mark(), at, 5)?;
                } else {
                    style::filled(area, style.mark(), at, 5)?;
                }
            }
        }
        Ok(())
    }

    /// Pixels that the line `index` of `all` stands aside of its sizes.
    fn aside(&self, index: usize, all: usize) -> i32 {
        let step = (self.across.right - self.across.left) / ASIDE;
        step * (2 * index as i32 + 1 - all as i32) / 2
    }

    /// Each line's name on the right, as high as its last point where there is room.
    fn names<DB: DrawingBackend>(
        &self,
        area: &Paper<DB>,
        lines: &[Line],
        styles: &[LineStyle],
    ) -> Drawn<DB> {
        /// A line that ends further left is found by its mark: a pointer would cross others.
        const NEAR: i32 = 90;
        let ends: Vec<(i32, i32)> = lines
            .iter()
            .enumerate()
            .map(|(index, line)| {
                let end = line.points.iter().rfind(|point| point.joined).or(line.points.last());
                end.map_or((0, self.upward.foot), |point| {
                    let x = self.across.x(point.size) + self.aside(index, lines.len());
                    (x, self.upward.y(point.share))
                })
            })
            .collect();
        let wanted: Vec<i32> = ends.iter().map(|(_, y)| *y).collect();
        let rows = key::apart(&wanted, self.upward.head, self.upward.foot);
        let right = self.across.right;
        for (((line, style), end), row) in lines.iter().zip(styles).zip(&ends).zip(rows) {
            if right - end.0 < NEAR {
                let pointer = vec![(end.0 + 8, end.1), (right + 2, end.1), (right + 12, row)];
                area.draw(&PathElement::new(pointer, GRID))?;
            }
            key::key(area, line, *style, (right + 16, row))?;
        }
        Ok(())
    }

    /// What the sizes are, and the note.
    fn titled<DB: DrawingBackend>(&self, area: &Paper<DB>, chart: &Chart<'_>) -> Drawn<DB> {
        let foot = self.upward.foot;
        area.draw_text(
            chart.axis,
            &style::text(13, HPos::Center, VPos::Top),
            ((self.across.left + self.across.right) / 2, foot + 26),
        )?;
        if chart.note.is_empty() {
            return Ok(());
        }
        let note = style::text(12, HPos::Left, VPos::Top);
        area.draw_text(chart.note, &note, (self.across.left, foot + 50))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn lines_stand_aside_evenly() {
        let frame = Frame::of(&chart(&[line("one", &[0.5])]), (0, 4 * ASIDE), (0, 9), &[]);
        assert_eq!([0, 1, 2].map(|index| frame.aside(index, 3)), [-4, 0, 4]);
        assert_eq!(frame.aside(0, 1), 0);
    }

    pub(in crate::report::figure) fn line(name: &str, shares: &[f64]) -> Line {
        let points = shares.iter().zip([1.0, 10.0, 100.0]).map(|(share, size)| Point {
            size,
            share: *share,
            interval: Interval { low: share - 0.1, high: share + 0.1 },
            joined: true,
            hollow: size > 50.0,
        });
        Line { name: name.into(), strategy: "oracle", points: points.collect() }
    }

    pub(in crate::report::figure) fn chart(lines: &[Line]) -> Chart<'_> {
        let label = |size: f64| format!("{size} MB");
        Chart { figure: "f", title: "T", axis: "sizes", label, note: "a note", lines }
    }

    #[test]
    fn a_chart_shows_every_name_size_and_mark() {
        let both = [line("one", &[0.2, 0.3, 0.6]), line("two", &[0.5, 0.4])];
        let svg = lines(&chart(&both)).unwrap();
        for text in ["one", "two", "1 MB", "10 MB", "100 MB", "60 %", "sizes", "a note", "T"] {
            assert!(svg.contains(&format!("\n{text}\n")), "{text} in {svg}");
        }
        assert!(!svg.contains("80 %"), "the axis ends above the highest whisker");
        // Diamonds of the first line: three points, the last hollow, and one in the key.
        let fill = |colour| format!("<polygon opacity=\"1\" fill=\"{colour}\"");
        assert_eq!(svg.matches(&fill("#787880")).count(), 3);
        assert_eq!(svg.matches(&fill("#FDFDFA")).count(), 1);
    }
}
