//! Tokens and prices become US dollars.

use crate::config::Price;

/// What one answer used.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// Tokens read; none where nobody knows: a recorded system's prompt is its own.
    pub prompt_tokens: Option<usize>,
    /// Tokens written.
    pub answer_tokens: usize,
    /// US dollars as the source itself states them (recorded answers); they go before the price.
    pub stated_usd: Option<f64>,
}

/// What some answers cost together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bill {
    /// US dollars of the answers whose cost is known.
    pub usd: f64,
    /// Answers whose cost is known.
    pub priced: usize,
    /// Answers without a stated cost, and without a price or without the tokens that it is for.
    pub unpriced: usize,
}

/// US dollars of one answer:
/// (prompt tokens × input price + answer tokens × output price) ÷ 1,000,000.
pub fn usd(price: &Price, prompt_tokens: usize, answer_tokens: usize) -> f64 {
    (prompt_tokens as f64 * price.usd_per_million_input
        + answer_tokens as f64 * price.usd_per_million_output)
        / 1e6
}

impl Bill {
    /// Adds up answers, in the order given.
    pub fn of(price: Option<&Price>, usages: impl IntoIterator<Item = Usage>) -> Self {
        usages.into_iter().fold(Self::default(), |mut bill, usage| {
            let by_price = || Some(usd(price?, usage.prompt_tokens?, usage.answer_tokens));
            match usage.stated_usd.or_else(by_price) {
                Some(usd) => {
                    bill.usd += usd;
                    bill.priced += 1;
                }
                None => bill.unpriced += 1,
            }
            bill
        })
    }

    /// US dollars a thousand questions; none when no cost is known, or only that of some answers.
    pub fn usd_per_thousand(&self) -> Option<f64> {
        (self.priced > 0 && self.unpriced == 0).then(|| self.usd * 1000.0 / self.priced as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price() -> Price {
        Price {
            usd_per_million_input: 0.40,
            usd_per_million_output: 1.20,
            as_of: "2026-11-01".into(),
        }
    }

    fn usage(prompt_tokens: usize, answer_tokens: usize, stated_usd: Option<f64>) -> Usage {
        Usage { prompt_tokens: Some(prompt_tokens), answer_tokens, stated_usd }
    }

    #[test]
    fn tokens_times_price() {
        // 2,000 × 0.40 + 50 × 1.20 = 860 millionths of a dollar.
        assert!((usd(&price(), 2000, 50) - 0.000_86).abs() < 1e-15);
    }

    #[test]
    fn a_thousand_questions_at_the_mean_price() {
        // 0.00086 by price and 0.00114 as stated: 0.002 for two, 1 dollar a thousand.
        let bill = Bill::of(Some(&price()), [usage(2000, 50, None), usage(1, 1, Some(0.001_14))]);
        assert!((bill.usd_per_thousand().unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_known_is_not_zero() {
        assert_eq!(Bill::of(None, [usage(9, 9, None)]).usd_per_thousand(), None);
        let mixed = Bill::of(None, [usage(9, 9, None), usage(9, 9, Some(0.5))]);
        assert_eq!((mixed.usd, mixed.priced, mixed.unpriced), (0.5, 1, 1));
        assert_eq!(mixed.usd_per_thousand(), None);
        assert_eq!(Bill::of(Some(&price()), []).usd_per_thousand(), None);
        let unread = Usage { prompt_tokens: None, ..usage(0, 9, None) };
        assert_eq!(Bill::of(Some(&price()), [unread]).usd_per_thousand(), None);
        let free = Price { usd_per_million_input: 0.0, usd_per_million_output: 0.0, ..price() };
        assert_eq!(Bill::of(Some(&free), [usage(9, 9, None)]).usd_per_thousand(), Some(0.0));
    }
}
