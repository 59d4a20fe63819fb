//! Which token comes next.
//!
//! Enters: the logits of one position. Leaves: a token and its natural-log probability under the
//! model. Does not: know the engine, or remember anything between positions.

use crate::config::Sampling;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// How tokens are chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// 0 is greedy.
    pub temperature: f64,
    /// Nucleus share; 1 keeps everything.
    pub top_p: f64,
    /// Of the whole answer.
    pub seed: u64,
}

/// A token that was chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    /// Its id.
    pub token: u32,
    /// ln softmax(logits)[token]: of the model itself, before temperature and nucleus.
    pub log_probability: f64,
}

impl From<&Sampling> for Choice {
    fn from(sampling: &Sampling) -> Self {
        Self { temperature: sampling.temperature, top_p: sampling.top_p, seed: sampling.seed }
    }
}

impl Choice {
    /// The token at `position` (answer tokens before it); none when a logit is not a number or all
    /// are minus infinity.
    ///
    /// Greedy takes the highest logit, the lowest id among equals. Otherwise the Gumbel-max trick
    /// (Gumbel 1954; Maddison et al. 2014, arXiv:1411.0030): the highest of
    /// `logit / temperature + noise` is a sample of softmax(logits / temperature). The noise
    /// depends on seed, position and token id only, so that the same request gives the same answer
    /// whatever ran before it.
    pub fn next(&self, logits: &[f32], position: usize) -> Option<Chosen> {
        let normalizer = log_sum_exp(logits)?;
        let token = if self.temperature > 0.0 {
            self.sample(logits, position)?
        } else {
            highest(logits.iter().map(|logit| f64::from(*logit)))?
        };
        Some(Chosen { token: token as u32, log_probability: f64::from(logits[token]) - normalizer })
    }

