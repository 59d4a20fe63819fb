//! Lexical, dense and hybrid retrieval over 1,283 paragraphs of SQuAD: what is found, how fast, and
//! in how much memory.
//!
//! Enters: `squad/passages.jsonl` and `squad/questions.jsonl` below `RAGSCALE_REFERENCE_DATA`, the
//! embedder of `models/`. Leaves: recall, latency, throughput and the process's peak memory, of one
//! `ragscale retrieve`. Does not: run a language model.
//!
//! Every paragraph is a document and one chunk, so that "found" means the paragraph that the question
//! was written for. One question was written for two paragraphs; each counts half.

#[path = "support/mod.rs"]
mod support;

use clap::Parser;
use ragscale::corpus::Corpus;
use ragscale::extract::Extractor;
use ragscale::file;
use ragscale::retrieve::Retrieved;
use ragscale::score::{RetrievalScore, score_retrieval};
use ragscale::tokens::Tokens;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use support::figure::{Figure, conclude};
use support::watched::Watched;
use support::{Failure, quantile, quoted, repository};

/// Share of questions whose paragraph a plain Lucene-style BM25 finds among the first five, of the
/// data's description.
const LEXICAL_RECALL_AT_5: f64 = 0.942;
const LEXICAL_TOLERANCE: f64 = 0.01;
const SEARCH_MS_MAX: f64 = 10.0;
const MEMORY_MIB_MAX: f64 = 300.0;

/// The embedder's folder in `models/`, and what it reads of a text, in tokens with the two it adds.
const EMBEDDER: &str = "all-minilm-l6-v2";
const EMBEDDER_TOKENS: usize = 512;
const RETRIEVERS: [&str; 3] = ["lexical", "dense", "hybrid"];
const RECALL_DEPTHS: [usize; 3] = [1, 5, 20];

/// Measures retrieval over the SQuAD paragraphs.
#[derive(Parser)]
struct Arguments {
    /// Questions, drawn with a fixed seed; all when absent
    #[arg(long)]
    questions: Option<usize>,
    /// Folder that holds `squad/`; `RAGSCALE_REFERENCE_DATA` when absent
    #[arg(long)]
    data: Option<PathBuf>,
    /// Folder that models/get.sh filled; `RAGSCALE_MODELS` or `models/` when absent
    #[arg(long)]
    models: Option<PathBuf>,
    /// Another build of the program
    #[arg(long, default_value = env!("CARGO_BIN_EXE_ragscale"))]
    program: PathBuf,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Deserialize)]
