//! Documents of a company: how fast they are read and cut, brought up to date, imported, and in how much
//! memory.
//!
//! Enters: nothing; texts of invented words are made here, with a seed. Leaves: figures, each of the real
//! path: the library's calls for reading and cutting, the program for everything else. Does not: embed.
//!
//! All files were written just before and lie in the system's memory: the disk is not measured.

#[cfg(feature = "formats")]
#[expect(dead_code, reason = "tests make other files with it")]
#[path = "../tests/support/documents/pdf.rs"]
mod pdf;
#[cfg(feature = "formats")]
#[path = "support/pdf_reading.rs"]
mod pdf_reading;
#[path = "support/mod.rs"]
mod support;
#[path = "support/texts.rs"]
mod texts;

use clap::Parser;
use ragscale::chunk::Chunker;
use ragscale::config::ChunkPlan;
use ragscale::corpus::Corpus;
use ragscale::extract::Extractor;
use ragscale::tokens::Tokens;
use serde_json::json;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use support::figure::{Figure, conclude};
use support::watched::Watched;
use support::{Failure, copy, repository};
use texts::Texts;

const MB_A_SECOND_MIN: f64 = 5.0;
const UPDATE_SECONDS_MAX: f64 = 2.0;
const IMPORT_SECONDS_MAX: f64 = 60.0;
const MEMORY_MIB_MAX: f64 = 500.0;

/// Words of a document where many are made.
const SHORT: usize = 90;
/// Words of a document where speed is measured, about 20 kB.
const LONG: usize = 3_000;
/// The embedder of the update: committed, and loaded only where engines are built in.
const EMBEDDER: &str = "models/lab/embedder";

/// Measures what comes before the first question.
#[derive(Parser)]
struct Arguments {
    /// Documents of the corpus that is brought up to date
    #[arg(long, default_value_t = 10_000)]
    documents: usize,
    /// Documents of the BEIR folder that is imported
    #[arg(long, default_value_t = 100_000)]
    imported: usize,
    /// Megabytes of text that are read and cut in each format
    #[arg(long, default_value_t = 20)]
    megabytes: usize,
    /// PDF files that are read, of 20 pages each
    #[arg(long, default_value_t = 100)]
    pdfs: usize,
    /// Another build of the program
    #[arg(long, default_value = env!("CARGO_BIN_EXE_ragscale"))]
    program: PathBuf,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    conclude(arguments.bench, || measure(&arguments))
}

fn measure(arguments: &Arguments) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    for format in ["md", "txt", "html"] {
        figures.push(reading(arguments, format)?);
    }
    #[cfg(feature = "formats")]
    figures.extend(pdf_reading::figures(&arguments.program, arguments.pdfs)?);
    figures.extend(adding(arguments)?);
    figures.extend(updating(arguments)?);
    figures.extend(importing(arguments)?);
    Ok(figures)
}

