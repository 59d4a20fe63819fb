//! A file of somebody's format turned into markdown, by a library where it is more than lines of text.
//!
//! Enters: bytes, their format. Leaves: an [`Extracted`], or why there is none. Does not: run in the
//! program's own process (a reader calls it), fetch anything, or recognize text on pictures.

use super::html;
use super::protocol::Refusal;
use super::text::{Extracted, unix_lines};
use super::{Decoded, Format, decode, records, table};

/// Reads a document.
pub(super) fn read(bytes: Vec<u8>, format: Format) -> Result<Extracted, Refusal> {
    match format {
        Format::Html => page(bytes),
        Format::Csv | Format::Tsv => table::read(bytes),
        Format::Json => records::read(bytes),
        Format::JsonLines => records::read_lines(bytes),
        _ => library::read(bytes, format),
    }
}

fn page(bytes: Vec<u8>) -> Result<Extracted, Refusal> {
    let Decoded { text, encoding, replaced } = decode(bytes);
    let page = html::to_markdown(&unix_lines(text)).map_err(|html::TooDeep| Refusal::TooDeep)?;
    let (text, title, encoding) = (page.markdown, page.title, encoding.map(str::to_owned));
    Ok(Extracted { text, title, encoding, replaced, ..Extracted::default() })
}

/// Without the library there is nothing to read such files with.
#[cfg(not(feature = "formats"))]
mod library {
    use super::{Extracted, Format, Refusal};

    pub fn read(_bytes: Vec<u8>, _format: Format) -> Result<Extracted, Refusal> {
        Err(Refusal::Failed { why: "this build was made without the feature `formats`".into() })
    }
}

#[cfg(feature = "formats")]
mod library {
    use super::super::text::{Extracted, joined, unix_lines};
    use super::super::{boilerplate, envelope, mailbox, references};
    use super::{Format, Refusal};
    use xberg::core::config::{ContentFilterConfig, PageConfig};
    use xberg::{ExtractInput, ExtractedDocument, ExtractionConfig, OutputFormat};

    /// Marks of list items that fonts draw in their own ways.
    const BULLETS: [char; 8] = [
        '\u{2022}', '\u{f0b7}', '\u{f0a7}', '\u{25aa}', '\u{25e6}', '\u{2023}', '\u{25cf}',
        '\u{b7}',
    ];

