//! ONNX Runtime, a library that is found and loaded when a model first needs it.
//!
//! Enters: where it may be. Leaves: its path, and with engines a process that has it loaded.
//! Does not: download it.

use super::{EmbedError, Host};
use std::path::{Path, PathBuf};

/// The library's file: `libonnxruntime.so`, `libonnxruntime.dylib` or `onnxruntime.dll`.
pub fn library_name() -> String {
    format!("{}onnxruntime{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// Where the library is: the host's `ORT_DYLIB_PATH` and nowhere else when that is set; else in an
/// `onnxruntime` folder beside the model's folder or in `models/` below the root, else in the
/// model's folder.
///
/// # Errors
/// When it is in none of these places.
pub fn locate(host: &Host<'_>, model_folder: Option<&Path>) -> Result<PathBuf, EmbedError> {
    let mut searched = Vec::new();
    if let Some(path) = host.ort_dylib {
        searched.push(path.to_owned());
    } else {
        let name = library_name();
        if let Some(beside) = model_folder.and_then(Path::parent) {
            searched.push(beside.join("onnxruntime").join(&name));
        }
        let general = host.root.join("models/onnxruntime").join(&name);
        if !searched.contains(&general) {
            searched.push(general);
        }
        searched.extend(model_folder.map(|folder| folder.join(&name)));
    }
    match searched.iter().find(|path| path.is_file()) {
        // A bare name would be looked for on the system's library path instead.
        Some(path) => std::path::absolute(path)
            .map_err(|error| crate::file::FileError::io("find", path)(error).into()),
        None => Err(EmbedError::RuntimeMissing { searched }),
    }
}

/// Loads the library into the process, once: a second call with another path keeps the first. Any
/// use of `ort` before this would look for the library by itself and panic where there is none.
///
/// # Errors
/// When the library is missing, not loadable here, or too old.
#[cfg(feature = "engines")]
pub fn load(host: &Host<'_>, model_folder: Option<&Path>) -> Result<(), EmbedError> {
    let path = locate(host, model_folder)?;
    match ort::init_from(&path) {
        // fastembed makes the process's one environment itself; here only the library counts.
        Ok(_environment) => Ok(()),
        Err(source) => Err(EmbedError::RuntimeInvalid { path, source: Box::new(source) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;

    fn host(root: &Path) -> Host<'_> {
        Host {
            root,
            cache_folder: root,
            ort_dylib: None,
            hub_folder: None,
            threads: None,
            stopping: None,
        }
    }

    #[test]
    fn places_are_tried_in_order() {
        let root = tempfile::tempdir().unwrap();
        let model = root.path().join("models/lab/embedder");
        let places = [
            model.join("x"),
            root.path().join("models/onnxruntime/x"),
            model.with_file_name("onnxruntime").join("x"),
        ];
        for path in places {
            let path = path.with_file_name(library_name());
            file::write_whole(&path, b"").unwrap();
            assert_eq!(locate(&host(root.path()), Some(&model)).unwrap(), path);
        }
    }

    #[test]
    fn a_given_path_is_the_only_one() {
        let root = tempfile::tempdir().unwrap();
        let found = root.path().join("models/onnxruntime").join(library_name());
        file::write_whole(&found, b"").unwrap();
        let given = root.path().join("elsewhere.so");
        let host = Host { ort_dylib: Some(&given), ..host(root.path()) };
        let error = locate(&host, None).unwrap_err();
        assert!(
            matches!(&error, EmbedError::RuntimeMissing { searched } if *searched == [given.clone()])
        );
        let hint = error.hint().unwrap();
        assert!(hint.contains("models/get.sh onnxruntime") && hint.contains("ORT_DYLIB_PATH"));
    }

    #[cfg(feature = "engines")]
    #[test]
    fn a_file_that_is_no_library_is_an_error_each_time() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("models/onnxruntime").join(library_name());
        file::write_whole(&path, b"not a library").unwrap();
        for _ in 0..2 {
            match load(&host(root.path()), None) {
                // Where another test of this process has loaded the real library, it stays loaded.
                Ok(()) => assert!(std::env::var_os("RAGSCALE_MODELS").is_some()),
                Err(error) => {
                    assert!(matches!(error, EmbedError::RuntimeInvalid { .. }), "{error}");
                }
            }
        }
    }
}
