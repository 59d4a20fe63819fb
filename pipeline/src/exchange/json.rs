//! JSON read record by record.
//!
//! Enters: a source's file. Leaves: its records, each with the line it stands on. Does not: hold more than
//! one record in memory, or know what a record means.

use super::ExchangeError;
use super::fault::RecordFault;
use super::source::{Place, SourceFile};
use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::marker::PhantomData;

/// An id, which some releases write as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Id(pub String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a whole number")
            }
            fn visit_str<E>(self, text: &str) -> Result<Id, E> {
                Ok(Id(text.to_owned()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Id, E> {
                Ok(Id(number.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Id, E> {
                Ok(Id(number.to_string()))
            }
        }
        deserializer.deserialize_any(Text)
    }
}

/// Gives `take` each line of JSON lines.
///
/// # Errors
/// The first line that is no such record; what `take` says.
pub(super) fn lines<T: DeserializeOwned>(
    source: &mut SourceFile,
    mut take: impl FnMut(Place<'_>, T) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    let path = source.path().to_owned();
    let mut buffer = Vec::new();
    while let Some((line, text)) = source.next_line(&mut buffer)? {
        let at = Place { path: &path, line };
        // The parser would take an array for a record whose keys are left out.
        if !text.trim_start().starts_with('{') {
            let message = "not a JSON object".to_owned();
            return Err(at.is(RecordFault::Json { column: 1, message }));
        }
        let record =
            serde_json::from_str(text).map_err(|error| at.is(fault(&error, error.column())))?;
        take(at, record)?;
    }
    Ok(())
}

/// Gives `take` each element of an array: of the whole document, or of the one under `key` in it.
///
/// # Errors
/// The first element that is no such record, a document that is another; what `take` says.
pub(super) fn elements<T: DeserializeOwned>(
    source: &mut SourceFile,
    key: Option<&'static str>,
    mut take: impl FnMut(Place<'_>, T) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    let path = source.path().to_owned();
    let line = Cell::new(1);
    let mut failed = None;
    let bytes = source.record();
    let reader = Counted { inner: source, line: &line };
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let mut give = |record: T| {
        bytes.end();
        match take(Place { path: &path, line: line.get() }, record) {
            Ok(()) => true,
            Err(error) => {
                failed = Some(error);
                false
            }
        }
    };
    let elements = Elements { give: &mut give, record: PhantomData };
    let read = match key {
        None => deserializer.deserialize_seq(elements),
        Some(key) => deserializer.deserialize_map(Under { key, elements }),
    };
    let read = read.and_then(|()| deserializer.end());
    match (failed, read) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) if error.is_io() => Err(match bytes.fault() {
            Some(fault) => Place { path: &path, line: line.get() }.is(fault),
            None => ExchangeError::Read { path, source: io::Error::from(error) },
        }),
        (None, Err(error)) => {
            let at = Place { path: &path, line: error.line().max(1) };
            Err(at.is(fault(&error, error.column())))
        }
    }
}

/// What the parser said, without the place that is told already.
fn fault(error: &serde_json::Error, column: usize) -> RecordFault {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
    RecordFault::Json { column: column.max(1), message }
}

/// Counts the line ends that the parser has read; it reads byte by byte.
struct Counted<'a, R> {
    inner: R,
    line: &'a Cell<usize>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let ends = buffer[..read].iter().filter(|byte| **byte == b'\n').count();
        self.line.set(self.line.get() + ends);
        Ok(read)
    }
}

/// An array whose elements are given away one by one, until one is not wanted.
struct Elements<'a, T, F> {
    give: &'a mut F,
    record: PhantomData<T>,
}

