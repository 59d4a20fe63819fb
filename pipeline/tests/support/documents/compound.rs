//! OLE compound files ([MS-CFB]), written by hand: office documents before 2007, and the envelope that newer
//! ones get when they are encrypted.

const SECTOR: usize = 512;
/// Shorter streams would lie in sectors of another kind.
const STREAM_MIN: usize = 4096;
const FREE: u32 = 0xffff_ffff;
const END: u32 = 0xffff_fffe;
/// Stands in the table of sectors for the table itself.
const TABLE: u32 = 0xffff_fffd;

/// A Word document ([MS-DOC]) of one piece of text in windows-1252.
pub fn doc(text: &str, is_encrypted: bool) -> Vec<u8> {
    const TEXT_AT: usize = 2048;
    const PIECES_AT: u32 = 128;
    let letters = text.chars().count() as u32;
    let mut document = vec![0; TEXT_AT];
    // The signature, the version of Word 97, and flags: the table stream is `1Table`.
    document[..4].copy_from_slice(b"\xec\xa5\xc1\x00");
    let flags: u16 = 0x0200 | if is_encrypted { 0x0100 } else { 0 };
    document[10..12].copy_from_slice(&flags.to_le_bytes());
    // Counts of the three parts that follow: words, double words, pairs of place and length.
    document[32] = 14;
    document[62] = 22;
    document[64 + 3 * 4..][..4].copy_from_slice(&letters.to_le_bytes());
    document[152] = 93;
    let pieces = 154 + 66 * 8;
    document[pieces..][..4].copy_from_slice(&PIECES_AT.to_le_bytes());
    document[pieces + 4..][..4].copy_from_slice(&21_u32.to_le_bytes());
    document.extend(text.bytes());
    // One piece: where it begins and ends in letters, and where it lies, twice the bytes with a mark.
    let mut table = vec![0; PIECES_AT as usize];
    table.push(2);
    for number in [16, 0, letters] {
        table.extend(number.to_le_bytes());
    }
    table.extend([0; 2]);
    table.extend(((TEXT_AT as u32 * 2) | 0x4000_0000).to_le_bytes());
    table.extend([0; 2]);
    compound(&[("1Table", table), ("WordDocument", document)])
}

/// A presentation ([MS-PPT]) of slides, each a list of texts.
pub fn ppt(slides: &[&[&str]], is_encrypted: bool) -> Vec<u8> {
    let mut listed = Vec::new();
    for slide in slides {
        // A slide's texts stand behind a record that names it, each behind one that says which it is.
        listed.extend(record(0, 0x03f3, &[0; 20]));
        for text in *slide {
            listed.extend(record(0, 0x0f9f, &[0; 4]));
            listed.extend(record(0, 0x0fa8, text.as_bytes()));
        }
    }
    let texts = record(15, 0x0ff0, &listed);
    // Its second number says whether the document is encrypted.
    let token: u32 = if is_encrypted { 0xf3d1_c4df } else { 0xe391_c05f };
    let mut user = 20_u32.to_le_bytes().to_vec();
    user.extend(token.to_le_bytes());
    user.extend([0; 12]);
    compound(&[
        ("Current User", record(0, 0x0ff6, &user)),
        ("PowerPoint Document", record(15, 0x03e8, &texts)),
    ])
}

fn record(version: u16, kind: u16, content: &[u8]) -> Vec<u8> {
    let mut record = version.to_le_bytes().to_vec();
    record.extend(kind.to_le_bytes());
    record.extend((content.len() as u32).to_le_bytes());
    record.extend(content);
    record
}

