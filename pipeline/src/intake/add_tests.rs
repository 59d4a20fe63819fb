//! Folders as people have them, and what is made of each file.

use super::*;
use std::fs;
use tempfile::TempDir;

/// A project, and a folder `in` beside it.
struct Place(TempDir);

impl Place {
    fn new(files: &[&str]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.path("in")).unwrap();
        for name in files {
            let path = place.path("in").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("# {name}\n")).unwrap();
        }
        place
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn add(
        &self,
        paths: &[&str],
        change: impl FnOnce(&mut Request),
    ) -> Result<Outcome, IntakeError> {
        let mut request = Request {
            root: self.0.path().to_owned(),
            name: "x".into(),
            paths: paths.iter().map(|path| self.path(path)).collect(),
            into: String::new(),
            link: false,
        };
        change(&mut request);
        add(&request, &Extractor::new("no program".into(), &self.path("texts")))
    }

    /// Paths of the files below the corpus's documents.
    fn documents(&self) -> Vec<String> {
        let listing = crate::corpus::folder::list(&self.path("corpora/x/documents")).unwrap();
        listing.files.into_iter().map(|entry| entry.id).collect()
    }
}

fn whys(outcome: &Outcome) -> Vec<(&str, &str)> {
    outcome.refused.iter().map(|refused| (refused.id.as_str(), refused.why.as_str())).collect()
}

#[test]
fn one_folder_gives_its_content_and_several_keep_their_names() {
    let place = Place::new(&["a.md", "b/c.txt", "b/plan.dwg", ".git/x.md"]);
    let outcome = place.add(&["in"], |_| ()).unwrap();
    assert_eq!((outcome.added, outcome.hidden, outcome.described), (2, 1, true));
    assert_eq!(outcome.skipped, [("dwg".to_owned(), 1)].into());
    assert_eq!(place.documents(), ["a.md", "b/c.txt"]);
    let outcome = place.add(&["in/b", "in/a.md"], |request| request.into = "y/z".into()).unwrap();
    assert_eq!((outcome.added, outcome.described), (2, false));
    assert_eq!(place.documents(), ["a.md", "b/c.txt", "y/z/a.md", "y/z/b/c.txt"]);
    // The same once more, then with another text.
    fs::write(place.path("in/a.md"), "changed").unwrap();
    let outcome = place.add(&["in"], |_| ()).unwrap();
    assert_eq!((outcome.added, outcome.replaced, outcome.unchanged), (0, 1, 1));
}

#[test]
fn what_would_not_be_read_is_not_taken() {
    let place = Place::new(&["a.md", ".notes.md"]);
    let outcome = place.add(&["in/.notes.md", "in/a.md"], |_| ()).unwrap();
    assert_eq!(outcome.added, 1);
    assert_eq!(whys(&outcome)[0].1, "hidden files are not read");
    for into in [".private", "a/.b", "../up", "/etc"] {
        let error = place.add(&["in"], |request| request.into = into.into()).unwrap_err();
        assert!(matches!(error, IntakeError::Into { .. }) && error.hint().is_some(), "{into}");
    }
    for name in ["Workshop", "Acme Docs", "a/b", "..", ""] {
        let error = place.add(&["in"], |request| request.name = name.into()).unwrap_err();
        assert!(matches!(error, IntakeError::Name { .. }), "{name}");
        assert!(error.hint().unwrap().contains("64 lower-case letters"), "{name}");
    }
    let error = place.add(&["in/none"], |_| ()).unwrap_err();
    assert!(matches!(error, IntakeError::Missing { .. }));
    let error = place.add(&["in/a.md", "in/../in/a.md"], |_| ()).unwrap_err();
    assert!(matches!(error, IntakeError::Twice { .. }));
}

#[cfg(unix)]
#[test]
fn a_linked_folder_is_not_written_into() {
    let place = Place::new(&["share/x.md", "share/pack.zip", "new/x.md"]);
    let outcome = place.add(&["in/share"], |request| request.link = true).unwrap();
    assert_eq!((outcome.linked, outcome.documents.get("md")), (true, Some(&1)));
    assert_eq!(outcome.skipped, [("zip".to_owned(), 1)].into());
    let error = place.add(&["in/new"], |_| ()).unwrap_err();
    assert!(matches!(error, IntakeError::Linked { .. }) && error.hint().is_some(), "{error}");
    assert_eq!(fs::read_to_string(place.path("in/share/x.md")).unwrap(), "# share/x.md\n");
}

#[cfg(unix)]
#[test]
fn links_are_counted_or_taken_under_their_own_name() {
    use std::os::unix::fs::symlink;
    let place = Place::new(&["a.md", "store/k"]);
    symlink(place.path("in/store/k"), place.path("in/latest.md")).unwrap();
    symlink("/etc", place.path("in/out")).unwrap();
    let outcome = place.add(&["in"], |_| ()).unwrap();
    assert_eq!((outcome.added, outcome.links), (1, 1));
    assert_eq!(whys(&outcome)[0].0, "out");
    // Given by name, a link is what it points at.
    let outcome = place.add(&["in/latest.md"], |_| ()).unwrap();
    assert_eq!(
        (outcome.added, place.documents()),
        (1, vec!["a.md".into(), "latest.md".to_owned()])
    );
}

/// The administrator can read everything, and sees no problem.
#[cfg(unix)]
#[test]
fn a_folder_that_is_closed_is_named_and_the_rest_goes_on() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new(&["a.md", "private/b.md"]);
    let closed = place.path("in/private");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).unwrap();
    let is_closed = fs::read_dir(&closed).is_err();
    let outcome = place.add(&["in"], |_| ()).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(outcome.added, if is_closed { 1 } else { 2 });
    assert_eq!(outcome.refused.len(), usize::from(is_closed), "{outcome:?}");
}