impl<'de, T: DeserializeOwned, F: FnMut(T) -> bool> Visitor<'de> for Elements<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(record) = elements.next_element()? {
            if !(self.give)(record) {
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

impl<'de, T: DeserializeOwned, F: FnMut(T) -> bool> DeserializeSeed<'de> for Elements<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

/// An object with such an array under one key; other keys are passed over.
struct Under<'a, T, F> {
    key: &'static str,
    elements: Elements<'a, T, F>,
}

impl<'de, T: DeserializeOwned, F: FnMut(T) -> bool> Visitor<'de> for Under<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with an array `{}`", self.key)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut elements = Some(self.elements);
        while let Some(key) = entries.next_key::<String>()? {
            match elements.take_if(|_| key == self.key) {
                Some(elements) => entries.next_value_seed(elements)?,
                None if key == self.key => return Err(A::Error::duplicate_field(self.key)),
                None => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        match elements {
            Some(_) => Err(A::Error::missing_field(self.key)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Record {
        id: Id,
    }

    fn read(
        text: &str,
        by: impl Fn(
            &mut SourceFile,
            &mut dyn FnMut(Place<'_>, Record) -> Result<(), ExchangeError>,
        ) -> Result<(), ExchangeError>,
    ) -> Result<Vec<(usize, String)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        std::fs::write(&path, text).unwrap();
        let mut source = SourceFile::open_named(&path).unwrap();
        let mut records = Vec::new();
        let mut take = |at: Place<'_>, record: Record| {
            if record.id.0 == "bad" {
                return Err(at.is(RecordFault::Empty { key: "id" }));
            }
            records.push((at.line, record.id.0));
            Ok(())
        };
        let shown = folder.path().display().to_string();
        by(&mut source, &mut take).map_err(|error| error.to_string().replace(&shown, "."))?;
        Ok(records)
    }

    fn in_lines(text: &str) -> Result<Vec<(usize, String)>, String> {
        read(text, |source, take| lines(source, take))
    }

    fn in_array(text: &str) -> Result<Vec<(usize, String)>, String> {
        read(text, |source, take| elements(source, None, take))
    }

    fn under_data(text: &str) -> Result<Vec<(usize, String)>, String> {
        read(text, |source, take| elements(source, Some("data"), take))
    }

    #[test]
    fn records_come_with_their_lines() {
        let expected = vec![(1, "a".to_owned()), (3, "7".to_owned())];
        assert_eq!(in_lines("{\"id\":\"a\"}\n\n{\"id\":7}\n"), Ok(expected.clone()));
        assert_eq!(in_array("[{\"id\":\"a\"},\n\n{\"id\":7}]\n"), Ok(expected.clone()));
        let object = "{\"v\":[{\"x\":1}],\"data\":[{\"id\":\"a\"},\n\n{\"id\":7}],\"z\":{}}";
        assert_eq!(under_data(object), Ok(expected));
        assert_eq!(in_array("[]"), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let wrong = |read: Result<Vec<(usize, String)>, String>| read.unwrap_err();
        assert_eq!(
            wrong(in_lines("{\"id\":1}\n{\"id\":")),
            "./x.json:2:6: EOF while parsing a value"
        );
        assert_eq!(wrong(in_lines("{}")), "./x.json:1:2: missing field `id`");
        assert_eq!(wrong(in_lines("[1]")), "./x.json:1:1: not a JSON object");
        assert_eq!(wrong(in_lines("{\"id\":\"bad\"}")), "./x.json:1: `id` is empty");
        assert_eq!(wrong(in_array("[{\"id\":1},\n{}]")), "./x.json:2:2: missing field `id`");
        assert_eq!(wrong(in_array("[{\"id\":\"bad\"},{]")), "./x.json:1: `id` is empty");
        assert_eq!(wrong(in_array("[{\"id\":1}]\n]")), "./x.json:2:1: trailing characters");
        assert!(wrong(in_array("[{\"id\":true}]")).contains("expected a string or a whole number"));
        assert!(wrong(in_array("{}")).contains("expected an array of records"));
        assert_eq!(wrong(under_data("{\"x\":1}")), "./x.json:1:7: missing field `data`");
        assert!(wrong(under_data("{\"data\":[],\"data\":[]}")).contains("duplicate field"));
        assert!(wrong(under_data("[]")).contains("an object with an array `data`"));
        assert!(wrong(in_array("[{\"id\":\"\\ud800\"}]")).starts_with("./x.json:1:"));
    }
}
