//! Questions that depend on one another, drawn and flipped together.
//!
//! Enters: a label for each question (its document, or its group of paraphrases). Leaves: clusters
//! and the sums of values in each. Does not: decide what makes two questions alike.

/// The questions' clusters, numbered in the order of their labels, so that the order of the questions
/// changes nothing.
#[derive(Debug, Clone)]
pub struct Clusters {
    of_question: Vec<usize>,
    sizes: Vec<usize>,
}

impl Clusters {
    /// Questions with equal labels share a cluster; one label for each question.
    pub fn by_label<L: Ord>(labels: &[L]) -> Self {
        let mut distinct: Vec<&L> = labels.iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let mut sizes = vec![0; distinct.len()];
        let of_question = labels
            .iter()
            .map(|label| {
                let cluster = distinct.partition_point(|other| *other < label);
                sizes[cluster] += 1;
                cluster
            })
            .collect();
        Self { of_question, sizes }
    }

    /// How many clusters there are.
    pub fn count(&self) -> usize {
        self.sizes.len()
    }

    /// How many questions there are.
    pub fn questions(&self) -> usize {
        self.of_question.len()
    }

    /// Questions in each cluster.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// The sum of `values` (one for each question) in each cluster.
    pub fn sums(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.count()];
        for (&cluster, value) in self.of_question.iter().zip(values) {
            sums[cluster] += value;
        }
        sums
    }

    /// The sums of several columns of values, `[clusters, columns]` row by row.
    pub fn sum_table(&self, columns: &[&[f64]]) -> Vec<f64> {
        let mut table = vec![0.0; self.count() * columns.len()];
        for (column, values) in columns.iter().enumerate() {
            for (cluster, sum) in self.sums(values).into_iter().enumerate() {
                table[cluster * columns.len() + column] = sum;
            }
        }
        table
    }

    /// Whether there are too few clusters to learn at this confidence how much they differ: with G
    /// of them even the clearest result, every cluster on the same side, has the two-sided
    /// probability 2/2^G under no difference. At 95 % that asks for 6 clusters.
    pub fn too_few(&self, confidence: f64) -> bool {
        0.5_f64.powf(self.count() as f64 - 1.0) > 1.0 - confidence
    }

    /// The variance that one more question brings to the mean of `values`: the cluster-robust
    /// variance of the mean times the number of questions. 0 with fewer than 2 clusters.
    ///
    /// Linearization of a ratio of sums; W. G. Cochran, "Sampling Techniques" (1977), section 9A,
    /// with the factor G/(G - 1).
    pub fn variance_per_question(&self, values: &[f64]) -> f64 {
        let clusters = self.count() as f64;
        if clusters < 2.0 {
            return 0.0;
        }
        let questions = self.questions() as f64;
        let mean = values.iter().sum::<f64>() / questions;
        let squares: f64 = self
            .sums(values)
            .iter()
            .zip(&self.sizes)
            .map(|(sum, &size)| (sum - mean * size as f64).powi(2))
            .sum();
        squares * clusters / (clusters - 1.0) / questions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_any_order_give_the_same_clusters() {
        let clusters = Clusters::by_label(&["b", "a", "b", "c"]);
        assert_eq!((clusters.count(), clusters.questions()), (3, 4));
        assert_eq!(clusters.sizes(), [1, 2, 1]);
        assert_eq!(clusters.sums(&[1.0, 2.0, 4.0, 8.0]), [2.0, 5.0, 8.0]);
        let table = clusters.sum_table(&[&[1.0, 2.0, 4.0, 8.0], &[1.0; 4]]);
        assert_eq!(table, [2.0, 1.0, 5.0, 2.0, 8.0, 1.0]);
    }

    #[test]
    fn six_clusters_are_the_fewest_at_95_percent() {
        // 2/2^5 = 0.0625 > 0.05 >= 2/2^6 = 0.03125.
        assert!(Clusters::by_label(&[0, 1, 2, 3, 4]).too_few(0.95));
        assert!(!Clusters::by_label(&[0, 1, 2, 3, 4, 5]).too_few(0.95));
    }

    #[test]
    fn variance_derived_by_hand() {
        // Singletons 1, 1, 0, 0: the sample variance, (4 * 0.25)/3 = 1/3.
        let alone = Clusters::by_label(&[0, 1, 2, 3]);
        assert!((alone.variance_per_question(&[1.0, 1.0, 0.0, 0.0]) - 1.0 / 3.0).abs() < 1e-12);
        // The same in two clusters of equal values: sums 2 and 0, mean 0.5, residuals 1 and -1:
        // 2 * 2/1 / 4 = 1.
        let pairs = Clusters::by_label(&[0, 0, 1, 1]);
        assert!((pairs.variance_per_question(&[1.0, 1.0, 0.0, 0.0]) - 1.0).abs() < 1e-12);
    }
}
