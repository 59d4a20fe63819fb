//! Our own readers of files, fed with broken ones.

use super::{
    Format, boilerplate, decode, delimiter, document, envelope, first_heading, html, mailbox,
    references,
};
use crate::fuzz::Fuzz;

fn parsed(format: Format) -> impl Fn(&[u8]) -> usize + Sync {
    move |bytes| match document::read(bytes.to_vec(), format) {
        Ok(extracted) => {
            assert!(extracted.pages.iter().all(|page| extracted.text.is_char_boundary(page.start)));
            extracted.text.len()
        }
        Err(_) => 0,
    }
}

#[test]
fn html_comes_back() {
    Fuzz::of("html").hold(|bytes| {
        let text = decode(bytes.to_vec()).text;
        html::to_markdown(&text).map_or(0, |page| page.markdown.len())
    });
}

#[test]
fn tables_come_back() {
    Fuzz::of("csv").hold(parsed(Format::Csv));
}

#[test]
fn records_come_back() {
    Fuzz::of("json").hold(parsed(Format::Json));
    Fuzz::of("jsonl").hold(parsed(Format::JsonLines));
}

#[test]
fn a_mailbox_is_cut_without_loss() {
    Fuzz::of("mbox").hold(|bytes| {
        let messages = mailbox::messages(bytes);
        let held: usize = messages.iter().map(|message| message.len()).sum();
        assert!(held <= bytes.len());
        held
    });
}

#[test]
fn texts_of_all_encodings_come_back() {
    Fuzz::of("text").hold(|bytes| {
        let text = decode(bytes.to_vec()).text;
        delimiter(&text);
        first_heading(&text);
        let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
        boilerplate::drop_repeated(&mut pages);
        text.len()
    });
}

#[test]
fn archives_of_documents_are_written_again_or_left_as_they_are() {
    Fuzz::of("docx").hold(|bytes| {
        let written = references::written_out(bytes.to_vec());
        references::with_marks(String::from_utf8_lossy(&written).into_owned());
        written.len()
    });
}

#[test]
fn what_files_say_of_themselves_is_read_or_passed_over() {
    Fuzz::of("envelope").hold(|bytes| {
        for format in Format::ALL {
            let _ = envelope::refusal(bytes, format);
        }
        0
    });
}