struct Paragraph {
    #[serde(rename = "_id")]
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct Asked {
    id: String,
    question: String,
    answers: Vec<String>,
    gold_passages: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    conclude(arguments.bench, || measure(&arguments))
}

fn measure(arguments: &Arguments) -> Result<Vec<Figure>, Failure> {
    let data = arguments
        .data
        .clone()
        .or_else(|| std::env::var_os("RAGSCALE_REFERENCE_DATA").map(PathBuf::from))
        .ok_or("set RAGSCALE_REFERENCE_DATA to the folder that holds `squad/`")?;
    let models = arguments
        .models
        .clone()
        .or_else(|| std::env::var_os("RAGSCALE_MODELS").map(PathBuf::from))
        .unwrap_or_else(|| repository().join("models"));
    let embedder = std::path::absolute(models.join(EMBEDDER))?;
    if !embedder.join("model.onnx").is_file() {
        return Err(format!("no model.onnx in {}: run models/get.sh", embedder.display()).into());
    }
    let project = tempfile::tempdir()?;
    let root = project.path();
    let cut = prepare(root, &data.join("squad"), &embedder, arguments.questions)?;
    let seen = Watched::run(&arguments.program, &["retrieve", "experiments/squad.toml"], root)?;
    figures(root, &seen, cut)
}

/// A project with the paragraphs as a corpus and the experiment. Returns how many paragraphs are
/// longer than the embedder reads.
fn prepare(
    root: &Path,
    squad: &Path,
    embedder: &Path,
    sample: Option<usize>,
) -> Result<usize, Failure> {
    let paragraphs: Vec<(usize, Paragraph)> = file::read_json_lines(&squad.join("passages.jsonl"))?;
    let asked: Vec<(usize, Asked)> = file::read_json_lines(&squad.join("questions.jsonl"))?;
    let corpus = root.join("corpora/squad");
    std::fs::create_dir_all(corpus.join("documents"))?;
    let tokens = Tokens::from_folder(embedder)?;
    let mut cut = 0;
    let mut texts = HashMap::new();
    for (_, paragraph) in &paragraphs {
        let path = corpus.join("documents").join(format!("{}.txt", paragraph.id));
        std::fs::write(path, &paragraph.text)?;
        cut += usize::from(tokens.count(&paragraph.text) + 2 > EMBEDDER_TOKENS);
        texts.insert(paragraph.id.as_str(), paragraph.text.as_str());
    }
    let mut questions = Vec::with_capacity(asked.len());
    for (line, one) in &asked {
        let mut evidence = Vec::new();
        for id in &one.gold_passages {
            let text = texts.get(id.as_str()).ok_or_else(|| format!("line {line}: no {id}"))?;
            evidence.push(json!({ "document": format!("{id}.txt"), "quote": text }));
        }
        questions.push(json!({
            "id": one.id, "question": one.question, "answers": one.answers, "evidence": evidence,
            "kind": "fact", "split": "test",
        }));
    }
    file::write_json_lines(&corpus.join("questions.jsonl"), &questions)?;
    std::fs::write(
        corpus.join("corpus.toml"),
        "title = \"SQuAD 1.1, development set\"\nlanguage = \"en\"\nlicence = \"CC-BY-SA-4.0\"\n",
    )?;
    std::fs::create_dir_all(root.join("experiments"))?;
    let sample = sample.map_or_else(String::new, |sample| {
        format!("questions = {{ sample = {sample}, seed = 7 }}\n")
    });
    let embedder = quoted(&embedder.to_string_lossy());
    // No paragraph has so many tokens: each is one chunk.
    let chunks = format!("chunks = {{ tokens = 100000, overlap = 0, tokenizer = {embedder} }}");
    let (lexical, dense) = (
        "lexical = { tantivy = {} }",
        format!("dense = {{ qdrant = {{}}, embedder = {embedder} }}"),
    );
    let experiment = format!(
        r#"title = "Retrieval over the paragraphs of SQuAD"
corpus = "squad"
{sample}
[model.none]
scripted = {{ reads = 1.0, knows = 0.0, declines = 0.0, seed = 1 }}

[retriever.lexical]
{chunks}
{lexical}

[retriever.dense]
{chunks}
{dense}

[retriever.hybrid]
{chunks}
{lexical}
{dense}
fusion = {{ rrf = {{ k = 60 }} }}

[setup.none]
model = "none"
strategy.retrieval = {{ retriever = "hybrid", passages = 5 }}
"#
    );
    std::fs::write(root.join("experiments/squad.toml"), experiment)?;
    Ok(cut)
}

fn figures(root: &Path, seen: &Watched, cut: usize) -> Result<Vec<Figure>, Failure> {
    let corpus =
        Corpus::load(root, "squad", &Extractor::new("no program".into(), &root.join("texts")))?;
    let questions: HashMap<&str, _> =
        corpus.questions.iter().map(|question| (question.id.as_str(), question)).collect();
    let lines: Vec<(usize, Retrieved)> =
        file::read_json_lines(&root.join("reports/squad/hits.jsonl"))?;
    let mut by_retriever: HashMap<&str, Vec<(&Retrieved, RetrievalScore)>> = HashMap::new();
    for (_, line) in &lines {
        let question = questions.get(line.question.as_str()).ok_or("an unknown question")?;
        let score = score_retrieval(&line.retriever, question, &line.hits)
            .ok_or("a question without evidence")?;
        by_retriever.entry(line.retriever.as_str()).or_default().push((line, score));
    }
    let of = |retriever: &str| by_retriever.get(retriever).map_or(&[][..], Vec::as_slice);
    let recall = |retriever: &str, depth: usize| {
        let scores = of(retriever);
        let found = scores.iter().flat_map(|(_, score)| &score.recall);
        let sum: f64 = found.filter(|(k, _)| *k == depth).map(|(_, recall)| recall).sum();
        sum / scores.len() as f64
    };

    let asked = of("hybrid").len();
    let mut figures = vec![
        Figure::shown("paragraphs", corpus.documents.len().to_string()),
        Figure::shown("  longer than the embedder reads", cut.to_string()),
        Figure::shown("questions", asked.to_string()),
    ];
    for depth in RECALL_DEPTHS {
        let [lexical, dense, hybrid] = RETRIEVERS.map(|retriever| recall(retriever, depth));
        for (retriever, value) in RETRIEVERS.into_iter().zip([lexical, dense, hybrid]) {
            let name = format!("{retriever} recall@{depth}");
            let shown = format!("{value:.4}");
            figures.push(match (retriever, depth) {
                ("lexical", 5) => Figure::held(
                    &name,
                    shown,
                    format!("{LEXICAL_RECALL_AT_5} ± {LEXICAL_TOLERANCE}"),
                    (value - LEXICAL_RECALL_AT_5).abs() <= LEXICAL_TOLERANCE,
                ),
                // What was asked for speaks of the first five.
                ("hybrid", 5) => Figure::held(
                    &name,
                    shown,
                    format!("above {:.4}", lexical.max(dense)),
                    hybrid > lexical && hybrid > dense,
                ),
                _ => Figure::shown(&name, shown),
            });
        }
    }

    let milliseconds = |seconds: &dyn Fn(&Retrieved) -> f64, retriever: &str| -> Vec<f64> {
        of(retriever).iter().map(|(line, _)| 1000.0 * seconds(line)).collect()
    };
    for retriever in RETRIEVERS {
        let mut search = milliseconds(&|line| line.seconds.search, retriever);
        let (p50, p95) = (quantile(&mut search, 0.5), quantile(&mut search, 0.95));
        let name = format!("{retriever} search, p50");
        figures.push(if retriever == "hybrid" {
            Figure::held(
                &name,
                format!("{p50:.2} ms"),
                format!("under {SEARCH_MS_MAX} ms"),
                p50 < SEARCH_MS_MAX,
            )
        } else {
            Figure::shown(&name, format!("{p50:.2} ms"))
        });
        figures.push(Figure::shown(&format!("{retriever} search, p95"), format!("{p95:.2} ms")));
    }
    let mut embed = milliseconds(&|line| line.seconds.embed, "dense");
    let seconds: f64 = embed.iter().sum::<f64>() / 1000.0;
    figures.push(Figure::shown(
        "query embedding, p50",
        format!("{:.2} ms", quantile(&mut embed, 0.5)),
    ));
    figures.push(Figure::shown("queries embedded", format!("{:.1} /s", asked as f64 / seconds)));
    let before = seen.event("end", "retrieve lexical")?;
    let indexed = seen.note("retriever dense:")?;
    figures.push(Figure::shown(
        "paragraphs embedded, model loading included",
        format!(
            "{:.1} /s",
            corpus.documents.len() as f64 / (indexed.at_seconds - before.at_seconds)
        ),
    ));
    figures.push(Figure::shown("wall-clock of the run", format!("{:.1} s", seen.seconds)));

    let mib = |bytes: Option<u64>| bytes.map(|bytes| bytes as f64 / f64::from(1 << 20));
    let stages = [
        ("after lexical", before.peak_bytes),
        ("after embedding paragraphs", indexed.peak_bytes),
        ("after dense", seen.event("end", "retrieve dense")?.peak_bytes),
        ("after hybrid", seen.event("end", "retrieve hybrid")?.peak_bytes),
    ];
    for (stage, bytes) in stages {
        if let Some(mib) = mib(bytes) {
            figures.push(Figure::shown(&format!("peak memory {stage}"), format!("{mib:.0} MiB")));
        }
    }
    let peak = mib(seen.peak_bytes).ok_or("memory is read from /proc, which is not here")?;
    figures.push(Figure::held(
        "peak memory of the process",
        format!("{peak:.0} MiB"),
        format!("under {MEMORY_MIB_MAX} MiB"),
        peak < MEMORY_MIB_MAX,
    ));
    Ok(figures)
}
