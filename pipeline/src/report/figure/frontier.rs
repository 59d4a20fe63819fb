//! The deciding measure against seconds a question, with the frontier.

use super::FigureError;
use super::accuracy::shortened;
use super::style::{self, CARD, GRID, INK, WIDTH};
use crate::report::measured::SetupMeasured;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

const HEIGHT: i32 = 470;
const LEFT: i32 = 70;
const RIGHT: i32 = 210;
const TOP: i32 = 52;
const BOTTOM: i32 = 84;
/// Pixels between two labels.
const LABEL: i32 = 16;

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
    // Whole decades, halved: seconds of setups differ by factors, not by amounts.
    let low = (fastest * 0.8).log10();
    let high = (slowest * 1.25).log10().max(low + 0.3);
    let (left, right) = (LEFT, WIDTH as i32 - RIGHT);
    let foot = HEIGHT - BOTTOM;
    let top_share = timed.iter().map(|(setup, _)| setup.interval.high).fold(0.2, f64::max).min(1.0);
    let x = |s: f64| left + ((s.log10() - low) / (high - low) * f64::from(right - left)) as i32;
    let y = |share: f64| foot - (share / top_share * f64::from(foot - TOP)) as i32;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT as u32)).into_drawing_area();
        area.fill(&CARD).map_err(&failed)?;
        area.draw_text(
            &format!("Share {unit} against median seconds a question (left and up is better)"),
            &style::text(16, HPos::Left, VPos::Center),
            (16, 24),
        )
        .map_err(&failed)?;
        for tenth in 0..=10 {
            let share = f64::from(tenth) / 10.0;
            if share > top_share + 1e-9 || (top_share > 0.5 && tenth % 2 == 1) {
                continue;
            }
            area.draw(&PathElement::new(vec![(left, y(share)), (right, y(share))], GRID))
                .map_err(&failed)?;
            area.draw_text(
                &format!("{} %", tenth * 10),
                &style::text(12, HPos::Right, VPos::Center),
                (left - 8, y(share)),
            )
            .map_err(&failed)?;
        }
        for tick in ticks(low, high) {
            area.draw(&PathElement::new(vec![(x(tick), TOP), (x(tick), foot)], GRID))
                .map_err(&failed)?;
            area.draw_text(
                &crate::report::number::seconds(tick),
                &style::text(12, HPos::Center, VPos::Top),
                (x(tick), foot + 6),
            )
            .map_err(&failed)?;
        }
        let mut line: Vec<(i32, i32)> = timed
            .iter()
            .filter(|(setup, _)| on_frontier.contains(&setup.name.as_str()))
            .map(|(setup, s)| (x(*s), y(setup.value)))
            .collect();
        line.sort_unstable();
        area.draw(&PathElement::new(line, INK.stroke_width(1))).map_err(&failed)?;
        let mut labels: Vec<(i32, i32, String)> = Vec::new();
        for (setup, s) in &timed {
            let at = (x(*s), y(setup.value));
            style::mark(&area, setup.strategy, at, 6).map_err(&failed)?;
            labels.push((at.0, at.1, shortened(&setup.name)));
        }
        for (px, py, label) in spread(labels) {
            area.draw_text(&label, &style::text(12, HPos::Left, VPos::Center), (px + 12, py))
                .map_err(&failed)?;
        }
        let used = style::strategies(timed.iter().map(|(setup, _)| setup.strategy));
        style::legend(&area, &used, left, HEIGHT - 40).map_err(&failed)?;
        area.draw_text(
            "line: no other setup is both better and faster",
            &style::text(12, HPos::Left, VPos::Center),
            (left, HEIGHT - 18),
        )
        .map_err(&failed)?;
        area.present().map_err(&failed)?;
    }
    Ok(Some(svg))
}

/// 1, 2 and 5 of every decade between two logarithms.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let mut ticks = Vec::new();
    for decade in low.floor() as i32..=high.ceil() as i32 {
        for digit in [1.0, 2.0, 5.0] {
            let tick = digit * 10_f64.powi(decade);
            if (low..=high).contains(&tick.log10()) {
                ticks.push(tick);
            }
        }
    }
    ticks
}

/// Moves labels apart where they would stand on one another.
fn spread(mut labels: Vec<(i32, i32, String)>) -> Vec<(i32, i32, String)> {
    labels.sort_by(|a, b| (a.1, a.0, &a.2).cmp(&(b.1, b.0, &b.2)));
    for index in 1..labels.len() {
        let (px, py) = (labels[index].0, labels[index].1);
        let lowest = labels[..index]
            .iter()
            .filter(|other| (other.0 - px).abs() < 180 && (other.1 - py).abs() < LABEL)
            .map(|other| other.1 + LABEL)
            .max();
        if let Some(lowest) = lowest {
            labels[index].1 = lowest;
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(ticks(-0.1, 1.05), [1.0, 2.0, 5.0, 10.0]);
    }

    #[test]
    fn labels_do_not_stand_on_one_another() {
        let label = |x, y| (x, y, format!("{x},{y}"));
        let spread = spread(vec![label(0, 10), label(5, 12), label(400, 11), label(9, 13)]);
        for (index, a) in spread.iter().enumerate() {
            for b in &spread[index + 1..] {
                assert!((a.0 - b.0).abs() >= 180 || (a.1 - b.1).abs() >= LABEL, "{a:?} {b:?}");
            }
        }
    }
}
