//! `ragscale questions power NAME --margin SHARE`

use super::CorpusName;
use crate::cli::project::Project;
use crate::cli::{CliError, Speaking};
use crate::corpus::{Corpus, Question};
use crate::questions::Census;
use crate::report::{Discordance, Discordances, discordances};
use crate::run::RunError;
use crate::run::progress::{Voice, emit, note, printable};
use crate::statistics::Expected;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `questions power`.
#[derive(Debug, Args)]
pub struct PowerArguments {
    #[command(flatten)]
    corpus: CorpusName,
    /// The difference that matters, a share: 0.05 is five questions in a hundred
    #[arg(long, value_name = "SHARE", value_parser = share)]
    margin: f64,
    /// Of the verdict
    #[arg(long, value_name = "SHARE", default_value = "0.95", value_parser = share)]
    confidence: f64,
    /// Probability of a verdict where the difference is as expected
    #[arg(long, value_name = "SHARE", default_value = "0.8", value_parser = share)]
    power: f64,
    /// Share of questions on which only one of two setups is right, as you guess it
    #[arg(long, value_name = "SHARE", default_value = "0.2", value_parser = share)]
    discordance: f64,
    /// Take it from the setups of a report instead
    #[arg(long, value_name = "FOLDER", conflicts_with = "discordance")]
    report: Option<PathBuf>,
    #[command(flatten)]
    speaking: Speaking,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("it is a share above 0 and below 1, such as 0.05".into()),
    }
}

/// What is expected, and where that comes from.
struct Basis {
    expected: Expected,
    /// The pair of the report that needs most questions, and the report.
    seen: Option<(Discordance, Discordances)>,
}

/// Shows how many questions are enough, and what those that are there decide.
pub fn power(arguments: &PowerArguments) -> Result<ExitCode, CliError> {
    let voice = arguments.speaking.voice();
    let Project { workspace, extractor } = Project::here()?;
    let name = &arguments.corpus.name;
    let corpus =
        Corpus::load_documents(&workspace.root, name, &extractor).map_err(RunError::from)?;
    let basis = basis(arguments)?;
    if let Some((_, report)) = &basis.seen
        && report.corpus != *name
    {
        note(voice, &format!("the report is on another corpus, `{}`", report.corpus));
    }
    // Runs leave the others out: no setup is asked them.
    let asked: Vec<Question> =
        corpus.questions.into_iter().filter(|one| !one.is_for_retrieval_only()).collect();
    let mut counts: Vec<(String, usize)> = Census::of(&asked).splits.into_iter().collect();
    if counts.len() != 1 {
        counts.push(("all".into(), asked.len()));
    }
    match voice {
        Voice::Quiet => {}
        Voice::Json => emit(&as_json(arguments, &basis, &counts)),
        Voice::Lines => print!("{}", printable(&as_lines(arguments, &basis, &counts))),
    }
    Ok(ExitCode::SUCCESS)
}

fn basis(arguments: &PowerArguments) -> Result<Basis, CliError> {
    let guess = Expected {
        discordance: arguments.discordance,
        parting: arguments.discordance,
        design: 1.0,
        pairs: 1,
        confidence: arguments.confidence,
        power: arguments.power,
    };
    let Some(folder) = &arguments.report else { return Ok(Basis { expected: guess, seen: None }) };
    let report = discordances(folder)?;
    // Enough for the pair that needs most is enough for all; the first of equals.
    let most = report.pairs.iter().rev().max_by(|a, b| a.weight().total_cmp(&b.weight()));
    let Some(most) = most.cloned() else { return Ok(Basis { expected: guess, seen: None }) };
    let expected = Expected {
        discordance: most.share,
        parting: most.parting,
        design: most.design,
        pairs: report.compared,
        ..guess
    };
    Ok(Basis { expected, seen: Some((most, report)) })
}

