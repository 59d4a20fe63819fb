//! The clustered test of no difference.
//!
//! Enters: the setups' values, clusters, a seed. Leaves: a two-sided p-value for each pair. Does
//! not: correct for the number of pairs; see [`holm`](super::holm).
//!
//! If two setups are equally good, which of them got a cluster's difference is a toss: the signs of
//! whole clusters are flipped at random, and p is the share of flips whose total is at least as far
//! from 0 as the one observed. This is the wild cluster bootstrap with the null imposed and Rademacher
//! weights, as applied to a mean (A. C. Cameron, J. B. Gelbach and D. L. Miller, "Bootstrap-based
//! improvements for inference with clustered errors", Review of Economics and Statistics 90 (2008),
//! 414-427). The observed signs count as one of the flips, which makes it valid at any number of
//! them (A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their Application" (1997), section
//! 4.2). Where values are 0 or 1 and every question is its own cluster, the flips' total is
//! binomial, and p is McNemar's exact p up to the sampling of the flips.

use super::cluster::Clusters;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

/// A p-value for each of `pairs` (indices into `columns`, which hold one value for each question),
/// from `flips` draws that all pairs share. At least 1/(flips + 1).
pub fn p_values(
    clusters: &Clusters,
    columns: &[&[f64]],
    pairs: &[(usize, usize)],
    flips: usize,
    seed: u64,
) -> Vec<f64> {
    let width = columns.len();
    if width == 0 || pairs.is_empty() {
        return vec![1.0; pairs.len()];
    }
    let sums = clusters.sum_table(columns);
    let seeded = ChaCha8Rng::seed_from_u64(seed);
    let mut totals = vec![0.0; flips * width];
    totals.par_chunks_mut(width).enumerate().for_each(|(flip, row)| {
        let mut random = seeded.clone();
        // Odd streams; the resamples of the intervals have the even ones.
        random.set_stream(2 * flip as u64 + 1);
        for block in sums.chunks(64 * width) {
            let mut signs = random.next_u64();
            for cluster in block.chunks_exact(width) {
                let sign = if signs & 1 == 1 { 1.0 } else { -1.0 };
                signs >>= 1;
                for (total, sum) in row.iter_mut().zip(cluster) {
                    *total += sign * sum;
                }
            }
        }
    });
    pairs
        .par_iter()
        .map(|&(a, b)| {
            let observed: f64 = columns[a].iter().zip(columns[b]).map(|(a, b)| a - b).sum();
            // Totals equal but for rounding must count as equal.
            let bar = observed.abs() - 1e-9;
            let far =
                totals.chunks_exact(width).filter(|row| (row[a] - row[b]).abs() >= bar).count();
            (1 + far) as f64 / (1 + flips) as f64
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::mcnemar;
    use super::*;

    /// Values of two setups with these discordant counts, and `both` on which they agree.
    fn columns(only_a: usize, only_b: usize, both: usize) -> (Vec<f64>, Vec<f64>) {
        let a = [vec![1.0; only_a], vec![0.0; only_b], vec![1.0; both]].concat();
        let b = [vec![0.0; only_a], vec![1.0; only_b], vec![1.0; both]].concat();
        (a, b)
    }

    #[test]
    fn without_clusters_it_is_mcnemars_test() {
        for (only_a, only_b) in [(14, 4), (9, 11), (30, 14), (1, 0)] {
            let (a, b) = columns(only_a, only_b, 40);
            let clusters = Clusters::by_label(&(0..a.len()).collect::<Vec<_>>());
            let p = p_values(&clusters, &[&a, &b], &[(0, 1)], 40_000, 5)[0];
            let exact = mcnemar::p_value(only_a, only_b);
            // Four standard errors of a share of 40,000.
            let error = 4.0 * (exact * (1.0 - exact) / 40_000.0).sqrt() + 1e-4;
            assert!((p - exact).abs() < error, "{only_a} {only_b}: {p} {exact}");
        }
    }

    #[test]
    fn clusters_count_once() {
        // Twelve questions that all favour A, in three clusters: 2/2^3 = 0.25, not 2/2^12.
        let (a, b) = columns(12, 0, 0);
        let clusters = Clusters::by_label(&(0..12).map(|i| i / 4).collect::<Vec<_>>());
        let p = p_values(&clusters, &[&a, &b], &[(0, 1)], 40_000, 5)[0];
        assert!((p - 0.25).abs() < 0.01, "{p}");
        let one = Clusters::by_label(&[0; 12]);
        assert_eq!(p_values(&one, &[&a, &b], &[(0, 1)], 99, 5), [1.0]);
    }

    #[test]
    fn no_difference_is_one_and_the_smallest_p_is_one_flip() {
        let (a, b) = columns(60, 0, 10);
        let clusters = Clusters::by_label(&(0..70).collect::<Vec<_>>());
        let pairs = [(0, 1), (1, 0), (0, 0)];
        let p = p_values(&clusters, &[&a, &b], &pairs, 999, 5);
        assert_eq!(p, [0.001, 0.001, 1.0]);
    }
}
