//! Files of many formats turned into markdown.
//!
//! Enters: a file. Leaves: its text with headings, lists and tables as markdown, the places where its pages
//! start, what was dropped and how it was read; or why it cannot be read. Does not: know what a corpus is,
//! follow a link, run a macro, load a model or read text off a picture.

mod boilerplate;
mod cache;
mod delimiter;
mod document;
mod encoding;
#[cfg(any(test, feature = "formats"))]
mod envelope;
mod error;
mod extractor;
mod format;
#[cfg(test)]
mod fuzz_tests;
mod html;
mod html_table;
mod language;
#[cfg(any(test, feature = "formats"))]
mod mailbox;
mod protocol;
mod reader;
mod records;
#[cfg(any(test, feature = "formats"))]
mod references;
mod serve;
mod table;
mod text;
mod title;

pub use boilerplate::{Dropped, drop_repeated};
pub use delimiter::delimiter;
pub use encoding::{Decoded, decode};
pub use error::ExtractError;
pub use extractor::{DOCUMENT_BYTES_MAX, Extractor, FileText};
pub use format::Format;
pub use language::{knows_language, language_of};
pub use reader::{READER, Readers};
pub use serve::serve;
pub use text::{Extracted, PageStart, page_at, page_numbers, unix_lines};
pub use title::{first_heading, title_of_file};
