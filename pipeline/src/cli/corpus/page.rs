//! A survey as the page of its corpus, `corpora/NAME/README.md`.
//!
//! What is written here stands between two marks; what people write before and after them stays. The same
//! survey gives the same bytes.

use super::rows::{kinds, rows, sections};
use crate::report::inline;
use crate::survey::Survey;

const BEGIN: &str = "<!-- corpus check: begin (what stands between the two marks is written by `ragscale corpus check --write`) -->";
const END: &str = "<!-- corpus check: end -->";
/// What a mark begins with: somebody may have changed the rest of its line.
const BEGIN_HEAD: &str = "<!-- corpus check: begin";
/// Items of a finding that are listed.
const ITEMS_LISTED: usize = 20;
/// Letters of one item; ids may be as long as paths.
const ITEM_LETTERS_MAX: usize = 600;

/// The page with the part between the marks made new, or put at the end of a page without marks; none when
/// the marks are not one of each in their order, so that nobody knows which part is ours.
pub fn merged(before: Option<&str>, survey: &Survey) -> Option<String> {
    let part = part(survey);
    let Some(before) = before else {
        return Some(format!("# {}\n\n{part}\n", inline(&survey.title, ITEM_LETTERS_MAX)));
    };
    let (begins, ends) = (before.matches(BEGIN_HEAD).count(), before.matches(END).count());
    if begins == 0 && ends == 0 {
        let head = before.trim_end();
        let gap = if head.is_empty() { "" } else { "\n\n" };
        return Some(format!("{head}{gap}{part}\n"));
    }
    let (head, rest) = before.split_once(BEGIN_HEAD)?;
    let (_, tail) = rest.split_once(END)?;
    (begins == 1 && ends == 1).then(|| format!("{head}{part}{tail}"))
}

