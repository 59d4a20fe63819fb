//! The deciding measure by kind of question: a row a kind, a mark a setup.

use super::accuracy::shortened;
use super::style::{self, INK, WIDTH};
use super::{FigureError, axis};
use crate::report::kind::KindRow;
use crate::report::measured::SetupMeasured;
use crate::report::number;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

const LEFT: i32 = 190;
const TOP: i32 = 52;
const BOTTOM: i32 = 40;
/// Pixels a setup takes within a kind, and between kinds.
const LINE: i32 = 13;
const GAP: i32 = 16;

/// One block a kind, one bar with its interval a setup in the experiment's order.
///
/// # Errors
/// When the drawing library fails.
pub fn kinds(
    rows: &[KindRow],
    setups: &[SetupMeasured],
    unit: &str,
    confidence: f64,
) -> Result<String, FigureError> {
    let failed = FigureError::of("kinds");
    let block = LINE * setups.len() as i32 + GAP;
    let height = TOP + BOTTOM + block * rows.len() as i32;
    let right = WIDTH as i32 - 260;
    let x = |share: f64| LEFT + (f64::from(right - LEFT) * share).round() as i32;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height as u32)).into_drawing_area();
        let confidence = number::plain(confidence * 100.0);
        let title = format!("Share {unit} by kind of question, with {confidence} % intervals");
        style::card(&area, &title).map_err(&failed)?;
        axis::columns(&area, axis::fifths(x), TOP, height - BOTTOM).map_err(&failed)?;
        for (index, row) in rows.iter().enumerate() {
            let top = TOP + block * index as i32 + GAP / 2;
            area.draw_text(
                &format!("{} ({})", shortened(&row.kind), row.questions),
                &style::text(13, HPos::Right, VPos::Center),
                (LEFT - 14, top + (block - GAP) / 2),
            )
            .map_err(&failed)?;
            for (line, ((share, interval), setup)) in row.cells.iter().zip(setups).enumerate() {
                let y = top + LINE * line as i32 + LINE / 2;
                let (colour, _) = style::of_strategy(setup.strategy);
                area.draw(&PathElement::new(
                    vec![(x(0.0), y), (x(*share), y)],
                    colour.stroke_width(2),
                ))
                .map_err(&failed)?;
                let whisker = vec![(x(interval.low), y), (x(interval.high), y)];
                area.draw(&PathElement::new(whisker, INK)).map_err(&failed)?;
                style::mark(&area, setup.strategy, (x(*share), y), 4).map_err(&failed)?;
                // In every block: of one strategy there may be many, all with the same mark.
                style::mark(&area, setup.strategy, (right + 28, y), 4).map_err(&failed)?;
                area.draw_text(
                    &shortened(&setup.name),
                    &style::text(11, HPos::Left, VPos::Center),
                    (right + 40, y),
                )
                .map_err(&failed)?;
            }
            area.draw(&PathElement::new(vec![(x(0.0), top), (x(0.0), top + block - GAP)], INK))
                .map_err(&failed)?;
        }
        area.present().map_err(&failed)?;
    }
    Ok(svg)
}
