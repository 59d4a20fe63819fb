//! Tables read row by row.
//!
//! Enters: a source's file, the character between cells. Leaves: its rows with their lines and cells by
//! column. Does not: hold more than one row in memory, or know what a cell means.

use super::ExchangeError;
use super::fault::RecordFault;
use super::source::{Place, SourceFile};
use super::summary::SourceRecord;
use csv::{ErrorKind, Position, Reader, ReaderBuilder, StringRecord};
use std::path::PathBuf;

/// A table that is being read, its first row already.
pub(super) struct Table {
    path: PathBuf,
    reader: Reader<SourceFile>,
    head: Vec<String>,
    row: StringRecord,
    /// The parser takes the second byte of Windows' line ends for the next row's: 1 where it does.
    behind: u64,
}

impl Table {
    /// Reads the first row: names of columns, without white space around them.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(source: SourceFile, between: u8) -> Result<Self, ExchangeError> {
        let path = source.path().to_owned();
        let reader = ReaderBuilder::new()
            .delimiter(between)
            .flexible(true)
            .has_headers(false)
            .from_reader(source);
        let mut table =
            Self { path, reader, head: Vec::new(), row: StringRecord::new(), behind: 0 };
        table.next_row()?;
        let inside: usize = table.row.iter().map(|cell| cell.matches('\n').count()).sum();
        table.behind = u64::from(table.reader.position().line() == 1 + inside as u64);
        table.head = table.row.iter().map(|cell| cell.trim().to_owned()).collect();
        Ok(table)
    }

    /// The place of the first row.
    pub fn top(&self) -> Place<'_> {
        Place { path: &self.path, line: 1 }
    }

    /// The names of the columns.
    pub fn head(&self) -> &[String] {
        &self.head
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.head.iter().position(|column| column == name)
    }

    /// The column of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn needed(&self, name: &'static str) -> Result<usize, ExchangeError> {
        let found = || self.head.iter().filter(|name| !name.is_empty()).cloned().collect();
        self.column(name).ok_or_else(|| {
            self.top().is(RecordFault::MissingColumn { column: name, found: found() })
        })
    }

    /// Gives `take` each row below the first; rows without text are passed over.
    ///
    /// # Errors
    /// The first row that has not as many cells as there are columns or is no text; what `take` says.
    pub fn rows(
        mut self,
        mut take: impl FnMut(Place<'_>, &StringRecord) -> Result<(), ExchangeError>,
    ) -> Result<SourceRecord, ExchangeError> {
        while self.next_row()? {
            if self.row.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let line = self.line(self.row.position());
            let at = Place { path: &self.path, line };
            let (found, columns) = (self.row.len(), self.head.len());
            if found != columns {
                return Err(at.is(RecordFault::Cells { found, columns }));
            }
            take(at, &self.row)?;
        }
        self.reader.into_inner().finish()
    }

    fn line(&self, place: Option<&Position>) -> usize {
        (place.map_or(1, Position::line) + self.behind) as usize
    }

    fn next_row(&mut self) -> Result<bool, ExchangeError> {
        let record = self.reader.get_ref().record();
        record.end();
        let read = self.reader.read_record(&mut self.row);
        read.map_err(|error| {
            let line = self.line(error.position());
            let at = Place { path: &self.path, line };
            let message = error.to_string();
            match error.into_kind() {
                ErrorKind::Io(source) => match record.fault() {
                    Some(fault) => at.is(fault),
                    None => ExchangeError::Read { path: self.path.clone(), source },
                },
                ErrorKind::Utf8 { .. } => at.is(RecordFault::NotUtf8),
                _ => at.is(RecordFault::Table { message }),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.tsv");
        std::fs::write(&path, bytes).unwrap();
        let shown = folder.path().display().to_string();
        let told = |error: ExchangeError| error.to_string().replace(&shown, ".");
        let table = Table::open(SourceFile::open_named(&path).unwrap(), b'\t').map_err(told)?;
        table.needed("a").map_err(told)?;
        let mut rows = Vec::new();
        let record = table
            .rows(|at, row| {
                rows.push((at.line, row.iter().map(str::to_owned).collect()));
                Ok(())
            })
            .map_err(told)?;
        assert_eq!(record.bytes, bytes.len() as u64);
        Ok(rows)
    }

    #[test]
    fn rows_come_with_their_lines() {
        let rows = read(b"a\tb\r\n1\t\"x\ny\"\r\n\t\r\n2\t3\n").unwrap();
        assert_eq!(
            rows,
            [(2, vec!["1".into(), "x\ny".into()]), (5, vec!["2".into(), "3".to_owned()])]
        );
    }

    #[test]
    fn wrong_rows_are_named() {
        assert_eq!(
            read(b"a\tb\n1\n").unwrap_err(),
            "./x.tsv:2: the row has 1 cells, and there are 2 columns"
        );
        assert_eq!(
            read(b"b\tc\n").unwrap_err(),
            "./x.tsv:1: no column `a`; the first row names `b`, `c`"
        );
        assert_eq!(read(b"a\n1\n\xff\n").unwrap_err(), "./x.tsv:3: not UTF-8");
        assert_eq!(read(b"\n").unwrap_err(), "./x.tsv:1: no column `a`; the first row names none");
    }
}