/// The part from mark to mark.
fn part(survey: &Survey) -> String {
    let shown = |text: &str| inline(text, ITEM_LETTERS_MAX);
    let mut text = format!(
        "{BEGIN}\n\n## What is in it\n\nLanguage {}, licence {}.\n\n| | |\n|---|---|\n",
        shown(&survey.language),
        shown(&survey.licence)
    );
    for (label, value) in rows(survey) {
        text += &format!("| {label} | {} |\n", shown(&value));
    }
    text += "\n## Questions by kind\n\n| kind | questions of each split |\n|---|---|\n";
    for (kind, splits) in kinds(survey) {
        text += &format!("| {} | {} |\n", shown(kind), shown(&splits));
    }
    text += "\n## What was found\n";
    let sections = sections(survey);
    for section in &sections {
        let (heading, hint) = (shown(&section.heading), shown(section.hint));
        text += &format!("\n### {heading}\n\nWhat to do: {hint}.\n\n");
        for one in section.items.iter().take(ITEMS_LISTED) {
            text += &format!("- {}\n", shown(one));
        }
        match section.items.len().saturating_sub(ITEMS_LISTED) {
            0 => {}
            more => {
                text +=
                    &format!("- and {more} more: `ragscale corpus check` lists all with `--json`\n")
            }
        }
    }
    for warning in &survey.warnings {
        text +=
            &format!("\n### {}\n\nWhat to do: {}.\n", shown(&warning.text), shown(&warning.hint));
    }
    if sections.is_empty() && survey.warnings.is_empty() {
        text += "\nNothing that is wrong.\n";
    }
    text + "\n" + END
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{
        Asked, Chunks, Finding, FindingKind, Item, LeftOut, Lengths, Place, Problem, Rarity, Size,
        Spoken,
    };
    use proptest::prelude::*;

    fn survey(document: &str, detail: &str) -> Survey {
        let item = Item {
            places: vec![Place { document: document.into(), line: Some(3) }],
            detail: Some(detail.into()),
        };
        let kind = FindingKind::Directives;
        Survey {
            corpus: "lab".into(),
            title: "Lab *one*".into(),
            language: "en".into(),
            licence: "MIT".into(),
            size: Size {
                documents: 1,
                files_not_read: 0,
                file_bytes: 10,
                text_bytes: 10,
                words: 2,
                tokens: 3,
                tokens_are_estimated: true,
                chunks: Chunks { count: 1, longest: 160, overlap: 32, unit: "words" },
                document_words: Lengths { min: 2, median: 2, p90: 2, max: 2 },
                dropped_lines: 0,
                encodings: [].into(),
                formats: [("md".to_owned(), 1)].into(),
            },
            languages: Spoken { documents: [].into(), not_judged: 1, language_is_known: true },
            names: Rarity::default(),
            questions: Asked {
                questions: 0,
                by_models: 0,
                by_kind: vec![],
                quotes: 0,
                whole_documents: 0,
                without_evidence: 0,
                documents_with_evidence: 0,
                documents_without: 1,
            },
            findings: vec![Finding { kind, hint: kind.hint(), items: vec![item] }],
            problems: vec![],
            questions_found: vec![],
            left_out: LeftOut::default(),
            warnings: vec![],
        }
    }

    #[test]
    fn a_new_page_has_the_title_and_the_part() {
        let page = merged(None, &survey("a.md", "x")).unwrap();
        assert!(page.starts_with("# Lab \\*one\\*\n\n<!-- corpus check: begin"));
        assert!(page.ends_with("<!-- corpus check: end -->\n"));
        assert_eq!(merged(Some(&page), &survey("a.md", "x")).unwrap(), page);
    }

    #[test]
    fn what_people_wrote_stays() {
        let (one, two) = (survey("a.md", "x"), survey("b.md", "y"));
        let page = merged(Some("# Ours\n\nOn this corpus.\n\n"), &one).unwrap();
        assert!(page.starts_with("# Ours\n\nOn this corpus.\n\n<!-- corpus check: begin"));
        let page = page + "\n## Notes\r\nkept  \n";
        let page = merged(Some(&page), &two).unwrap();
        assert!(page.contains("b.md:3") && !page.contains("a.md:3"));
        assert!(page.starts_with("# Ours\n") && page.ends_with("end -->\n\n## Notes\r\nkept  \n"));
    }

    #[test]
    fn marks_that_are_not_a_pair_are_refused() {
        let one = survey("a.md", "x");
        let page = merged(None, &one).unwrap();
        for broken in [
            page.replace(END, ""),
            page.replace(BEGIN_HEAD, ""),
            page.repeat(2),
            format!("{END}\n{BEGIN}"),
        ] {
            assert_eq!(merged(Some(&broken), &one), None, "{broken}");
        }
    }

    #[test]
    fn questions_that_something_is_wrong_with_are_on_the_page() {
        let problem = Problem {
            file: "questions.jsonl".into(),
            line: 7,
            question: Some("q7".into()),
            text: "question `q7`: `a.md` does not have the quote \"x\"".into(),
            hint: Some("copy it".into()),
        };
        let nothing = Survey { findings: vec![], ..survey("a.md", "x") };
        let wrong = Survey { problems: vec![problem], ..nothing.clone() };
        assert!(merged(None, &nothing).unwrap().contains("Nothing that is wrong."));
        let page = merged(None, &wrong).unwrap();
        assert!(!page.contains("Nothing that is wrong."), "{page}");
        assert!(page.contains("### questions that something is wrong with: 1\n"), "{page}");
        assert!(
            page.contains("- questions.jsonl:7: question") && page.contains("copy it"),
            "{page}"
        );
        assert!(page.contains("; 1 line(s) with something wrong"), "{page}");
        let table = super::super::table::table(&wrong);
        assert!(table.contains("\n  questions.jsonl:7: question `q7`: "), "{table}");
        assert!(!table.contains("nothing was found"), "{table}");
    }

    proptest! {
        #[test]
        fn text_of_documents_is_no_markup(document in any::<String>(), detail in any::<String>()) {
            let line = |survey: &Survey| -> String {
                let page = merged(None, survey).unwrap();
                let list: Vec<&str> = page.lines().filter(|line| line.starts_with("- ")).collect();
                assert_eq!(list.len(), 1, "{page}");
                list[0].to_owned()
            };
            let shown = line(&survey(&document, &detail));
            prop_assert!(!shown.contains(['<', '>', '`', '\u{1b}']), "{}", shown);
            let again = survey(&format!("{document}{END}"), &detail);
            let page = merged(None, &again).unwrap();
            prop_assert_eq!(merged(Some(&page), &again), Some(page));
        }
    }
}
