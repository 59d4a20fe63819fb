//! How the lines of one figure are told apart: colour, mark and dash.
//!
//! Enters: the lines' strategies. Leaves: a style a line, and broken lines. A reader who sees no
//! colours has marks and dashes; who sees neither has the names.

use super::style::{Drawn, Paper, Shape, of_strategy};
use plotters::prelude::*;

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineStyle {
    /// Of line and marks.
    pub colour: RGBColor,
    /// Of marks.
    pub shape: Shape,
    /// Pixels drawn and left out, by turns; empty for a whole line.
    pub dash: &'static [u32],
}

/// For the second line of a strategy and those after it. Colours: darker kin of Okabe and Ito's
/// vermilion, purple, black and orange, with a contrast of at least 3:1 on the card.
const FURTHER: [LineStyle; 4] = [
    LineStyle { colour: RGBColor(204, 85, 0), shape: Shape::Down, dash: &[16, 4] },
    LineStyle { colour: RGBColor(150, 50, 120), shape: Shape::Cross, dash: &[2, 4] },
    LineStyle { colour: RGBColor(20, 20, 24), shape: Shape::Hourglass, dash: &[6, 2] },
    LineStyle { colour: RGBColor(170, 120, 0), shape: Shape::Bar, dash: &[14, 3, 2, 3, 2, 3] },
];

/// Every strategy that has a style of its own.
const STRATEGIES: [&str; 4] = ["retrieval", "closed-book", "long-context", "oracle"];

/// A style for each of the lines with these strategies: the first of a strategy looks as that
/// strategy does in all figures, the others as none does, and then as those that have no line here.
pub fn of_lines(strategies: &[&str]) -> Vec<LineStyle> {
    let absent = STRATEGIES.into_iter().filter(|strategy| !strategies.contains(strategy));
    let mut further = FURTHER.into_iter().chain(absent.map(of_first)).cycle();
    strategies
        .iter()
        .enumerate()
        .filter_map(|(index, strategy)| {
            if strategies[..index].contains(strategy) {
                further.next()
            } else {
                Some(of_first(strategy))
            }
        })
        .collect()
}

fn of_first(strategy: &str) -> LineStyle {
    let (colour, shape) = of_strategy(strategy);
    let dash: &[u32] = match strategy {
        "retrieval" => &[],
        "closed-book" => &[9, 4],
        "long-context" => &[3, 3],
        _ => &[10, 3, 2, 3],
    };
    LineStyle { colour, shape, dash }
}

impl LineStyle {
    /// What a mark is drawn with.
    pub fn mark(self) -> (RGBColor, Shape) {
        (self.colour, self.shape)
    }

    /// A line through `points`.
    pub fn draw<DB: DrawingBackend>(self, area: &Paper<DB>, points: &[(i32, i32)]) -> Drawn<DB> {
        for stroke in strokes(points, self.dash) {
            area.draw(&PathElement::new(stroke, self.colour.stroke_width(2)))?;
        }
        Ok(())
    }
}

/// The pieces of a line that are drawn when it is broken by `dash`, which may turn a corner.
fn strokes(points: &[(i32, i32)], dash: &[u32]) -> Vec<Vec<(i32, i32)>> {
    let (Some(first), false) = (points.first(), points.len() < 2) else { return Vec::new() };
    if dash.is_empty() || dash.contains(&0) {
        return vec![points.to_vec()];
    }
    let mut strokes = Vec::new();
    let mut stroke = vec![*first];
    let (mut part, mut left) = (0, f64::from(dash[0]));
    for pair in points.windows(2) {
        let (dx, dy) = (f64::from(pair[1].0 - pair[0].0), f64::from(pair[1].1 - pair[0].1));
        let length = (dx * dx + dy * dy).sqrt();
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let at = |from: i32, step: f64| from + (step * done / length).round() as i32;
            let at = (at(pair[0].0, dx), at(pair[0].1, dy));
            if part % 2 == 0 {
                stroke.push(at);
                strokes.push(std::mem::take(&mut stroke));
            } else {
                stroke = vec![at];
            }
            part = (part + 1) % dash.len();
            left = f64::from(dash[part]);
        }
        left -= length - done;
        if part % 2 == 0 {
            stroke.push(pair[1]);
        }
    }
    if stroke.len() > 1 {
        strokes.push(stroke);
    }
    strokes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_turns_corners() {
        // 10 across, then 10 down; 6 on, 3 off: on 0-6, off to 9, on 9-15, off to 18, on to the end.
        let corner = [(0, 0), (10, 0), (10, 10)];
        assert_eq!(
            strokes(&corner, &[6, 3]),
            [vec![(0, 0), (6, 0)], vec![(9, 0), (10, 0), (10, 5)], vec![(10, 8), (10, 10)]]
        );
        assert_eq!(strokes(&corner, &[]), [corner.to_vec()]);
        assert!(strokes(&corner[..1], &[6, 3]).is_empty());
    }

    #[test]
    fn no_two_of_eight_lines_look_alike() {
        for strategies in [[STRATEGIES, ["retrieval"; 4]].concat(), vec!["oracle"; 8]] {
            let styles = of_lines(&strategies);
            assert_eq!(styles.len(), 8);
            for (index, a) in styles.iter().enumerate() {
                for b in &styles[index + 1..] {
                    assert!(a.colour != b.colour && a.shape != b.shape && a.dash != b.dash);
                }
            }
        }
        // A ninth has a style too, if not one of its own.
        assert_eq!(of_lines(&["oracle"; 9]).len(), 9);
    }

    /// W3C's contrast of a colour on the card, <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>.
    fn contrast(colour: RGBColor) -> f64 {
        let luminance = |RGBColor(r, g, b): RGBColor| {
            let linear = |part: u8| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
        };
        (luminance(super::super::style::CARD) + 0.05) / (luminance(colour) + 0.05)
    }

    #[test]
    fn lines_stand_out_from_the_card() {
        for style in FURTHER {
            assert!(contrast(style.colour) >= 3.0, "{style:?}: {}", contrast(style.colour));
        }
    }
}
