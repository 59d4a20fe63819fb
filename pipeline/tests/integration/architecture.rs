//! The order of the modules, and the size of their files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Longer than this, a file holds more than one noun.
const LONGEST_LINES: usize = 400;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every `.rs` file below the source folder as its path in it and its text.
fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut open = vec![source()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(source()).unwrap().to_str().unwrap().to_owned();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// The modules of `lib.rs`, from left to right.
fn order() -> Vec<String> {
    let text = fs::read_to_string(source().join("lib.rs")).unwrap();
    text.lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

/// Files that are modules of tests: `#[cfg(test)]` stands before their `mod` line.
fn is_test_file(name: &str, files: &BTreeMap<&str, &str>) -> bool {
    let path = Path::new(name);
    let stem = path.file_stem().unwrap().to_str().unwrap();
    let folder = path.parent().unwrap();
    // A file in a folder `tests` belongs to the module `tests`.
    if folder.components().any(|part| part.as_os_str() == "tests") {
        return true;
    }
    let (module, parent) = if stem == "mod" {
        (folder.file_name().unwrap().to_str().unwrap(), folder.parent())
    } else {
        (stem, Some(folder))
    };
    let Some(parent) = parent else { return false };
    let declaring = [parent.join("mod.rs"), parent.with_extension("rs"), parent.join("lib.rs")];
    declaring
        .iter()
        .filter_map(|file| files.get(file.to_str().unwrap()))
        .any(|text| declared_for_tests(text, module))
}

fn declared_for_tests(text: &str, module: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.iter().enumerate().any(|(number, line)| {
        line.trim_start_matches("pub(crate) ").trim_start_matches("pub ")
            == format!("mod {module};")
            && lines[..number]
                .iter()
                .rev()
                .take_while(|line| line.starts_with("#["))
                .any(|line| line.starts_with("#[cfg(test)"))
    })
}

/// The text without comments and without its unit tests, which stand at the foot of a file.
fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines()
        .map(|line| line.split("//").next().unwrap())
        .map(|line| format!("{line}\n"))
        .collect()
}

/// The modules that `crate::NAME` names, each with its line.
fn imports(code: &str) -> Vec<(usize, String)> {
    let mut imports = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for (at, mark) in line.match_indices("crate::") {
            // `$crate::` and `some_crate::` are others.
            if line[..at]
                .ends_with(|letter: char| letter.is_alphanumeric() || "_$".contains(letter))
            {
                continue;
            }
            let rest = &line[at + mark.len()..];
            let name: String = rest
                .chars()
                .take_while(|letter| letter.is_ascii_lowercase() || *letter == '_')
                .collect();
            assert!(!rest.starts_with('{'), "one `use crate::` line a module: {line}");
            imports.push((number + 1, name));
        }
    }
    imports
}

#[test]
fn flow_a_module_imports_only_from_its_left() {
    let order = order();
    assert!(order.len() > 10, "{order:?}");
    let files = files();
    let by_name: BTreeMap<&str, &str> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let place = |module: &str| order.iter().position(|other| other == module);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (name, text) in &files {
        let module = name.split(['/', '.']).next().unwrap();
        let Some(here) = place(module) else {
            assert!(["lib", "main"].contains(&module), "{name} belongs to no module of lib.rs");
            continue;
        };
        if is_test_file(name, &by_name) {
            continue;
        }
        for (line, imported) in imports(&code(text)) {
            seen += 1;
            match place(&imported) {
                Some(there) if there <= here => {}
                Some(_) => wrong.push(format!("{name}:{line}: {module} imports {imported}")),
                None => wrong.push(format!("{name}:{line}: no module {imported}")),
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were read");
    assert!(wrong.is_empty(), "right to left:\n{}", wrong.join("\n"));
}

#[test]
fn flow_files_are_short() {
    let long: Vec<String> = files()
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_LINES)
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "over {LONGEST_LINES}:\n{}", long.join("\n"));
}

/// Every file says in its first lines what it is.
#[test]
fn flow_files_begin_with_what_they_are() {
    let files = files();
    let by_name: BTreeMap<&str, &str> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    for (name, text) in files.iter().filter(|(name, _)| !is_test_file(name, &by_name)) {
        assert!(text.starts_with("//! "), "{name}");
    }
}
