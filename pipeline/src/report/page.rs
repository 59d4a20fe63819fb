//! The page: every part computed, then put into the template.

use super::effect::effects;
use super::escape::inline;
use super::headline::{headline, ranked, unit};
use super::kind::by_kind;
use super::material::Material;
use super::measured::{Measured, SetupMeasured, measure};
use super::number::{self, percent, percent_with};
use super::origin::Origins;
use super::retrieval::rows;
use super::scores_csv::scores_csv;
use super::size::sizes;
use super::summary::summary;
use super::{Readings, ReportError, caveat, figure, row, sentence};
use crate::statistics::{Candidate, Verdict, compare_all, frontier};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};
use serde_json::json;

/// A report in memory.
pub struct Page {
    /// `README.md`.
    pub markdown: String,
    /// File name and SVG.
    pub figures: Vec<(&'static str, String)>,
    /// `scores.csv`.
    pub scores: String,
    /// `summary.json`.
    pub summary: String,
}

/// More pairs than these are folded away, those of the leading setup apart.
const PAIRS_MAX: usize = 15;

/// Computes a report.
///
/// # Errors
/// When a statistic, a figure or the template fails.
pub fn page(material: &Material, readings: Readings) -> Result<Page, ReportError> {
    let measured = measure(material)?;
    let decision = &material.experiment.decision;
    let verdicts = compare_all(&measured.answers(), &measured.clusters, decision)?;
    let shown = readings == Readings::Shown;
    let retrieval = rows(material)?;
    let kinds = by_kind(material, &measured)?;
    let on_frontier = on_frontier(&measured);
    let mut figures = figures(material, &measured, &kinds, &on_frontier, shown)?;
    let sizes = sizes(material, &measured, &kinds, &verdicts)?;
    figures.extend(sizes.figures);
    let words = |wanted: &str| {
        let of = figures.iter().find(|(name, _, _)| *name == wanted);
        of.map_or_else(String::new, |(_, _, words)| words.clone())
    };
    let words = ["accuracy.svg", "kinds.svg", "frontier.svg"].map(words);
    let leader = ranked(&measured).first().map(|setup| setup.name.clone()).unwrap_or_default();
    let (shown_first, folded): (Vec<&Verdict>, Vec<&Verdict>) = verdicts
        .iter()
        .partition(|v| verdicts.len() <= PAIRS_MAX || v.a == leader || v.b == leader);
    let unit = unit(decision.measure);
    let priced = measured.setups.iter().any(|setup| setup.usd_per_thousand.is_some());
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.add_template("report", include_str!("../../templates/report.md.j2"))?;
    let build = &material.provenance.build;
    let machine = &material.provenance.machine;
    let corpus = &material.provenance.corpus;
    let context = context! {
        title => inline(&material.experiment.title, 400),
        headline => headline(&measured, &verdicts, decision, shown),
        notes => Serde(caveat::notes(material, &measured)),
        unit,
        questions => material.questions.len(),
        drafted => Origins::of(&material.questions).map_or_else(String::new, Origins::sentence),
        repeats => material.experiment.repeats,
        confidence => number::plain(decision.confidence * 100.0),
        margin => number::plain(decision.margin * 100.0),
        resamples => decision.resamples,
        seed => decision.seed,
        clusters => cluster_count(&measured),
        priced,
        setups => Serde(measured.setups.iter().map(|s| row::setup_row(s, shown)).collect::<Vec<_>>()),
        estimated => measured.setups.iter().any(|setup| !setup.tokens_exact),
        bounds => Serde(sentence::bounds(&measured)),
        cuts => Serde(sentence::cuts(&measured)),
        shown_words => Serde(words),
        frontier => if shown { sentence::frontier_words(&measured, &on_frontier) } else { String::new() },
        limits => Serde(if shown { sentence::limits(material, &measured, &verdicts) } else { Vec::new() }),
        pairs => verdicts.len(),
        verdicts => Serde(shown_first.iter().map(|v| row::verdict_row(v, decision.resamples)).collect::<Vec<_>>()),
        more_verdicts => Serde(folded.iter().map(|v| row::verdict_row(v, decision.resamples)).collect::<Vec<_>>()),
        leader,
        disagreement => sentence::disagreement(&verdicts),
        turns => sentence::turns(&measured, &kinds),
        kinds => Serde(kinds.iter().map(|row| json!({
            "kind": inline(&row.kind, 60),
            "n": row.questions,
            "cells": row.cells.iter().map(|(share, interval)| percent_with(*share, *interval)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>()),
        retrieval => Serde(retrieval.iter().map(|row| row::retrieval_row(row, shown)).collect::<Vec<_>>()),
        retrieval_n => retrieval.iter().map(|row| row.questions).max().unwrap_or(0),
        effects => Serde(effects(material, &measured).iter().map(row::effect_row).collect::<Vec<_>>()),
        causes => Serde(row::cause_rows(material, &measured)),
        citations => Serde(sentence::citations(&measured)),
        json_rows => Serde(measured.setups.iter().filter_map(|s| row::json_row(s, decision.confidence)).collect::<Vec<_>>()),
        distraction_rows => Serde(material.experiment.setups.iter().zip(&measured.setups)
            .filter_map(|(plan, setup)| row::distraction_row(plan, setup)).collect::<Vec<_>>()),
        examples => Serde(row::example_rows(material, &measured)),
        failures => sentence::failures(&measured),
        setting_rows => Serde(row::setting_rows(material)),
        model_rows => Serde(row::model_rows(material)),
    };
    let context = context! {
        corpus => Serde(json!({
            "name": corpus.name,
            "title": inline(&corpus.title, 200),
            "language": corpus.language,
            "licence": inline(&corpus.licence, 80),
            "documents": corpus.manifest.documents.len(),
            "words": corpus.manifest.documents.iter().map(|document| document.words).sum::<usize>(),
            "questions_sha256": corpus.manifest.questions_sha256.short(),
        })),
        experiment_sha256 => material.provenance.experiment_sha256.short(),
        build => Serde(json!({
            "version": build.version,
            "profile": build.profile,
            "target": build.target,
            "engines": build.engines.iter().map(|(name, version)| format!("{name} {version}")).collect::<Vec<_>>().join(", "),
        })),
        machine => if shown {
            format!("{}, {} cores, {}, {}", machine.processor, machine.cores, number::gib(machine.memory_bytes), machine.system)
        } else { String::new() },
        folder => format!("reports/{}", material.experiment.name),
        sizes => Serde(sizes.words),
        caveats => Serde(caveat::caveats(material)),
        ..context
    };
    let markdown = environment.get_template("report")?.render(context)?;
    Ok(Page {
        markdown,
        figures: figures
            .into_iter()
            .map(|(name, svg, words)| (name, figure::described(&svg, &words)))
            .collect(),
        scores: scores_csv(material, &measured, readings)?,
        summary: summary(material, &measured, &kinds, &retrieval, &verdicts, shown)?,
    })
}

/// File name, SVG, and what it shows in words.
type Figure = (&'static str, String, String);

fn figures(
    material: &Material,
    measured: &Measured,
    kinds: &[super::kind::KindRow],
    on_frontier: &[String],
    shown: bool,
) -> Result<Vec<Figure>, ReportError> {
    let decision = &material.experiment.decision;
    let unit = unit(decision.measure);
    let setups: Vec<&SetupMeasured> = measured.setups.iter().collect();
    let n = material.questions.len();
    let mut best_first = setups.clone();
    best_first.sort_by(|a, b| b.value.total_cmp(&a.value));
    let shares = best_first.iter().map(|setup| format!("{} {}", setup.name, percent(setup.value)));
    let shares = shares.collect::<Vec<_>>().join(", ");
    let mut figures = vec![
        (
            "accuracy.svg",
            figure::accuracy(&setups, unit, decision.confidence, n)?,
            format!("Share {unit} of every setup, with intervals: {shares}"),
        ),
        (
            "kinds.svg",
            figure::kinds(kinds, &measured.setups, unit, decision.confidence)?,
            format!(
                "Share {unit} of every setup by kind of question: the numbers of the table below"
            ),
        ),
    ];
    if shown {
        let names: Vec<&str> = on_frontier.iter().map(String::as_str).collect();
        if let Some(svg) = figure::frontier(&setups, &names, unit)? {
            let frontier = names.join(", ");
            let words =
                format!("Share {unit} against seconds a question; on the frontier: {frontier}");
            figures.push(("frontier.svg", svg, words));
        }
    }
    Ok(figures)
}

/// Contenders that no other beats in accuracy and median seconds.
fn on_frontier(measured: &Measured) -> Vec<String> {
    let candidates: Vec<Candidate> = measured
        .contenders()
        .map(|setup| Candidate {
            name: setup.name.clone(),
            accuracy: setup.value,
            costs: vec![setup.p50_seconds],
        })
        .collect();
    frontier(&candidates)
        .into_iter()
        .filter(crate::statistics::Standing::on_frontier)
        .map(|standing| standing.name)
        .collect()
}

fn cluster_count(measured: &Measured) -> usize {
    measured.clusters.iter().collect::<std::collections::BTreeSet<_>>().len()
}
