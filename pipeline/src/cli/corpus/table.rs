//! A survey as the terminal shows it.

use super::rows::{kinds, rows, sections};
use crate::report::number;
use crate::run::progress::on_one_line;
use crate::survey::Survey;

/// Items of a finding that are shown.
const ITEMS_SHOWN: usize = 3;

/// The survey as lines. Nothing is escaped.
pub fn table(survey: &Survey) -> String {
    let Survey { corpus, title, language, licence, .. } = survey;
    let mut text = format!("{corpus}: {title} (language {language}, licence {licence})\n\n");
    for (label, value) in rows(survey) {
        text += &format!("{label:<13}{}\n", on_one_line(&value));
    }
    for (kind, splits) in kinds(survey) {
        text += &format!("{:<13}{}: {}\n", "", on_one_line(kind), on_one_line(&splits));
    }
    let sections = sections(survey);
    for section in &sections {
        text += &format!("\n{}\n", section.heading);
        for one in section.items.iter().take(ITEMS_SHOWN) {
            text += &format!("  {}\n", on_one_line(one));
        }
        match section.items.len().saturating_sub(ITEMS_SHOWN) {
            0 => {}
            more => {
                text += &format!("  and {} more, all with --json\n", number::grouped(more as u64))
            }
        }
        text += &format!("  hint: {}\n", section.hint);
    }
    for warning in &survey.warnings {
        text +=
            &format!("\n{}\n  hint: {}\n", on_one_line(&warning.text), on_one_line(&warning.hint));
    }
    if sections.is_empty() && survey.warnings.is_empty() {
        text += "\nnothing was found that is wrong\n";
    }
    text
}
