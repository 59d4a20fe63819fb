//! Figures as SVG, readable on light and dark pages and in greyscale.
//!
//! Enters: measured setups. Leaves: SVG text. Every figure lies on a light card of its own, with dark
//! lines on it; shapes tell strategies apart where colours cannot.

mod accuracy;
mod axis;
mod frontier;
mod key;
mod kinds;
mod lines;
mod panels;
mod stroke;
mod style;

pub use accuracy::accuracy;
pub use frontier::frontier;
pub use kinds::kinds;
pub use lines::{Chart, Line, Point, lines};
pub use panels::{Panel, panels};

/// File names of all figures; a report may do without some.
pub const NAMES: [&str; 6] =
    ["accuracy.svg", "kinds.svg", "frontier.svg", "ladder.svg", "rarity.svg", "context.svg"];

/// The SVG with what it shows in words, for those who do not see it. `words` are text as XML has it.
pub fn described(svg: &str, words: &str) -> String {
    let Some((head, rest)) = svg.split_once('>') else { return svg.to_owned() };
    format!("{head} role=\"img\">\n<title>{words}</title>{rest}")
}

/// A figure that could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("cannot draw the figure `{figure}`: {message}")]
pub struct FigureError {
    /// Which one.
    pub figure: &'static str,
    /// What the library said.
    pub message: String,
}

impl FigureError {
    /// Wraps the drawing library's error, which is generic over backends; for `map_err`.
    fn of<E: std::error::Error + Send + Sync>(
        figure: &'static str,
    ) -> impl Fn(plotters::drawing::DrawingAreaErrorKind<E>) -> Self {
        move |error| Self { figure, message: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_first_in_a_figure() {
        assert_eq!(
            described("<svg width=\"1\">\n<rect/>\n</svg>\n", "a 5 %"),
            "<svg width=\"1\" role=\"img\">\n<title>a 5 %</title>\n<rect/>\n</svg>\n"
        );
    }
}
