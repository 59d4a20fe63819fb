//! What a survey says in a line each, for the terminal and for the page alike.

use crate::questions::Finding as Odd;
use crate::report::number;
use crate::survey::{Item, Survey};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::mem::discriminant;

/// Names of series that are named.
const SERIES_NAMED: usize = 5;
/// Places of one item that are named.
const PLACES_NAMED: usize = 4;

/// What is counted: a label and what is said of it. Text of documents and questions is in it as it is.
pub fn rows(survey: &Survey) -> Vec<(&'static str, String)> {
    let Survey { size, languages, names, questions, left_out, .. } = survey;
    let grouped = |count: usize| number::grouped(count as u64);
    let mut formats = listed(size.formats.iter());
    if !size.encodings.is_empty() {
        formats += &format!("; not UTF-8: {}", listed(size.encodings.iter()));
    }
    if size.files_not_read > 0 {
        formats += &format!("; {} file(s) not read", grouped(size.files_not_read));
    }
    let tokens = match size.tokens_are_estimated {
        false => grouped(size.tokens),
        true => format!(
            "~{}, of four bytes each; `--tokenizer FOLDER` counts with a model's tokenizer",
            grouped(size.tokens)
        ),
    };
    let mut spoken = listed(languages.documents.iter());
    if languages.not_judged > 0 {
        let comma = if spoken.is_empty() { "" } else { "; " };
        spoken += &format!("{comma}{} not judged", grouped(languages.not_judged));
    }
    if !languages.language_is_known {
        spoken += &format!("; the detector does not know `{}`", survey.language);
    }
    let mut wrong: Vec<_> =
        survey.problems.iter().map(|problem| (&problem.file, problem.line)).collect();
    wrong.dedup();
    let wrong = match wrong.len() {
        0 => String::new(),
        lines => format!("; {} line(s) with something wrong, named below", grouped(lines)),
    };
    let mut rows = vec![
        ("documents", format!("{}: {formats}", grouped(size.documents))),
        (
            "text",
            format!(
                "{} words, {} bytes; {} bytes in files",
                grouped(size.words),
                grouped(size.text_bytes),
                number::grouped(size.file_bytes)
            ),
        ),
        ("tokens", tokens),
        (
            "chunks",
            format!(
                "{} of at most {} {}, of which neighbours share up to {}",
                grouped(size.chunks.count),
                size.chunks.longest,
                size.chunks.unit,
                size.chunks.overlap
            ),
        ),
        (
            "lengths",
            format!(
                "{} to {} words a document, median {}, nine of ten at most {}",
                grouped(size.document_words.min),
                grouped(size.document_words.max),
                grouped(size.document_words.median),
                grouped(size.document_words.p90)
            ),
        ),
        ("languages", spoken),
        (
            "names",
            format!(
                "{} names and codes: {} in one document, {} in two to five, {} in more",
                grouped(names.distinct),
                grouped(names.in_one),
                grouped(names.in_two_to_five),
                grouped(names.in_more)
            ),
        ),
        (
            "questions",
            format!(
                "{}, {} without evidence, {} written by models{wrong}",
                grouped(questions.questions),
                grouped(questions.without_evidence),
                grouped(questions.by_models)
            ),
        ),
        (
            "evidence",
            format!(
                "{} quotes and {} whole documents, in {} documents; {} documents hold none",
                grouped(questions.quotes),
                grouped(questions.whole_documents),
                grouped(questions.documents_with_evidence),
                grouped(questions.documents_without)
            ),
        ),
    ];
    if size.dropped_lines > 0 {
        let lines = grouped(size.dropped_lines);
        rows.push((
            "dropped",
            format!("{lines} headers and footers that stood on every page of a document"),
        ));
    }
    if !left_out.series.is_empty() {
        rows.push(("series", series(&left_out.series)));
    }
    if left_out.compared_in_part > 0 {
        let documents = grouped(left_out.compared_in_part);
        rows.push((
            "not compared",
            format!("{documents} documents resemble too many others to be compared with each"),
        ));
    }
    rows
}

/// `fact` and `dev 9, test 30`: kinds in order, each with its splits.
pub fn kinds(survey: &Survey) -> Vec<(&str, String)> {
    let counts = &survey.questions.by_kind;
    counts
        .chunk_by(|one, two| one.kind == two.kind)
        .filter_map(|splits| {
            let splits_of = splits.iter().map(|count| (&count.split, &count.questions));
            splits.first().map(|first| (first.kind.as_str(), listed(splits_of)))
        })
        .collect()
}

/// The largest series of forms, and how many more there are.
fn series(series: &BTreeMap<String, usize>) -> String {
    let mut largest: Vec<_> = series.iter().collect();
    largest.sort_by_key(|(name, documents)| (Reverse(**documents), *name));
    let more = match largest.len().saturating_sub(SERIES_NAMED) {
        0 => String::new(),
        more => format!(" and {} more", number::grouped(more as u64)),
    };
    largest.truncate(SERIES_NAMED);
    let named = listed(largest.into_iter());
    format!("many documents of one name, not compared as versions: {named}{more}")
}

/// Things of one kind that were found.
pub struct Section {
    /// `likely secrets: 3`.
    pub heading: String,
    /// What can be done about it.
    pub hint: &'static str,
    /// One line each.
    pub items: Vec<String>,
}

/// What is wrong with questions, what was found in documents, then what is odd about questions.
pub fn sections(survey: &Survey) -> Vec<Section> {
    let section = |title: &str, hint: &'static str, items: Vec<String>| Section {
        heading: format!("{title}: {}", number::grouped(items.len() as u64)),
        hint,
        items,
    };
    let wrong = (!survey.problems.is_empty()).then(|| {
        let items = survey.problems.iter().map(ToString::to_string).collect();
        section(
            "questions that something is wrong with",
            "mend them: before that no experiment asks this corpus",
            items,
        )
    });
    let of_documents = survey.findings.iter().map(|finding| {
        section(finding.kind.title(), finding.hint, finding.items.iter().map(item).collect())
    });
    let is_alike = |one: &Odd, two: &Odd| discriminant(&one.what) == discriminant(&two.what);
    let of_questions = survey.questions_found.chunk_by(is_alike).filter_map(|some| {
        let first = some.first()?;
        let items = some.iter().map(ToString::to_string).collect();
        Some(section(first.what.title(), first.what.hint(), items))
    });
    wrong.into_iter().chain(of_documents).chain(of_questions).collect()
}

/// `a.md:3, b.md and 2 more: what it is`.
fn item(item: &Item) -> String {
    let named: Vec<String> =
        item.places.iter().take(PLACES_NAMED).map(ToString::to_string).collect();
    let more = match item.places.len().saturating_sub(PLACES_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let detail = item.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
    format!("{}{more}{detail}", named.join(", "))
}

/// `md 12, txt 3`.
fn listed<'a>(counts: impl Iterator<Item = (&'a String, &'a usize)>) -> String {
    counts
        .map(|(name, count)| format!("{name} {}", number::grouped(*count as u64)))
        .collect::<Vec<_>>()
        .join(", ")
}
