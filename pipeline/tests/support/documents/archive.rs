//! ZIP archives, and what all documents of Office Open XML have in theirs.

use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const KINDS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Shorter files are not packed: their formats want it of `mimetype`, and sizes that a test shows shall not change
/// with the packer.
const PACKED_FROM: usize = 100_000;

/// An archive of these files.
pub fn archive(files: &[(&str, impl AsRef<[u8]>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let content = content.as_ref();
        let is_short = content.len() < PACKED_FROM;
        let method = if is_short { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The list of an Office file's parts.
pub fn types(parts: &[(&str, &str)]) -> String {
    let parts: String = parts
        .iter()
        .map(|(part, kind)| format!("<Override PartName=\"/{part}\" ContentType=\"{kind}\"/>"))
        .collect();
    format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>{parts}</Types>"
    )
}

/// What a part of an Office file refers to, as `rId1` and so on.
pub fn relations(targets: &[(&str, &str)]) -> String {
    let targets: String = (1..)
        .zip(targets)
        .map(|(number, (kind, target))| {
            format!(
                "<Relationship Id=\"rId{number}\" Type=\"{KINDS}/{kind}\" Target=\"{target}\"/>"
            )
        })
        .collect();
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{targets}</Relationships>"
    )
}
