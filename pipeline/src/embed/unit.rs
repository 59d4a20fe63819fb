//! Vectors of length 1.

use super::EmbedError;

/// `vectors` scaled to length 1, after a check of their number and shape.
///
/// # Errors
/// When an engine's answer has another number of vectors than texts, a vector another number of
/// dimensions, or a vector has no direction (zero, or not finite).
pub(super) fn unit_vectors(
    model: &str,
    vectors: Vec<Vec<f32>>,
    texts: usize,
    dimensions: usize,
) -> Result<Vec<Vec<f32>>, EmbedError> {
    let wrong = |problem: String| EmbedError::Answer { model: model.to_owned(), problem };
    if vectors.len() != texts {
        return Err(wrong(format!("{} vectors for {texts} texts", vectors.len())));
    }
    vectors
        .into_iter()
        .map(|vector| {
            if vector.len() != dimensions {
                return Err(wrong(format!("{} numbers instead of {dimensions}", vector.len())));
            }
            unit(vector).ok_or_else(|| wrong("a vector without a direction".into()))
        })
        .collect()
}

/// `vector` at length 1; nothing when it is zero or not finite. Sums in f64: in f32 the length of
/// 4,096 numbers is off by about 1e-5.
pub(super) fn unit(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = vector.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>().sqrt();
    if !length.is_finite() || length == 0.0 {
        return None;
    }
    for x in &mut vector {
        *x = (f64::from(*x) / length) as f32;
    }
    Some(vector)
}

/// The vector of a text that holds nothing: the first axis. A constant, so that it is the same in
/// every run; near nothing in particular.
pub(super) fn first_axis(dimensions: usize) -> Vec<f32> {
    (0..dimensions).map(|index| if index == 0 { 1.0 } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_four_five() {
        assert_eq!(unit(vec![3.0, 4.0]), Some(vec![0.6, 0.8]));
    }

    #[test]
    fn what_has_no_direction_is_refused() {
        assert_eq!(unit(vec![0.0, 0.0]), None);
        assert_eq!(unit(vec![f32::NAN, 1.0]), None);
        assert_eq!(unit(vec![f32::INFINITY, 1.0]), None);
        assert!(unit_vectors("m", vec![vec![1.0]], 2, 1).is_err());
        assert!(unit_vectors("m", vec![vec![1.0]], 1, 2).is_err());
    }
}
