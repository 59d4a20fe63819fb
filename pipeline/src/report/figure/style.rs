//! Colours, shapes and sizes that all figures share.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Of the card behind every figure: near white, so that it reads on dark pages too.
pub const CARD: RGBColor = RGBColor(253, 253, 250);
/// Text and axes: contrast 13:1 on the card.
pub const INK: RGBColor = RGBColor(38, 38, 46);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(214, 214, 208);

/// Pixels of a figure's width.
pub const WIDTH: u32 = 860;

/// How a strategy is drawn. Colours are Okabe and Ito's (2008), which colour-blind readers tell
/// apart; their luminance differs, and so does the shape.
pub fn of_strategy(strategy: &str) -> (RGBColor, Shape) {
    match strategy {
        "retrieval" => (RGBColor(0, 114, 178), Shape::Circle),
        "closed-book" => (RGBColor(140, 60, 0), Shape::Square),
        "long-context" => (RGBColor(0, 158, 115), Shape::Triangle),
        _ => (RGBColor(120, 120, 128), Shape::Diamond),
    }
}

/// A mark's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Retrieval.
    Circle,
    /// Closed book.
    Square,
    /// Long context.
    Triangle,
    /// Oracle.
    Diamond,
    /// A triangle on its head; this and the following are for lines beyond one a strategy.
    Down,
    /// A plus.
    Cross,
    /// Two triangles, point to point.
    Hourglass,
    /// A narrow upright bar.
    Bar,
}

/// The corner points of a mark of `radius` around the origin, in pixels; a circle has none.
pub fn corners(shape: Shape, radius: i32) -> Vec<(i32, i32)> {
    let r = radius;
    match shape {
        Shape::Circle => Vec::new(),
        Shape::Square => vec![(-r, -r), (r, -r), (r, r), (-r, r)],
        Shape::Triangle => vec![(0, -r - 1), (r + 1, r), (-r - 1, r)],
        Shape::Diamond => vec![(0, -r - 2), (r + 2, 0), (0, r + 2), (-r - 2, 0)],
        Shape::Down => vec![(0, r + 1), (r + 1, -r), (-r - 1, -r)],
        Shape::Cross => {
            let (t, r) = ((r / 3).max(1), r + 1);
            let arm = [(-t, -r), (t, -r), (t, -t)];
            // The same arm, turned by a quarter three times.
            let turned =
                |turns: u8| arm.map(|at| (0..turns).fold(at, |(x, y): (i32, i32), _| (-y, x)));
            (0..4).flat_map(turned).collect()
        }
        Shape::Hourglass => vec![(-r, -r), (r, -r), (-r, r), (r, r)],
        Shape::Bar => vec![(-2, -r - 1), (2, -r - 1), (2, r + 1), (-2, r + 1)],
    }
}

/// What figures are drawn on.
pub type Paper<DB> = DrawingArea<DB, plotters::coord::Shift>;
/// Drawing goes well or gives the backend's error.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// The card and its title.
pub fn card<DB: DrawingBackend>(area: &Paper<DB>, title: &str) -> Drawn<DB> {
    area.fill(&CARD)?;
    area.draw_text(title, &text(16, HPos::Left, VPos::Center), (16, 24))
}

/// Text of `size` pixels, its reference point where `h` and `v` say.
pub fn text(size: u32, h: HPos, v: VPos) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK).pos(Pos::new(h, v))
}

/// The marks of the strategies in use, in a line at the foot of a figure.
pub fn legend<DB: DrawingBackend>(
    area: &Paper<DB>,
    strategies: &[&str],
    x: i32,
    y: i32,
) -> Drawn<DB> {
    let mut left = x;
    for strategy in strategies {
        mark(area, strategy, (left, y), 5)?;
        area.draw_text(strategy, &text(13, HPos::Left, VPos::Center), (left + 12, y))?;
        left += 34 + 8 * strategy.len() as i32;
    }
    Ok(())
}

/// One strategy's mark.
pub fn mark<DB: DrawingBackend>(
    area: &Paper<DB>,
    strategy: &str,
    at: (i32, i32),
    radius: i32,
) -> Drawn<DB> {
    filled(area, of_strategy(strategy), at, radius)
}

/// A mark in one colour.
pub fn filled<DB: DrawingBackend>(
    area: &Paper<DB>,
    (colour, shape): (RGBColor, Shape),
    at: (i32, i32),
    radius: i32,
) -> Drawn<DB> {
    if shape == Shape::Circle {
        return area.draw(&Circle::new(at, radius, colour.filled()));
    }
    area.draw(&Polygon::new(placed(shape, at, radius), colour.filled()))
}

/// A mark's outline around the card's colour.
pub fn hollow<DB: DrawingBackend>(
    area: &Paper<DB>,
    (colour, shape): (RGBColor, Shape),
    at: (i32, i32),
    radius: i32,
) -> Drawn<DB> {
    filled(area, (CARD, shape), at, radius)?;
    let line = colour.stroke_width(2);
    if shape == Shape::Circle {
        return area.draw(&Circle::new(at, radius, line));
    }
    let mut points = placed(shape, at, radius);
    points.extend(points.first().copied());
    area.draw(&PathElement::new(points, line))
}

fn placed(shape: Shape, at: (i32, i32), radius: i32) -> Vec<(i32, i32)> {
    corners(shape, radius).into_iter().map(|(x, y)| (at.0 + x, at.1 + y)).collect()
}

/// The strategies among `used`, each once, in the order in which figures list them.
pub fn strategies<'a>(used: impl Iterator<Item = &'a str> + Clone) -> Vec<&'static str> {
    ["retrieval", "closed-book", "long-context", "oracle"]
        .into_iter()
        .filter(|strategy| used.clone().any(|name| name == *strategy))
        .collect()
}
