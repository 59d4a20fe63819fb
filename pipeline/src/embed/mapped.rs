//! An ONNX graph whose tensors stay in its file.
//!
//! Enters: the bytes of an ONNX file. Leaves: the same graph with each large tensor replaced by its
//! place in the file, a few kilobytes, so that ONNX Runtime maps tensors into memory. Given all bytes
//! it would copy them before it packs them: three times the file's size at once. Does not: look into
//! tensors, or change anything else.
//!
//! Only three messages of the format matter here (`onnx.proto3`, <https://onnx.ai/onnx/repo-docs/IR.html>):
//! a model (`graph` = 7), a graph (`initializer` = 5) and a tensor (`raw_data` = 9, `external_data` =
//! 13 of pairs `key` = 1 and `value` = 2, `data_location` = 14, where 1 means external).

use std::ops::Range;

/// Tensors of fewer bytes stay in the graph: constants and shapes, which the engine may want to see
/// while it optimizes.
const SMALLEST_BYTES: usize = 1024;

const GRAPH: u64 = 7;
const INITIALIZER: u64 = 5;
const RAW_DATA: u64 = 9;
const EXTERNAL_DATA: u64 = 13;
const DATA_LOCATION: u64 = 14;
const EXTERNAL: u8 = 1;
const KEY: u64 = 1;
const VALUE: u64 = 2;

/// Protobuf's wire type of anything with a length.
const WITH_LENGTH: u64 = 2;

/// `onnx` with its large tensors named by their places in `file`, from which the bytes were read.
/// None when the bytes are not a whole message: the engine says better what is wrong with them.
pub(super) fn without_tensors(onnx: &[u8], file: &str) -> Option<Vec<u8>> {
    replaced(onnx, 0..onnx.len(), GRAPH, &|graph| {
        replaced(onnx, graph, INITIALIZER, &|tensor| external(onnx, tensor, file))
    })
}

/// A message with the fields of that number replaced.
fn replaced(
    onnx: &[u8],
    message: Range<usize>,
    number: u64,
    by: &dyn Fn(Range<usize>) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let mut result = Vec::new();
    for field in fields(onnx, message)? {
        if field.number == number && field.wire == WITH_LENGTH {
            put(&mut result, number, &by(field.value)?);
        } else {
            result.extend(&onnx[field.whole]);
        }
    }
    Some(result)
}

/// A tensor without its raw data, if that is large. The data may begin at any byte of the file, as
/// it may in the files that ONNX's own tools write for large models.
fn external(onnx: &[u8], tensor: Range<usize>, file: &str) -> Option<Vec<u8>> {
    let mut result = Vec::new();
    let mut place = None;
    for field in fields(onnx, tensor)? {
        if field.number == RAW_DATA && field.value.len() >= SMALLEST_BYTES {
            place = Some(field.value);
        } else {
            result.extend(&onnx[field.whole]);
        }
    }
    if let Some(place) = place {
        for (key, value) in [
            ("location", file),
            ("offset", &place.start.to_string()),
            ("length", &place.len().to_string()),
        ] {
            let mut pair = Vec::new();
            put(&mut pair, KEY, key.as_bytes());
            put(&mut pair, VALUE, value.as_bytes());
            put(&mut result, EXTERNAL_DATA, &pair);
        }
        put_varint(&mut result, DATA_LOCATION << 3);
        result.push(EXTERNAL);
    }
    Some(result)
}

/// A field of a message, as places in the file.
struct Field {
    number: u64,
    wire: u64,
    /// With its key.
    whole: Range<usize>,
    /// Without key and length.
    value: Range<usize>,
}

/// The fields of a message; none when it ends inside one.
/// (<https://protobuf.dev/programming-guides/encoding/>)
fn fields(onnx: &[u8], message: Range<usize>) -> Option<Vec<Field>> {
    let bytes = onnx.get(..message.end)?;
    let mut fields = Vec::new();
    let mut at = message.start;
    while at < message.end {
        let start = at;
        let key = varint(bytes, &mut at)?;
        let wire = key & 7;
        let length = match wire {
            0 => {
                let before = at;
                varint(bytes, &mut at)?;
                let length = at - before;
                at = before;
                length
            }
            1 => 8,
            WITH_LENGTH => usize::try_from(varint(bytes, &mut at)?).ok()?,
            5 => 4,
            _ => return None,
        };
        let end = at.checked_add(length).filter(|end| *end <= message.end)?;
        fields.push(Field { number: key >> 3, wire, whole: start..end, value: at..end });
        at = end;
    }
    Some(fields)
}

fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Appends a field with a length.
fn put(bytes: &mut Vec<u8>, number: u64, value: &[u8]) {
    put_varint(bytes, number << 3 | WITH_LENGTH);
    put_varint(bytes, value.len() as u64);
    bytes.extend(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(fields: &[(u64, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (number, value) in fields {
            put(&mut bytes, *number, value);
        }
        bytes
    }

    /// A tensor of one dimension with a name (8) and raw data.
    fn tensor(name: &str, data: &[u8]) -> Vec<u8> {
        let mut tensor = vec![1 << 3, 7];
        tensor.extend(message(&[(8, name.as_bytes()), (RAW_DATA, data)]));
        tensor
    }

    fn model(tensors: &[Vec<u8>]) -> Vec<u8> {
        let mut graph = message(&[(1, b"a node"), (2, b"the graph's name")]);
        for tensor in tensors {
            put(&mut graph, INITIALIZER, tensor);
        }
        // An IR version (1) before the graph, an operator set (8) behind it.
        let mut model = vec![1 << 3, 8];
        model.extend(message(&[(GRAPH, &graph), (8, b"opset")]));
        model
    }

    #[test]
    fn large_tensors_are_named_by_their_place() {
        let large = [0xab; SMALLEST_BYTES];
        let small = [0xcd; SMALLEST_BYTES - 1];
        let onnx = model(&[tensor("large", &large), tensor("small", &small)]);
        let offset = onnx.windows(large.len()).position(|window| window == large).unwrap();
        let pair = |key: &str, value: &str| message(&[(1, key.as_bytes()), (2, value.as_bytes())]);
        let mut external = vec![1 << 3, 7];
        external.extend(message(&[
            (8, b"large"),
            (EXTERNAL_DATA, &pair("location", "m.onnx")),
            (EXTERNAL_DATA, &pair("offset", &offset.to_string())),
            (EXTERNAL_DATA, &pair("length", "1024")),
        ]));
        // data_location = EXTERNAL: key 14 << 3, value 1.
        external.extend([112, 1]);
        let expected = model(&[external, tensor("small", &small)]);
        assert_eq!(without_tensors(&onnx, "m.onnx").unwrap(), expected);
    }

    #[test]
    fn a_file_that_is_cut_is_left_to_the_engine() {
        let onnx = model(&[tensor("large", &[0; 3 * SMALLEST_BYTES])]);
        assert_eq!(without_tensors(&onnx[..onnx.len() / 2], "m"), None);
        // An end-group tag, and a length beyond the end.
        assert_eq!(without_tensors(&[4], "m"), None);
        assert_eq!(
            without_tensors(&[10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], "m"),
            None
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_kept(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            // Without large tensors nothing is replaced; lengths may come back in their shortest form.
            if let Some(same) = without_tensors(&bytes, "m") {
                prop_assert!(same.len() <= bytes.len());
            }
        }
    }
}
