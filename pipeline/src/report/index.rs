//! The page that lists the reports of a folder.
//!
//! Enters: a folder of reports. Leaves: the text of its `README.md`. What a report found is computed
//! from its files, as its own first sentence is. Does not: write, or run anything.

use super::ReportError;
use super::escape::inline;
use super::headline::finding;
use super::material::Material;
use super::measured::measure;
use crate::file::FileError;
use crate::score::TrialResult;
use crate::statistics::compare_all;
use std::collections::BTreeSet;
use std::path::Path;

/// What stands above the table.
const HEAD: &str = "# Reports

Each folder holds a report and the files it is made from. `ragscale reports` writes this page from them;
what a report found is computed as its own first sentence is, not typed.

| report | corpus | questions | setups | found |
|---|---|---|---|---|
";

/// The page over all reports in `folder`, by name, and how many there are. What is no report is passed
/// over, and so is a report that a fresh run has set aside as `NAME.1`.
///
/// # Errors
/// When the folder or one of its reports cannot be read.
pub fn index(folder: &Path) -> Result<(String, usize), ReportError> {
    if !folder.is_dir() {
        return Err(ReportError::NoFolder { folder: folder.to_owned() });
    }
    let names = names(folder)?;
    let mut page = HEAD.to_owned();
    for name in &names {
        let report = folder.join(name);
        page += &row(&report, name)
            .map_err(|source| ReportError::Listed { folder: report, source: Box::new(source) })?;
    }
    if names.is_empty() {
        page += "\nThere is none yet.\n";
    }
    Ok((page, names.len()))
}

/// The folders with a `plan.toml`, by name; a report's name is an experiment's and so is UTF-8.
fn names(folder: &Path) -> Result<BTreeSet<String>, ReportError> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(FileError::io("read", folder))? {
        let entry = entry.map_err(FileError::io("read", folder))?;
        if let (Ok(name), true) =
            (entry.file_name().into_string(), entry.path().join("plan.toml").is_file())
        {
            names.insert(name);
        }
    }
    let is_set_aside = |name: &str| {
        name.rsplit_once('.')
            .is_some_and(|(of, number)| number.parse::<u32>().is_ok() && names.contains(of))
    };
    Ok(names.iter().filter(|name| !is_set_aside(name)).cloned().collect())
}

fn row(report: &Path, name: &str) -> Result<String, ReportError> {
    let material = Material::read(report)?;
    let measured = measure(&material)?;
    let experiment = &material.experiment;
    let verdicts = compare_all(&measured.answers(), &measured.clusters, &experiment.decision)?;
    let mut found = finding(&measured, &verdicts, &experiment.decision, true);
    if measured.setups.iter().any(|setup| setup.scripted) {
        found += " (The scripted stand-in for tests answered, no model.)";
    }
    if measured.setups.iter().any(|setup| setup.count(TrialResult::Missing) > 0) {
        found += " (Not finished.)";
    }
    Ok(format!(
        "| [{}]({}/README.md) | {} | {} | {} | {found} |\n",
        inline(&experiment.title, 400),
        in_link(name),
        experiment.corpus,
        material.questions.len(),
        experiment.setups.len()
    ))
}

/// A folder's name as a link takes it: all but RFC 3986's unreserved letters escaped.
fn in_link(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_its_link() {
        assert_eq!(in_link("a-b_1.2"), "a-b_1.2");
        assert_eq!(in_link("a) [é"), "a%29%20%5B%C3%A9");
    }

    #[test]
    fn reports_are_listed_by_name_and_what_is_none_is_not() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b", "a", "a.1", "a.b", "1.5", "notes"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
            if name != "notes" {
                std::fs::write(folder.path().join(name).join("plan.toml"), "").unwrap();
            }
        }
        std::fs::write(folder.path().join("plan.toml"), "").unwrap();
        let names: Vec<String> = names(folder.path()).unwrap().into_iter().collect();
        assert_eq!(names, ["1.5", "a", "a.b", "b"]);
        // The first cannot be read: it has an empty plan.
        let error = index(folder.path()).unwrap_err();
        assert!(error.to_string().contains("1.5"), "{error}");
        assert!(error.is_input());
        let error = index(&folder.path().join("none")).unwrap_err();
        assert!(error.is_input() && error.hint().is_some());
    }

    #[test]
    fn an_empty_folder_has_an_empty_list() {
        let folder = tempfile::tempdir().unwrap();
        let (page, reports) = index(folder.path()).unwrap();
        assert!(page.ends_with("There is none yet.\n") && reports == 0);
    }
}
