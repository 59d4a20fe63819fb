//! Scales, and the grids that belong to them.
//!
//! Enters: values. Leaves: pixels, lines of a grid with their labels. Does not: draw what is measured.

use super::style::{self, Drawn, GRID, Paper};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// Values above 0 from left to right: equal ratios take equal room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogScale {
    /// Logarithms to the base of ten.
    low: f64,
    high: f64,
    /// Pixels.
    pub left: i32,
    pub right: i32,
}

impl LogScale {
    /// Wide enough for everything from `least` to `most`, with a margin.
    pub fn around(least: f64, most: f64, left: i32, right: i32) -> Self {
        let low = (least * 0.8).log10();
        Self { low, high: (most * 1.25).log10().max(low + 0.3), left, right }
    }

    /// The column of a value.
    pub fn x(self, value: f64) -> i32 {
        let part = (value.log10() - self.low) / (self.high - self.low);
        self.left + (part * f64::from(self.right - self.left)) as i32
    }

    /// The same values between other columns.
    pub fn between(self, left: i32, right: i32) -> Self {
        Self { left, right, ..self }
    }

    /// `digits` of every decade that lie on the scale.
    pub fn ticks(self, digits: &[f64]) -> Vec<f64> {
        let mut ticks = Vec::new();
        for decade in self.low.floor() as i32..=self.high.ceil() as i32 {
            for digit in digits {
                let tick = digit * 10_f64.powi(decade);
                if (self.low..=self.high).contains(&tick.log10()) {
                    ticks.push(tick);
                }
            }
        }
        ticks
    }

    /// The roundest ticks of which at least three lie on the scale.
    pub fn round_ticks(self) -> Vec<f64> {
        // Of the last, every stretch from a value to its double holds three.
        let choices: [&[f64]; 3] =
            [&[1.0, 3.0], &[1.0, 2.0, 5.0], &[1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0]];
        choices
            .into_iter()
            .map(|digits| self.ticks(digits))
            .find(|ticks| ticks.len() >= 3)
            .unwrap_or_default()
    }
}

/// Shares upwards from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareScale {
    top: f64,
    /// Rows in pixels.
    pub head: i32,
    pub foot: i32,
}

impl ShareScale {
    /// High enough for all of `shares`, and for a fifth.
    pub fn up_to(shares: impl Iterator<Item = f64>, head: i32, foot: i32) -> Self {
        Self { top: shares.fold(0.2, f64::max).min(1.0), head, foot }
    }

    /// The row of a share.
    pub fn y(self, share: f64) -> i32 {
        self.foot - (share / self.top * f64::from(self.foot - self.head)) as i32
    }

    /// The same shares between other rows.
    pub fn between(self, head: i32, foot: i32) -> Self {
        Self { head, foot, ..self }
    }

    /// A line every tenth or fifth of the whole, with its label on the left.
    pub fn rows<DB: DrawingBackend>(self, area: &Paper<DB>, left: i32, right: i32) -> Drawn<DB> {
        for tenth in 0..=10 {
            let share = f64::from(tenth) / 10.0;
            if share > self.top + 1e-9 || (self.top > 0.5 && tenth % 2 == 1) {
                continue;
            }
            let y = self.y(share);
            area.draw(&PathElement::new(vec![(left, y), (right, y)], GRID))?;
            area.draw_text(
                &format!("{} %", tenth * 10),
                &style::text(12, HPos::Right, VPos::Center),
                (left - 8, y),
            )?;
        }
        Ok(())
    }
}

/// Vertical lines from `head` to `foot`, each with its label below.
pub fn columns<DB: DrawingBackend>(
    area: &Paper<DB>,
    ticks: impl Iterator<Item = (i32, String)>,
    head: i32,
    foot: i32,
) -> Drawn<DB> {
    for (x, label) in ticks {
        area.draw(&PathElement::new(vec![(x, head), (x, foot)], GRID))?;
        area.draw_text(&label, &style::text(12, HPos::Center, VPos::Top), (x, foot + 6))?;
    }
    Ok(())
}

/// The fifths of the whole along `x`, as [`columns`] takes them.
pub fn fifths(x: impl Fn(f64) -> i32) -> impl Iterator<Item = (i32, String)> {
    (0..=10).step_by(2).map(move |tenth| (x(f64::from(tenth) / 10.0), format!("{} %", tenth * 10)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From 1 to 8: logarithms -0.097 to 1.
    fn scale() -> LogScale {
        LogScale::around(1.0, 8.0, 100, 200)
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(scale().ticks(&[1.0, 2.0, 5.0]), [1.0, 2.0, 5.0, 10.0]);
        // 1, 3 and 10 are enough; on 10 to 20 (8 to 25) only 10 and 20 begin with 1, 2 or 5.
        assert_eq!(scale().round_ticks(), [1.0, 3.0, 10.0]);
        let narrow = LogScale::around(10.0, 20.0, 0, 100);
        assert_eq!(narrow.round_ticks(), [8.0, 10.0, 12.0, 15.0, 20.0, 25.0]);
    }

    proptest! {
        #[test]
        fn there_are_always_some_ticks(least in 1.0..1e9f64, ratio in 1.0..1e4f64) {
            let ticks = LogScale::around(least, least * ratio, 0, 100).round_ticks();
            prop_assert!((3..=12).contains(&ticks.len()), "{:?}", ticks);
        }
    }

    #[test]
    fn equal_ratios_take_equal_room() {
        let scale = LogScale::around(1.0, 100.0, 0, 2000);
        let steps = [scale.x(10.0) - scale.x(1.0), scale.x(100.0) - scale.x(10.0)];
        assert!((steps[0] - steps[1]).abs() <= 1, "{steps:?}");
        assert_eq!(scale.between(100, 200).x(0.8), 100);
        assert_eq!(scale.between(100, 200).x(125.0), 200);
    }

    #[test]
    fn shares_stand_on_the_foot() {
        let scale = ShareScale::up_to([0.1, 0.5].into_iter(), 50, 250);
        assert_eq!((scale.y(0.0), scale.y(0.25), scale.y(0.5)), (250, 150, 50));
        // A figure of small shares is not stretched beyond a fifth.
        assert_eq!(ShareScale::up_to([0.01].into_iter(), 0, 100).y(0.2), 0);
    }
}
