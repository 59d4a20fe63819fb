//! `scores.csv`: one line a trial, for a spreadsheet.

use super::escape::cell;
use super::material::Material;
use super::measured::Measured;
use super::{Readings, ReportError};

/// All trials by setup, question, repeat. Starts with a byte order mark, by which spreadsheets know
/// UTF-8.
///
/// # Errors
/// When a record cannot be written.
pub fn scores_csv(
    material: &Material,
    measured: &Measured,
    readings: Readings,
) -> Result<String, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "setup",
        "question",
        "repeat",
        "kind",
        "result",
        "correct",
        "exact_match",
        "token_f1",
        "citation_precision",
        "citation_recall",
        "valid_json",
        "prompt_tokens",
        "answer_tokens",
        "cut_passages",
        "first_token_seconds",
        "seconds",
        "question_text",
        "accepted",
        "answer",
    ])?;
    let repeats = material.experiment.repeats.max(1) as usize;
    for setup in &measured.setups {
        for (place, score) in setup.scores.iter().enumerate() {
            let question = &material.questions[place / repeats];
            let trial = material.trial(&score.setup, &score.question, score.repeat);
            let generation = trial.and_then(|trial| trial.generation());
            let number = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
            let reading = |value: Option<f64>| match readings {
                Readings::Shown => number(value),
                Readings::Hidden => String::new(),
            };
            let result = serde_json::to_value(score.result).unwrap_or_default();
            writer.write_record([
                cell(&score.setup),
                cell(&score.question),
                score.repeat.to_string(),
                cell(&question.kind),
                result.as_str().unwrap_or_default().to_owned(),
                score.correct.to_string(),
                score.exact_match.to_string(),
                score.token_f1.to_string(),
                number(score.citation.map(|citation| citation.precision)),
                number(score.citation.map(|citation| citation.recall)),
                number(score.valid_json.map(|valid| f64::from(u8::from(valid)))),
                generation.map_or_else(String::new, |g| g.prompt_tokens.count.to_string()),
                generation.map_or_else(String::new, |g| g.answer_tokens.count.to_string()),
                trial.map_or_else(String::new, |trial| trial.cut_passages.to_string()),
                reading(generation.and_then(|g| g.clock.first_token_seconds)),
                reading(generation.and_then(|g| g.clock.seconds)),
                cell(&question.text),
                cell(&question.answers.join(" | ")),
                cell(generation.map_or("", |generation| generation.text.as_str())),
            ])?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes)))
}