fn as_json(arguments: &PowerArguments, basis: &Basis, counts: &[(String, usize)]) -> Value {
    let rounded = |value: f64| (value * 1e6).round() / 1e6;
    let expected = &basis.expected;
    let margin = arguments.margin;
    let splits: serde_json::Map<String, Value> = counts
        .iter()
        .map(|(split, questions)| {
            let margins = json!({
                "questions": questions,
                "winner_margin": expected.winner_margin(*questions).map(rounded),
                "tie_margin": expected.tie_margin(*questions).map(rounded),
            });
            (split.clone(), margins)
        })
        .collect();
    json!({
        "event": "power", "corpus": arguments.corpus.name, "margin": margin,
        "confidence": expected.confidence, "power": expected.power,
        "discordance": rounded(expected.discordance), "parting": rounded(expected.parting),
        "design": rounded(expected.design), "pairs": expected.pairs,
        "from": basis.seen.as_ref().map(|(pair, report)| json!({
            "report": arguments.report, "corpus": report.corpus, "questions": report.questions,
            "a": pair.a, "b": pair.b,
        })),
        "winner_questions": expected.questions_for_winner(margin),
        "tie_questions": expected.questions_for_tie(margin),
        "splits": splits,
    })
}

fn as_lines(arguments: &PowerArguments, basis: &Basis, counts: &[(String, usize)]) -> String {
    let expected = &basis.expected;
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let points = |share: f64| format!("{:.1} points", share * 100.0);
    let mut text = match &basis.seen {
        Some((pair, report)) => from_report(pair, report),
        None => format!(
            "guess: two setups part on {} of the questions, each about a document of its own\n",
            percent(expected.discordance)
        ),
    };
    let many = |questions: Option<usize>| match questions {
        Some(questions) => format!("{questions} questions"),
        None => "more questions than anybody asks".to_owned(),
    };
    let margin = arguments.margin;
    let winner = if margin > expected.largest_difference() {
        let most = points(expected.largest_difference());
        format!("not possible where they part so little: at most by {most}")
    } else {
        many(expected.questions_for_winner(margin))
    };
    text.push_str(&format!(
        "{} confidence, {} power, margin {}\n\na winner: {winner}\na tie:    {}\n\n",
        percent(expected.confidence),
        percent(expected.power),
        points(margin),
        many(expected.questions_for_tie(margin))
    ));
    let width = counts.iter().map(|(split, _)| split.chars().count()).max().unwrap_or(0).max(5);
    text.push_str(&format!(
        "{:<width$}  {:>9}  {:>15}  {:>15}\n",
        "split", "questions", "a winner by", "a tie within"
    ));
    for (split, questions) in counts {
        let margin = |margin: Option<f64>| margin.map_or_else(|| "none".to_owned(), points);
        text.push_str(&format!(
            "{split:<width$}  {questions:>9}  {:>15}  {:>15}\n",
            margin(expected.winner_margin(*questions)),
            margin(expected.tie_margin(*questions))
        ));
    }
    text
}

/// The pair that the numbers are of, in a line.
fn from_report(pair: &Discordance, report: &Discordances) -> String {
    let Discordance { a, b, share, parting, design } = pair;
    let mut text =
        format!("{a} and {b} part on {:.1} % of {} questions", parting * 100.0, report.questions);
    // For right and wrong the two are one number.
    if (parting - share).abs() > 1e-9 {
        text.push_str(&format!(", with a mean squared difference of {share:.3}"));
    }
    if report.pairs.len() > 1 {
        text.push_str(&format!(", and need the most questions of {} pairs", report.pairs.len()));
    }
    text.push_str(&format!("; design effect {design:.2}"));
    if report.compared > 1 {
        text.push_str(&format!("; corrected over {} pairs", report.compared));
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_shown_with_what_it_was_chosen_from() {
        let pair = Discordance {
            a: "small".into(),
            b: "large".into(),
            share: 0.2,
            parting: 0.2,
            design: 1.5,
        };
        let report = |pairs: usize, compared: usize| Discordances {
            corpus: "lab".into(),
            questions: 60,
            pairs: vec![pair.clone(); pairs],
            compared,
        };
        assert_eq!(
            from_report(&pair, &report(1, 1)),
            "small and large part on 20.0 % of 60 questions; design effect 1.50\n"
        );
        let partly = Discordance { share: 0.1, parting: 0.4, ..pair.clone() };
        assert_eq!(
            from_report(&partly, &report(3, 6)),
            "small and large part on 40.0 % of 60 questions, with a mean squared difference of 0.100, and need the most questions of 3 pairs; design effect 1.50; corrected over 6 pairs\n"
        );
    }
}
