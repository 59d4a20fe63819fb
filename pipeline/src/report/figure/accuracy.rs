//! The deciding measure of every setup with its interval.

use super::style::{self, INK, WIDTH};
use super::{FigureError, axis};
use crate::report::escape::plain;
use crate::report::measured::SetupMeasured;
use crate::report::number;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// Pixels a setup takes.
const ROW: i32 = 34;
/// Pixels left of the axis, for names.
const LEFT: i32 = 250;
const TOP: i32 = 52;
const BOTTOM: i32 = 64;

/// One line a setup, best first: mark, interval, number.
///
/// # Errors
/// When the drawing library fails.
pub fn accuracy(
    setups: &[&SetupMeasured],
    unit: &str,
    confidence: f64,
    n: usize,
) -> Result<String, FigureError> {
    let failed = FigureError::of("accuracy");
    let mut setups = setups.to_vec();
    setups.sort_by(|a, b| b.value.total_cmp(&a.value));
    let height = TOP + BOTTOM + ROW * setups.len() as i32;
    let right = WIDTH as i32 - 80;
    let x = |share: f64| LEFT + ((right - LEFT) as f64 * share).round() as i32;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height as u32)).into_drawing_area();
        let confidence = number::plain(confidence * 100.0);
        let title = format!("Share {unit}, with {confidence} % intervals (n = {n} questions)");
        style::card(&area, &title).map_err(&failed)?;
        axis::columns(&area, axis::fifths(x), TOP, height - BOTTOM).map_err(&failed)?;
        for (row, setup) in setups.iter().enumerate() {
            let y = TOP + ROW * row as i32 + ROW / 2;
            area.draw_text(
                &shortened(&setup.name),
                &style::text(13, HPos::Right, VPos::Center),
                (LEFT - 14, y),
            )
            .map_err(&failed)?;
            let (low, high) = (x(setup.interval.low), x(setup.interval.high));
            let line = INK.stroke_width(2);
            area.draw(&PathElement::new(vec![(low, y), (high, y)], line)).map_err(&failed)?;
            for end in [low, high] {
                area.draw(&PathElement::new(vec![(end, y - 5), (end, y + 5)], line))
                    .map_err(&failed)?;
            }
            style::mark(&area, setup.strategy, (x(setup.value), y), 6).map_err(&failed)?;
            area.draw_text(
                &number::percent(setup.value),
                &style::text(13, HPos::Left, VPos::Center),
                (high + 10, y),
            )
            .map_err(&failed)?;
        }
        let used = style::strategies(setups.iter().map(|setup| setup.strategy));
        style::legend(&area, &used, LEFT, height - 20).map_err(&failed)?;
        area.present().map_err(&failed)?;
    }
    Ok(svg)
}

/// A name that fits beside the axis.
pub(super) fn shortened(name: &str) -> String {
    const LETTERS: usize = 32;
    let name = plain(name);
    if name.chars().count() <= LETTERS {
        return name;
    }
    name.chars().take(LETTERS - 1).chain(['…']).collect()
}
