//! Input that has no statistics.
//!
//! Enters: nothing. Leaves: the module's error type. Does not: judge values that are merely odd.

/// Why nothing can be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StatisticsError {
    /// There is no question.
    #[error("no question to compare setups on")]
    NoQuestions,
    /// A setup has more or fewer values than there are questions.
    #[error("setup `{setup}` has {values} values for {questions} questions")]
    Length {
        /// The setup, or the measure where a single mean is asked for.
        setup: String,
        /// Values it has.
        values: usize,
        /// Questions there are.
        questions: usize,
    },
    /// A value is not a number, or not in the range of its measure.
    #[error("setup `{setup}`, question number {question}: {value} is not a possible value")]
    Value {
        /// The setup, or the measure where a single mean is asked for.
        setup: String,
        /// Position of the question, from 1.
        question: usize,
        /// The value.
        value: f64,
    },
    /// The questions fall into so few clusters that their spread cannot be known.
    #[error(
        "the interval of `{measure}` cannot be estimated from {clusters} clusters of questions"
    )]
    TooFewClusters {
        /// The measure.
        measure: String,
        /// Clusters there are.
        clusters: usize,
    },
    /// A setting of the decision is impossible.
    #[error("decision.{key}: {value} is not possible")]
    Setting {
        /// The key in `[decision]`.
        key: &'static str,
        /// Its value.
        value: f64,
    },
}

impl StatisticsError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoQuestions => Some("select at least one question in `questions`".into()),
            Self::Length { setup, .. } => Some(format!(
                "run the experiment again: every question needs a value of `{setup}`, a failed one 0"
            )),
            Self::Value { .. } => None,
            Self::TooFewClusters { .. } => {
                Some("ask questions about more documents; 6 clusters are the fewest at 95 %".into())
            }
            Self::Setting { key, .. } => Some(match *key {
                "confidence" => "use a share above 0 and below 1, for example 0.95".into(),
                "margin" => "use a share between 0 and 1, for example 0.03".into(),
                _ => "use at least 1, better 10000".into(),
            }),
        }
    }
}
