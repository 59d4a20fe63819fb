//! PDF files through readers, beside the library that they call.
//!
//! Enters: the program, a number of files. Leaves: how much longer readers take, on all cores both times.
//! Pages are lines of text; the library is asked as readers ask it.

use super::support::Failure;
use super::support::figure::Figure;
use super::texts::Texts;
use ragscale::extract::{Extractor, Format};
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;
use xberg::core::config::{ContentFilterConfig, PageConfig};
use xberg::{ExtractInput, ExtractionConfig, OutputFormat};

const RATIO_MAX: f64 = 1.2;
const PAGES: usize = 20;
const LINES: usize = 30;
/// Words of a line.
const WORDS: usize = 9;
/// Rounds, of which the quickest counts: both ways take turns.
const ROUNDS: usize = 3;

/// The ratio, and the pages a second.
///
/// # Errors
/// When a file cannot be written or read.
pub fn figures(program: &Path, count: usize) -> Result<Vec<Figure>, Failure> {
    let folder = tempfile::tempdir()?;
    let mut texts = Texts::new();
    let mut paths = Vec::with_capacity(count);
    for number in 0..count {
        let path = folder.path().join(format!("{number}.pdf"));
        fs::write(&path, document(&mut texts))?;
        paths.push(path);
    }
    let (mut alone, mut ours) = (f64::INFINITY, f64::INFINITY);
    for round in 0..ROUNDS {
        alone = alone.min(seconds(&paths, by_library)?);
        // Each with a folder of its own: what was read before would be found there.
        let kept = folder.path().join(format!("texts-{round}"));
        let extractor = Extractor::new(program.to_owned(), &kept);
        ours = ours.min(seconds(&paths, |path| {
            Ok(extractor.read(path, Format::Pdf)?.extracted.text.len())
        })?);
    }
    let ratio = ours / alone;
    Ok(vec![
        Figure::held(
            "PDF through readers ÷ the library alone",
            format!("{ratio:.2}"),
            format!("at most {RATIO_MAX}"),
            ratio <= RATIO_MAX,
        ),
        Figure::shown("  pages a second", format!("{:.0}", (count * PAGES) as f64 / ours)),
    ])
}

/// A PDF of pages full of lines.
fn document(texts: &mut Texts) -> Vec<u8> {
    let pages: Vec<Vec<String>> =
        (0..PAGES).map(|_| (0..LINES).map(|_| texts.words(WORDS)).collect()).collect();
    let pages: Vec<Vec<&str>> =
        pages.iter().map(|lines| lines.iter().map(String::as_str).collect()).collect();
    super::pdf::pdf(&pages.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn seconds(
    paths: &[PathBuf],
    read: impl Fn(&Path) -> Result<usize, Failure> + Sync,
) -> Result<f64, Failure> {
    let start = Instant::now();
    let bytes = paths
        .par_iter()
        .map(|path| read(path).map_err(|error| error.to_string()))
        .collect::<Result<Vec<usize>, String>>()?;
    if bytes.contains(&0) {
        return Err("a PDF without text".into());
    }
    Ok(start.elapsed().as_secs_f64())
}

fn by_library(path: &Path) -> Result<usize, Failure> {
    let config = ExtractionConfig {
        output_format: OutputFormat::Markdown,
        use_cache: false,
        enable_quality_processing: false,
        disable_ocr: true,
        pages: Some(PageConfig { extract_pages: true, ..PageConfig::default() }),
        content_filter: Some(ContentFilterConfig {
            include_headers: true,
            include_footers: true,
            strip_repeating_text: false,
            ..ContentFilterConfig::default()
        }),
        ..ExtractionConfig::default()
    };
    let input = ExtractInput::from_bytes(fs::read(path)?, "application/pdf", None);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let read = runtime.block_on(xberg::extract(input, &config))?;
    Ok(read.results.first().map_or(0, |document| document.content.len()))
}
