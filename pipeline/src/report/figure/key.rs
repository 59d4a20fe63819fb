//! Which line is which: a piece of each with its mark and name, set apart from the others.

use super::lines::{LEFT, Line};
use super::stroke::LineStyle;
use super::style::{self, Drawn, Paper, WIDTH};
use crate::report::escape::plain;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// Pixels between two names.
pub const NAME: i32 = 18;

/// A line's name; in the middle of a long one letters are left out, as its end tells it from others.
fn named(line: &Line) -> String {
    /// Letters that are kept at either end.
    const KEPT: usize = 20;
    let name: Vec<char> = plain(&line.name).chars().collect();
    if name.len() <= 2 * KEPT {
        return name.into_iter().collect();
    }
    name[..KEPT].iter().chain(&['…']).chain(&name[name.len() - KEPT..]).collect()
}

/// A piece of the line, its mark and its name.
pub fn key<DB: DrawingBackend>(
    area: &Paper<DB>,
    line: &Line,
    style: LineStyle,
    (x, y): (i32, i32),
) -> Drawn<DB> {
    style.draw(area, &[(x, y), (x + 34, y)])?;
    style::filled(area, style.mark(), (x + 17, y), 4)?;
    area.draw_text(&named(line), &style::text(12, HPos::Left, VPos::Center), (x + 41, y))
}

/// Pixels that a key takes, with a gap behind it.
pub fn width(line: &Line) -> i32 {
    62 + 7 * named(line).chars().count() as i32
}

/// Where the keys of all lines stand when they fill rows from the left.
pub fn keys(lines: &[Line]) -> Vec<(i32, i32)> {
    let room = WIDTH as i32 - LEFT;
    let (mut x, mut y) = (0, 0);
    lines
        .iter()
        .map(|line| {
            let width = width(line);
            if x > 0 && x + width > room {
                (x, y) = (0, y + NAME);
            }
            let at = (x, y);
            x += width;
            at
        })
        .collect()
}

/// Rows at least a name's height apart between `head` and `foot`, in the order of the wanted ones and
/// near them.
pub fn apart(wanted: &[i32], head: i32, foot: i32) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|index| (wanted[*index], *index));
    let mut rows = wanted.to_vec();
    let mut free = head;
    for index in &order {
        rows[*index] = rows[*index].max(free);
        free = rows[*index] + NAME;
    }
    let mut free = foot;
    for index in order.iter().rev() {
        rows[*index] = rows[*index].min(free);
        free = rows[*index] - NAME;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_move_only_as_far_as_they_must() {
        assert_eq!(apart(&[50, 150, 100], 0, 200), [50, 150, 100]);
        // Both want 100; the second moves down.
        assert_eq!(apart(&[100, 100], 0, 200), [100, 118]);
        // No room below: what is above moves up.
        assert_eq!(apart(&[195, 198], 0, 200), [182, 200]);
    }

    #[test]
    fn a_long_name_keeps_its_ends() {
        let line = |name: &str| Line { name: name.into(), strategy: "oracle", points: Vec::new() };
        let exact = "x".repeat(40);
        assert_eq!(named(&line(&exact)), exact);
        let long = "a-model-with-a-long-name lexical retrieval, best-first";
        assert_eq!(named(&line(long)), "a-model-with-a-long-…etrieval, best-first");
    }

    proptest! {
        #[test]
        fn names_stand_apart_in_order(wanted in prop::collection::vec(0..340i32, 1..18)) {
            let rows = apart(&wanted, 0, 340);
            let mut both: Vec<(i32, i32)> = wanted.into_iter().zip(rows).collect();
            both.sort_unstable();
            for pair in both.windows(2) {
                prop_assert!(pair[1].1 - pair[0].1 >= NAME, "{:?}", both);
            }
            prop_assert!(both.iter().all(|(_, row)| (0..=340).contains(row)));
        }
    }
}
