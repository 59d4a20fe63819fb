//! GGUF's values, little-endian, read in order.
//!
//! Does not: believe a length. Each is held against what is left of the file before anything is
//! allocated or passed over.

use super::super::ggml;
use super::super::tensor::Tensor;
use super::Value;
use std::io::{self, Read};

/// Longest name or text value that is kept: the format allows names of 64 bytes and keys of 65,535.
const LONGEST_TEXT_BYTES: u64 = 65_535;
/// Longest array of numbers that is kept: more than any model has layers.
const LONGEST_ARRAY: u64 = 4096;
/// Arrays within arrays; the format's own writers nest none.
const DEEPEST_ARRAY: u32 = 4;
/// The format's limit.
const MOST_DIMENSIONS: u32 = 4;

/// Why a header cannot be read.
#[derive(Debug)]
pub(super) enum Problem {
    Io(io::Error),
    /// The file ends inside the header.
    Ends {
        expected_bytes: u64,
    },
    Invalid(String),
}

pub(super) fn invalid<T>(problem: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::Invalid(problem.into()))
}

/// Bytes in order, none beyond the file's length.
pub(super) struct Reader<R> {
    bytes: R,
    pub(super) position: u64,
    file_bytes: u64,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(bytes: R, file_bytes: u64) -> Self {
        Self { bytes, position: 0, file_bytes }
    }

    /// Holds a length against what is left of the file.
    fn advance(&mut self, length: u64) -> Result<(), Problem> {
        let expected_bytes = self.position.saturating_add(length);
        if expected_bytes > self.file_bytes {
            return Err(Problem::Ends { expected_bytes });
        }
        self.position = expected_bytes;
        Ok(())
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Problem> {
        self.advance(buffer.len() as u64)?;
        self.bytes.read_exact(buffer).map_err(Problem::Io)
    }

    pub(super) fn take(&mut self, length: usize) -> Result<Vec<u8>, Problem> {
        let mut buffer = vec![0; length];
        self.fill(&mut buffer)?;
        Ok(buffer)
    }

    fn skip(&mut self, length: u64) -> Result<(), Problem> {
        self.advance(length)?;
        let skipped = io::copy(&mut self.bytes.by_ref().take(length), &mut io::sink());
        match skipped.map_err(Problem::Io)? {
            count if count == length => Ok(()),
            _ => Err(Problem::Io(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    pub(super) fn u32(&mut self) -> Result<u32, Problem> {
        let mut buffer = [0; 4];
        self.fill(&mut buffer)?;
        Ok(u32::from_le_bytes(buffer))
    }

    pub(super) fn u64(&mut self) -> Result<u64, Problem> {
        let mut buffer = [0; 8];
        self.fill(&mut buffer)?;
        Ok(u64::from_le_bytes(buffer))
    }

    pub(super) fn text(&mut self) -> Result<String, Problem> {
        let length = self.u64()?;
        if length > LONGEST_TEXT_BYTES {
            return invalid(format!("a name of {length} bytes"));
        }
        let bytes = self.take(length as usize)?;
        String::from_utf8(bytes).or_else(|_| invalid("a name that is not UTF-8"))
    }

    /// A value of a kind: 0 to 7 and 10 to 12 are numbers, 8 is text, 9 an array.
    pub(super) fn value(&mut self, kind: u32, depth: u32) -> Result<Value, Problem> {
        match kind {
            8 => {
                let length = self.u64()?;
                if length > LONGEST_TEXT_BYTES {
                    self.skip(length)?;
                    return Ok(Value::Other);
                }
                let bytes = self.take(length as usize)?;
                Ok(String::from_utf8(bytes).map_or(Value::Other, Value::Text))
            }
            9 => self.array(depth),
            _ => self.number(kind),
        }
    }

    fn number(&mut self, kind: u32) -> Result<Value, Problem> {
        let Some((width, is_signed)) = number_of(kind) else {
            return invalid(format!("a value of unknown kind {kind}"));
        };
        let mut bytes = [0; 8];
        self.fill(&mut bytes[..width])?;
        let number = u64::from_le_bytes(bytes);
        let is_negative = is_signed && bytes[width - 1] & 0x80 != 0;
        let is_float = matches!(kind, 6 | 12);
        Ok(if is_negative || is_float { Value::Other } else { Value::Number(number) })
    }

    fn array(&mut self, depth: u32) -> Result<Value, Problem> {
        if depth >= DEEPEST_ARRAY {
            return invalid("arrays are nested too deep");
        }
        let kind = self.u32()?;
        let length = self.u64()?;
        if let Some((width, _)) = number_of(kind)
            && length > LONGEST_ARRAY
        {
            let Some(bytes) = length.checked_mul(width as u64) else {
                return invalid(format!("an array of {length} values"));
            };
            self.skip(bytes)?;
            return Ok(Value::Other);
        }
        let mut numbers = Vec::new();
        let mut has_others = false;
        for _ in 0..length {
            match kind {
                8 => {
                    let bytes = self.u64()?;
                    self.skip(bytes)?;
                    has_others = true;
                }
                _ => match self.value(kind, depth + 1)? {
                    Value::Number(number) => numbers.push(number),
                    _ => has_others = true,
                },
            }
        }
        Ok(if has_others { Value::Other } else { Value::Numbers(numbers) })
    }

    /// A tensor's description, and the byte of the data section after its last.
    pub(super) fn tensor(&mut self) -> Result<(Tensor, u64), Problem> {
        let name = self.text()?;
        let dimensions = self.u32()?;
        if dimensions > MOST_DIMENSIONS {
            return invalid(format!("tensor `{name}` has {dimensions} dimensions"));
        }
        let mut elements = Some(1_u64);
        for _ in 0..dimensions {
            let length = self.u64()?;
            elements = elements.and_then(|elements| elements.checked_mul(length));
        }
        let number = self.u32()?;
        let offset = self.u64()?;
        let Some(elements) = elements else {
            return invalid(format!("tensor `{name}` is larger than any file"));
        };
        let kind = ggml::type_of(number);
        let bytes = match kind {
            Some((kind, block, _)) if elements % block != 0 => {
                return invalid(format!("tensor `{name}` is no whole number of {kind} blocks"));
            }
            Some((_, block, bytes)) => (elements / block).checked_mul(bytes),
            None => None,
        };
        let Some(end) = offset.checked_add(bytes.unwrap_or(0)) else {
            return invalid(format!("tensor `{name}` reaches beyond any file"));
        };
        let kind = kind.map_or_else(|| format!("type {number}"), |(kind, ..)| kind.to_owned());
        Ok((Tensor { name, kind, elements, bytes }, end))
    }
}

/// Bytes and signedness of a number's kind: u8 i8 u16 i16 u32 i32 f32 bool, then u64 i64 f64.
fn number_of(kind: u32) -> Option<(usize, bool)> {
    Some(match kind {
        0 | 7 => (1, false),
        1 => (1, true),
        2 => (2, false),
        3 => (2, true),
        4 => (4, false),
        5 | 6 => (4, true),
        10 => (8, false),
        11 | 12 => (8, true),
        _ => return None,
    })
}