    fn sample(&self, logits: &[f32], position: usize) -> Option<usize> {
        let scaled: Vec<f64> =
            logits.iter().map(|logit| f64::from(*logit) / self.temperature).collect();
        let kept = self.nucleus(&scaled);
        let mut generator = ChaCha8Rng::seed_from_u64(self.seed);
        generator.set_stream(position as u64);
        highest(scaled.iter().zip(kept).map(|(logit, kept)| {
            // 53 random bits, moved to the middle of their interval: never 0, never 1.
            let uniform = ((generator.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
            let gumbel = -(-uniform.ln()).ln();
            if kept { logit + gumbel } else { f64::NEG_INFINITY }
        }))
    }

    /// Which tokens may be drawn: the fewest most probable ones whose probabilities add up to at
    /// least `top_p` (Holtzman et al. 2020, arXiv:1904.09751), ties by id.
    fn nucleus(&self, scaled: &[f64]) -> Vec<bool> {
        if self.top_p >= 1.0 {
            return vec![true; scaled.len()];
        }
        let top = scaled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut order: Vec<(usize, f64)> =
            scaled.iter().map(|logit| (logit - top).exp()).enumerate().collect();
        let total: f64 = order.iter().map(|(_, weight)| weight).sum();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut kept = vec![false; scaled.len()];
        let mut sum = 0.0;
        for (token, weight) in order {
            kept[token] = true;
            sum += weight / total;
            if sum >= self.top_p {
                break;
            }
        }
        kept
    }
}

/// Index of the highest value, the first among equals; none when all are minus infinity.
fn highest(values: impl Iterator<Item = f64>) -> Option<usize> {
    let mut best = (None, f64::NEG_INFINITY);
    for (index, value) in values.enumerate() {
        if value > best.1 {
            best = (Some(index), value);
        }
    }
    best.0
}

/// ln Σ exp(logit), with the highest taken out so that nothing overflows.
fn log_sum_exp(logits: &[f32]) -> Option<f64> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if !top.is_finite() || logits.iter().any(|logit| logit.is_nan()) {
        return None;
    }
    let top = f64::from(top);
    let sum: f64 = logits.iter().map(|logit| (f64::from(*logit) - top).exp()).sum();
    Some(top + sum.ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREEDY: Choice = Choice { temperature: 0.0, top_p: 1.0, seed: 0 };

    /// Logits ln 1, ln 2, ln 5 are probabilities 1/8, 2/8, 5/8.
    fn eighths() -> [f32; 3] {
        [1.0_f32.ln(), 2.0_f32.ln(), 5.0_f32.ln()]
    }

    fn shares(choice: Choice, draws: usize) -> [f64; 3] {
        let mut counts = [0.0; 3];
        for position in 0..draws {
            counts[choice.next(&eighths(), position).unwrap().token as usize] += 1.0;
        }
        counts.map(|count| count / draws as f64)
    }

    #[test]
    fn greedy_takes_the_highest_and_its_natural_log() {
        let chosen = GREEDY.next(&eighths(), 0).unwrap();
        assert_eq!(chosen.token, 2);
        // ln(5/8) = -0.470003629; its base-10 logarithm would be -0.204.
        assert!((chosen.log_probability - (-0.470_003_629)).abs() < 1e-6);
    }

    #[test]
    fn equal_logits_go_to_the_lowest_id() {
        assert_eq!(GREEDY.next(&[1.0, 3.0, 3.0], 0).unwrap().token, 1);
    }

    /// 40,000 draws: the standard error of a share is at most 0.0025; five of them are allowed.
    #[test]
    fn samples_follow_the_softmax() {
        let choice = Choice { temperature: 1.0, top_p: 1.0, seed: 11 };
        for (share, expected) in shares(choice, 40_000).into_iter().zip([0.125, 0.25, 0.625]) {
            assert!((share - expected).abs() < 0.0125, "{share} for {expected}");
        }
    }

    /// At temperature 1/2 the weights are squared: 1, 4, 25 of 30.
    #[test]
    fn temperature_sharpens() {
        let choice = Choice { temperature: 0.5, top_p: 1.0, seed: 11 };
        for (share, expected) in shares(choice, 40_000).into_iter().zip([1.0, 4.0, 25.0]) {
            assert!((share - expected / 30.0).abs() < 0.0125, "{share} for {expected}/30");
        }
    }

    /// 5/8 < 0.7 <= 5/8 + 2/8: two tokens stay, drawn as 2:5.
    #[test]
    fn the_nucleus_ends_with_the_token_that_fills_it() {
        let choice = Choice { temperature: 1.0, top_p: 0.7, seed: 11 };
        let [none, second, first] = shares(choice, 40_000);
        assert_eq!(none, 0.0);
        assert!((second - 2.0 / 7.0).abs() < 0.0125 && (first - 5.0 / 7.0).abs() < 0.0125);
        let narrow = Choice { top_p: 0.6, ..choice };
        assert_eq!(shares(narrow, 1000), [0.0, 0.0, 1.0]);
    }

    #[test]
    fn noise_depends_on_seed_and_position_only() {
        let draw = |seed| {
            let choice = Choice { temperature: 1.0, top_p: 1.0, seed };
            (0..64).map(|at| choice.next(&eighths(), at).unwrap().token).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let choice = Choice { temperature: 1.0, top_p: 1.0, seed: 1 };
        let backwards: Vec<_> =
            (0..64).rev().map(|at| choice.next(&eighths(), at).unwrap().token).collect();
        assert_eq!(backwards.into_iter().rev().collect::<Vec<_>>(), draw(1));
    }

    #[test]
    fn what_is_not_a_number_is_no_choice() {
        assert_eq!(GREEDY.next(&[1.0, f32::NAN], 0), None);
        assert_eq!(GREEDY.next(&[f32::NEG_INFINITY; 2], 0), None);
        assert_eq!(GREEDY.next(&[], 0), None);
        let masked = GREEDY.next(&[f32::NEG_INFINITY, 1.0], 0).unwrap();
        assert_eq!(masked, Chosen { token: 1, log_probability: 0.0 });
    }
}