/// A workbook ([MS-XLS]) of one sheet of rows of text.
pub fn xls(sheet: &str, rows: &[&[&str]], is_encrypted: bool) -> Vec<u8> {
    let part = |kind: u16, content: &[u8]| {
        let mut part = kind.to_le_bytes().to_vec();
        part.extend((content.len() as u16).to_le_bytes());
        part.extend(content);
        part
    };
    let begin = |what: u16| {
        let mut content = 0x0600_u16.to_le_bytes().to_vec();
        content.extend(what.to_le_bytes());
        content.extend([0; 12]);
        part(0x0809, &content)
    };
    let named = |name: &str| {
        let mut content = vec![0, 0, name.len() as u8, 0];
        content.extend(name.as_bytes());
        content
    };
    let mut book = begin(5);
    if is_encrypted {
        // By RC4; what the password is held against follows.
        book.extend(part(0x002f, &[&[1, 0, 1, 0, 1, 0][..], &[0x41; 48]].concat()));
    }
    let place = book.len() + 4 + 4 + named(sheet).len() + 4;
    let mut listed = (place as u32).to_le_bytes().to_vec();
    listed.extend(named(sheet));
    book.extend(part(0x0085, &listed));
    book.extend(part(0x000a, &[]));
    book.extend(begin(0x0010));
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let mut label = (row as u16).to_le_bytes().to_vec();
            label.extend((column as u16).to_le_bytes());
            label.extend([0, 0]);
            label.extend((cell.len() as u16).to_le_bytes());
            label.push(0);
            label.extend(cell.as_bytes());
            book.extend(part(0x0204, &label));
        }
    }
    book.extend(part(0x000a, &[]));
    compound(&[("Workbook", book)])
}

/// What office programs write in place of an encrypted document, whatever its kind.
pub fn envelope() -> Vec<u8> {
    compound(&[
        ("EncryptionInfo", b"\x04\0\x04\0\x40\0\0\0<encryption/>".to_vec()),
        ("EncryptedPackage", vec![0x5a; 5000]),
    ])
}

/// The file: a header, one sector with the table of sectors, one or two with the directory, then the streams.
/// They are given in the directory's order: shorter names first, else by letters.
fn compound(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut table = vec![TABLE];
    let mut chain = |sectors: usize| {
        let first = table.len() as u32;
        table.extend((1..sectors as u32).map(|next| first + next));
        table.push(END);
        first
    };
    let directory_sectors = (streams.len() + 1).div_ceil(SECTOR / 128);
    chain(directory_sectors);
    let mut directory = entry("Root Entry", 5, FREE, 1, END, 0);
    let mut content = Vec::new();
    for (place, (name, bytes)) in streams.iter().enumerate() {
        let size = bytes.len().max(STREAM_MIN);
        let sectors = size.div_ceil(SECTOR);
        // Each names the next one as its right neighbour.
        let next = if place + 1 < streams.len() { place as u32 + 2 } else { FREE };
        directory.extend(entry(name, 2, next, FREE, chain(sectors), size as u32));
        content.extend(bytes);
        content.resize(content.len() + sectors * SECTOR - bytes.len(), 0);
    }
    directory.resize(directory_sectors * SECTOR, 0);
    assert!(table.len() <= SECTOR / 4, "more than one sector for the table");
    table.resize(SECTOR / 4, FREE);

    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.extend([0; 16]);
    // Versions, byte order, sizes of sectors as powers of two.
    for number in [0x3e_u16, 3, 0xfffe, 9, 6, 0, 0, 0] {
        file.extend(number.to_le_bytes());
    }
    // One sector of table, the directory begins in sector 1, no sectors of other kinds.
    for number in [0, 1, 1, 0, STREAM_MIN as u32, END, 0, END, 0, 0] {
        file.extend(number.to_le_bytes());
    }
    file.resize(SECTOR, 0xff);
    table.iter().for_each(|number| file.extend(number.to_le_bytes()));
    file.extend(directory);
    file.extend(content);
    file
}

fn entry(name: &str, kind: u8, right: u32, child: u32, first: u32, size: u32) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    entry.resize(64, 0);
    entry.extend((name.len() as u16 * 2 + 2).to_le_bytes());
    // Black, without a left neighbour.
    entry.extend([kind, 1]);
    for number in [FREE, right, child] {
        entry.extend(number.to_le_bytes());
    }
    entry.resize(116, 0);
    entry.extend(first.to_le_bytes());
    entry.extend(size.to_le_bytes());
    entry.resize(128, 0);
    entry
}