/// A corpus whose documents `write` writes, each given its path without the ending.
fn corpus(
    root: &Path,
    count: usize,
    write: &mut dyn FnMut(&Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let folder = root.join("corpora/bench");
    fs::create_dir_all(folder.join("documents"))?;
    fs::write(
        folder.join("corpus.toml"),
        "title = \"Bench\"\nlanguage = \"en\"\nlicence = \"CC0-1.0\"\n",
    )?;
    let question = json!({
        "id": "q", "question": "Who signs for the pump of the seventh hall?", "answers": [],
        "kind": "unanswerable", "split": "test",
    });
    fs::write(folder.join("questions.jsonl"), format!("{question}\n"))?;
    for number in 0..count {
        write(&folder.join("documents").join(format!("d{number:06}")))?;
    }
    Ok(())
}

/// Reading and cutting all documents of one format, counted in words, on all cores.
fn reading(arguments: &Arguments, format: &str) -> Result<Figure, Failure> {
    let project = tempfile::tempdir()?;
    let mut texts = Texts::new();
    let one = texts.document(format, LONG).len();
    corpus(project.path(), arguments.megabytes * 1_000_000 / one, &mut |path| {
        Ok(fs::write(path.with_extension(format), texts.document(format, LONG))?)
    })?;
    let extractor = Extractor::new(arguments.program.clone(), &project.path().join("texts"));
    let start = Instant::now();
    let corpus = Corpus::load_documents(project.path(), "bench", &extractor)?;
    let plan = ChunkPlan { tokens: 160, overlap: 32, tokenizer: None };
    let chunks = Chunker::new(Tokens::Words, &plan)?.chunk_corpus(&corpus.documents).len();
    let seconds = start.elapsed().as_secs_f64();
    let bytes: u64 = corpus.manifest.documents.iter().map(|record| record.file_bytes).sum();
    let speed = bytes as f64 / 1e6 / seconds;
    if chunks == 0 {
        return Err(format!("no chunk of {format}").into());
    }
    Ok(Figure::held(
        &format!("{format} read and cut"),
        format!("{speed:.1} MB/s"),
        format!("at least {MB_A_SECOND_MIN} MB/s"),
        speed >= MB_A_SECOND_MIN,
    ))
}

/// `corpus add` of a folder of many files.
fn adding(arguments: &Arguments) -> Result<Vec<Figure>, Failure> {
    let (project, source) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut texts = Texts::new();
    for number in 0..arguments.documents {
        fs::write(source.path().join(format!("{number}.md")), texts.document("md", SHORT))?;
    }
    fs::create_dir(project.path().join("corpora"))?;
    let folder = source.path().to_string_lossy().into_owned();
    let seen =
        Watched::run(&arguments.program, &["corpus", "add", "bench", &folder], project.path())?;
    let name = format!("{} files added", arguments.documents);
    Ok(vec![Figure::shown(&name, format!("{:.1} s", seen.seconds)), memory(&name, &seen)])
}

/// `retrieve` over a corpus that was indexed before, of which one document is new.
fn updating(arguments: &Arguments) -> Result<Vec<Figure>, Failure> {
    let project = tempfile::tempdir()?;
    let root = project.path();
    let mut texts = Texts::new();
    corpus(root, arguments.documents, &mut |path| {
        Ok(fs::write(path.with_extension("md"), texts.document("md", SHORT))?)
    })?;
    fs::create_dir_all(root.join("models/lab"))?;
    fs::create_dir_all(root.join("experiments"))?;
    copy(&repository().join(EMBEDDER), &root.join(EMBEDDER))?;
    fs::write(root.join("script.jsonl"), "{\"says\": \"nobody\"}\n")?;
    let dense = if cfg!(feature = "engines") {
        format!("dense = {{ qdrant = {{}}, embedder = \"{EMBEDDER}\" }}\n")
    } else {
        String::new()
    };
    fs::write(
        root.join("experiments/bench.toml"),
        format!(
            "title = \"What does an added document cost?\"\ncorpus = \"bench\"\n\
             [model.scripted]\nscripted = {{ script = \"script.jsonl\" }}\n\
             [retriever.all]\nchunks = {{ tokens = 400, overlap = 0, tokenizer = \"{EMBEDDER}\" }}\n\
             lexical = {{ tantivy = {{}} }}\n{dense}\
             [setup.all]\nmodel = \"scripted\"\n\
             strategy.retrieval = {{ retriever = \"all\", passages = 3 }}\n\
             [decision]\nmeasure = \"correct\"\nmargin = 0.05\n"
        ),
    )?;
    let retrieve = ["retrieve", "experiments/bench.toml"];
    let first = Watched::run(&arguments.program, &retrieve, root)?;
    fs::write(root.join("corpora/bench/documents/new.md"), texts.document("md", SHORT))?;
    let second = Watched::run(&arguments.program, &retrieve, root)?;
    let of = if dense.is_empty() { "lexical" } else { "lexical and dense" };
    let name = format!("{} documents indexed, {of}", arguments.documents);
    Ok(vec![
        Figure::shown(&name, format!("{:.1} s", first.seconds)),
        memory(&name, &first),
        Figure::held(
            "one more, up to date",
            format!("{:.2} s", second.seconds),
            format!("under {UPDATE_SECONDS_MAX} s"),
            second.seconds < UPDATE_SECONDS_MAX,
        ),
    ])
}

/// `corpus import` of a BEIR folder.
fn importing(arguments: &Arguments) -> Result<Vec<Figure>, Failure> {
    let (project, source) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let folder = source.path();
    let mut texts = Texts::new();
    fs::create_dir(folder.join("qrels"))?;
    let mut documents = BufWriter::new(fs::File::create(folder.join("corpus.jsonl"))?);
    for number in 0..arguments.imported {
        let text = texts.document("txt", SHORT);
        let line = json!({ "_id": format!("d{number}"), "title": "", "text": text });
        writeln!(documents, "{line}")?;
    }
    documents.flush()?;
    let query = json!({ "_id": "q", "text": "Who signs for the pump?" });
    fs::write(folder.join("queries.jsonl"), format!("{query}\n"))?;
    fs::write(folder.join("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq\td0\t1\n")?;
    fs::create_dir(project.path().join("corpora"))?;
    let path = folder.to_string_lossy().into_owned();
    let import = ["corpus", "import", "--format", "beir", &path, "bench"];
    let seen = Watched::run(&arguments.program, &import, project.path())?;
    let name = format!("{} documents of BEIR imported", arguments.imported);
    Ok(vec![
        Figure::held(
            &name,
            format!("{:.1} s", seen.seconds),
            format!("under {IMPORT_SECONDS_MAX} s"),
            seen.seconds < IMPORT_SECONDS_MAX,
        ),
        memory(&name, &seen),
    ])
}

/// The process's peak, without its readers.
fn memory(of: &str, seen: &Watched) -> Figure {
    let mib = seen.peak_bytes.map_or(f64::NAN, |bytes| bytes as f64 / f64::from(1 << 20));
    Figure::held(
        &format!("  peak memory, {of}"),
        format!("{mib:.0} MiB"),
        format!("under {MEMORY_MIB_MAX} MiB"),
        mib < MEMORY_MIB_MAX,
    )
}