    /// Reads a document.
    pub fn read(bytes: Vec<u8>, format: Format) -> Result<Extracted, Refusal> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Refusal::Failed { why: error.to_string() })?;
        if format == Format::Mbox {
            return mailbox_of(&bytes, &runtime);
        }
        if let Some(refusal) = envelope::refusal(&bytes, format) {
            return Err(refusal);
        }
        if format != Format::Docx {
            return extracted(one(bytes, format, &runtime)?, format);
        }
        let mut read = extracted(one(references::written_out(bytes), format, &runtime)?, format)?;
        read.text = references::with_marks(read.text);
        Ok(read)
    }

    /// A mailbox's messages, each a section of the text.
    fn mailbox_of(bytes: &[u8], runtime: &tokio::runtime::Runtime) -> Result<Extracted, Refusal> {
        let mut text = String::new();
        let (mut read, mut refused) = (0, None);
        for (number, message) in (1..).zip(mailbox::messages(bytes)) {
            // Of a line that only looks like a mark, and of a file that was cut there.
            if message.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let message = match one(message.to_vec(), Format::Eml, runtime) {
                Ok(document) => {
                    read += 1;
                    plain(&document.content)
                }
                Err(refusal) => {
                    refused.get_or_insert(refusal);
                    "(this message cannot be read)".to_owned()
                }
            };
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&format!("# Message {number}\n\n{message}"));
        }
        match refused {
            Some(refusal) if read == 0 => Err(refusal),
            _ => Ok(Extracted { text, ..Extracted::default() }),
        }
    }

    fn one(
        bytes: Vec<u8>,
        format: Format,
        runtime: &tokio::runtime::Runtime,
    ) -> Result<ExtractedDocument, Refusal> {
        let input = ExtractInput::from_bytes(bytes, format.media_type(), None);
        let result = runtime.block_on(xberg::extract(input, &config(format)));
        let broken = |why: String| {
            let lower = why.to_lowercase();
            if lower.contains("encrypted") || lower.contains("password") {
                Refusal::Encrypted
            } else {
                Refusal::Broken { why }
            }
        };
        let result = result.map_err(|error| broken(error.to_string()))?;
        result
            .results
            .into_iter()
            .next()
            .ok_or_else(|| broken("the library gave neither a text nor an error".into()))
    }

    /// Nothing is dropped without being counted: what repeats on pages is kept here and dropped by us.
    fn config(format: Format) -> ExtractionConfig {
        let output_format = match format {
            // As markdown the lines of a document become one.
            Format::Doc => OutputFormat::Plain,
            // Its slides are markdown as they are; rendered once more, one with a list or a table loses
            // its title and all other text.
            Format::Pptx => OutputFormat::Structured,
            _ => OutputFormat::Markdown,
        };
        ExtractionConfig {
            output_format,
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
        }
    }

    /// A title that says something: programs write the file's name or a word of their own where nobody
    /// wrote one.
    fn title_of(title: Option<String>) -> Option<String> {
        let title = title?.trim().to_owned();
        let lower = title.to_lowercase();
        let says = !lower.is_empty()
            && !["(anonymous)", "untitled", "(unspecified)"].contains(&lower.as_str())
            && !lower.starts_with("microsoft word - ");
        says.then_some(title)
    }

    fn extracted(document: ExtractedDocument, format: Format) -> Result<Extracted, Refusal> {
        let title = title_of(document.metadata.title);
        let sheets = matches!(format, Format::Xlsx | Format::Xls | Format::Ods);
        // Sheets have names, which the text as a whole has as headings.
        let pages = if sheets { Vec::new() } else { document.pages.unwrap_or_default() };
        if pages.is_empty() {
            let text = match format {
                Format::Doc => paragraphs(&document.content),
                _ => plain(&document.content),
            };
            return Ok(Extracted { text, title, ..Extracted::default() });
        }
        let mut texts: Vec<String> = pages
            .iter()
            .map(|page| {
                let notes =
                    page.speaker_notes.as_deref().map(str::trim).filter(|notes| !notes.is_empty());
                match notes {
                    Some(notes) => format!("{}\n\nNotes: {notes}", plain(&page.content)),
                    None => plain(&page.content),
                }
            })
            .collect();
        if texts.iter().all(|text| text.trim().is_empty()) {
            return Err(Refusal::Scanned { pages: texts.len() });
        }
        let dropped = boilerplate::drop_repeated(&mut texts);
        let numbers = pages.iter().map(|page| page.page_number);
        let (text, mut pages) = joined(numbers.zip(texts).collect());
        if !has_fixed_pages(format) {
            pages.clear();
        }
        Ok(Extracted { text, title, pages, dropped, ..Extracted::default() })
    }

    /// Whether a page is the same for every reader. A Word document is cut into pages anew by each program and
    /// printer; what is marked in it are some of the breaks, and some of them twice.
    fn has_fixed_pages(format: Format) -> bool {
        matches!(format, Format::Pdf | Format::Pptx)
    }

    /// The paragraphs of a Word document before 2007, which are lines; two tabs end a row of a table.
    fn paragraphs(text: &str) -> String {
        let text = plain(&text.replace("\t\t", "\n"));
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        lines.join("\n\n")
    }

    /// Lines as other programs end them, list items with one mark, no page feeds.
    fn plain(text: &str) -> String {
        let text = unix_lines(text.replace('\u{c}', "\n"));
        let mut lines: Vec<String> = text.lines().map(item).collect();
        // Empty paragraphs, which stand for white space on paper.
        lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
        lines.join("\n").trim_matches('\n').to_owned()
    }

    /// A line that begins with a bullet is a list item, also where its font made it look like a heading.
    fn item(line: &str) -> String {
        let body = line.trim_start_matches('#').trim_start();
        match body.strip_prefix(BULLETS) {
            Some(rest) => format!("- {}", rest.trim_start()),
            None => line.trim_end().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::html::HTML_DEPTH_MAX;
    use super::*;

    #[test]
    fn a_page_is_read_with_its_title_and_encoding() {
        let page = read(b"<title>T</title><h1>Gr\xf6\xdfe</h1>".to_vec(), Format::Html).unwrap();
        assert_eq!((page.text.as_str(), page.title.as_deref()), ("# Größe", Some("T")));
        assert_eq!(page.encoding.as_deref(), Some("windows-1252"));
    }

    #[test]
    fn a_page_of_too_many_levels_is_refused() {
        let deep = "<div>".repeat(HTML_DEPTH_MAX).into_bytes();
        assert_eq!(read(deep, Format::Html), Err(Refusal::TooDeep));
    }

    #[cfg(feature = "formats")]
    #[test]
    fn one_message_that_cannot_be_read_does_not_lose_the_others() {
        let mails = b"From a\nSubject: Pump\n\nIt is loud.\n\nFrom here on nothing changes.\n";
        let text = read(mails.to_vec(), Format::Mbox).unwrap().text;
        assert!(text.starts_with("# Message 1") && text.contains("It is loud."), "{text}");
    }
}
