//! Setups that differ in nothing but what a figure varies.
//!
//! Enters: setups, and the settings that are free to differ. Leaves: groups with names short enough
//! for a figure. Settings are taken as the plan writes them, so that a new one takes part at once.

use crate::config::SetupPlan;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Name of a setting → its value; what is not set is left out.
type Settings = BTreeMap<String, Value>;

/// Setups alike in all settings but the free ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Unlike every other group's.
    pub name: String,
    /// Strategy's name.
    pub strategy: &'static str,
    /// Places among the experiment's setups, in its order.
    pub setups: Vec<usize>,
}

/// The groups in the order of their first setups.
pub fn groups(setups: &[SetupPlan], free: &[&str]) -> Vec<Group> {
    let mut found: Vec<(Settings, Group)> = Vec::new();
    for (place, setup) in setups.iter().enumerate() {
        let mut fixed = settings(setup);
        fixed.retain(|name, _| !free.contains(&name.as_str()));
        if let Some((_, group)) = found.iter_mut().find(|(other, _)| *other == fixed) {
            group.setups.push(place);
            continue;
        }
        let name = first_name(setup, &fixed);
        found.push((fixed, Group { name, strategy: setup.strategy.name(), setups: vec![place] }));
    }
    // Each setting more makes a name longer: as few as tell it from all others.
    let names: Vec<String> = (0..found.len())
        .map(|place| {
            let told = (0..=HOW.len()).map(|how| {
                let of = |(fixed, _): &(Settings, Group)| whole_name(fixed, &found, how);
                (of(&found[place]), found.iter().map(of).collect::<Vec<_>>())
            });
            let is_alone = |(name, all): &(String, Vec<String>)| {
                all.iter().filter(|other| *other == name).count() == 1
            };
            let mut told: Vec<_> = told.collect();
            let first = told.iter().position(is_alone).unwrap_or(HOW.len());
            told.swap_remove(first).0
        })
        .collect();
    found.into_iter().zip(names).map(|((_, group), name)| Group { name, ..group }).collect()
}

/// Lines that a reader tells apart in one figure; as many as there are styles.
pub const LINES_MAX: usize = 8;

/// Whether each of the groups with so many sizes is drawn: at most [`LINES_MAX`], those with most sizes,
/// the first of equals.
pub fn drawn(sizes: &[usize]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|place| (std::cmp::Reverse(sizes[*place]), *place));
    order.truncate(LINES_MAX);
    (0..sizes.len()).map(|place| order.contains(&place)).collect()
}

/// Says how many groups [`drawn`] leaves out, if any.
pub fn left_out(sizes: &[usize]) -> Option<String> {
    match sizes.len().saturating_sub(LINES_MAX) {
        0 => None,
        1 => Some("1 line of fewer sizes is left out".into()),
        more => Some(format!("{more} lines of fewer sizes are left out")),
    }
}

/// How many different values the settings in `free` take in a group.
pub fn sizes(setups: &[SetupPlan], group: &Group, free: &[&str]) -> usize {
    let size = |place: &usize| -> Vec<String> {
        let settings = settings(&setups[*place]);
        free.iter().map(|name| settings.get(*name).map_or_else(String::new, said)).collect()
    };
    group.setups.iter().map(size).collect::<BTreeSet<_>>().len()
}

fn settings(setup: &SetupPlan) -> Settings {
    let strategy = serde_json::to_value(&setup.strategy).unwrap_or_default();
    let name = setup.strategy.name();
    let fields = strategy.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let mut settings: Settings = fields.into_iter().filter(|(_, value)| !value.is_null()).collect();
    settings.insert("strategy".into(), name.into());
    settings.insert("model".into(), setup.model.as_str().into());
    settings.insert("prompt".into(), setup.prompt.as_str().into());
    settings
}

/// `closed-book`, `hybrid retrieval`; the model before it where it is not free.
fn first_name(setup: &SetupPlan, fixed: &Settings) -> String {
    let strategy = match (setup.strategy.name(), setup.strategy.retriever()) {
        ("retrieval", Some(retriever)) => format!("{retriever} retrieval"),
        (name, _) => name.to_owned(),
    };
    match fixed.get("model") {
        Some(model) => format!("{} {strategy}", said(model)),
        None => strategy,
    }
}

/// Settings that say how another one is carried out, what tells most first: an oracle without distractors
/// has none of them.
const HOW: [&str; 3] = ["position", "retriever", "seed"];

/// The first name, and the settings in which the group differs from others of that name; those of
/// [`HOW`] only from others that have them too, but for the first `how` of them.
fn whole_name(fixed: &Settings, found: &[(Settings, Group)], how: usize) -> String {
    let Some((_, group)) = found.iter().find(|(other, _)| other == fixed) else {
        return String::new();
    };
    let mut name = group.name.clone();
    for (setting, value) in fixed {
        let is_how = HOW[how..].contains(&setting.as_str());
        // An oracle by that name alone has nothing beside the evidence.
        let is_company = group.strategy == "oracle"
            && ["distractors", "budget_tokens"].contains(&setting.as_str());
        let differs = found.iter().filter(|(_, of)| of.name == group.name).any(|(other, _)| {
            match other.get(setting) {
                Some(theirs) => theirs != value,
                None => !is_how,
            }
        });
        if differs || is_company {
            name.push_str(&format!(", {}", clause(setting, value)));
        }
    }
    name
}

/// A setting in as few words as tell it: `3 passages`, `evidence first`, `no citations`.
fn clause(setting: &str, value: &Value) -> String {
    let words = setting.replace('_', " ");
    match value {
        Value::Bool(true) => words,
        Value::Bool(false) => format!("no {words}"),
        Value::Number(number) if setting == "budget_tokens" => format!("{number} tokens"),
        Value::Number(number) if setting == "seed" => format!("seed {number}"),
        Value::Number(number) => format!("{number} {words}"),
        // The words of an order speak for themselves.
        _ if setting == "order" => said(value),
        _ if setting == "position" => format!("evidence {}", said(value)),
        _ => format!("{words} {}", said(value)),
    }
}

fn said(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::setups;

    fn named(groups: &[Group]) -> Vec<(&str, &[usize])> {
        groups.iter().map(|group| (group.name.as_str(), group.setups.as_slice())).collect()
    }

    #[test]
    fn setups_of_one_strategy_are_one_group_whatever_the_model() {
        let setups = setups(&[
            ("small", "closed-book = {}"),
            ("small", "retrieval = { retriever = \"r\" }"),
            ("large", "closed-book = {}"),
            ("large", "retrieval = { retriever = \"r\", passages = 3 }"),
            ("large", "retrieval = { retriever = \"r\", passages = 5 }"),
            ("large", "oracle = {}"),
        ]);
        let groups = groups(&setups, &["model"]);
        // The first retrieval takes 5 passages by default: it is the last one's group.
        assert_eq!(
            named(&groups),
            [
                ("closed-book", &[0, 2][..]),
                ("r retrieval, 5 passages", &[1, 4]),
                ("r retrieval, 3 passages", &[3]),
                ("oracle", &[5]),
            ]
        );
        assert_eq!(groups[1].strategy, "retrieval");
    }

    #[test]
    fn settings_are_said_in_few_words() {
        let clauses = [
            clause("budget_tokens", &300.into()),
            clause("distractors", &4.into()),
            clause("order", &"best-last".into()),
            clause("position", &"first".into()),
            clause("prompt", &"plain".into()),
            clause("seed", &7.into()),
        ];
        let words = [
            "300 tokens",
            "4 distractors",
            "best-last",
            "evidence first",
            "prompt plain",
            "seed 7",
        ];
        assert_eq!(clauses, words);
    }

    #[test]
    fn what_follows_from_distractors_is_said_only_where_it_differs() {
        let among = |more: &str| format!("oracle = {{ distractors = 4, retriever = \"r\"{more} }}");
        let names = |strategies: &[&str]| -> Vec<String> {
            let setups: Vec<_> = strategies.iter().map(|strategy| ("m", *strategy)).collect();
            let groups = groups(&super::super::fixture::setups(&setups), &["model"]);
            groups.into_iter().map(|group| group.name).collect()
        };
        assert_eq!(names(&["oracle = {}", &among("")]), ["oracle", "oracle, 4 distractors"]);
        let two = [among(", position = \"first\""), among(", position = \"last\"")];
        assert_eq!(
            names(&["oracle = {}", &two[0], &two[1]]),
            [
                "oracle",
                "oracle, 4 distractors, evidence first",
                "oracle, 4 distractors, evidence last"
            ]
        );
        // Nothing but the retriever tells these apart.
        assert_eq!(
            names(&[
                "long-context = { budget_tokens = 9, retriever = \"r\" }",
                "long-context = { budget_tokens = 9 }"
            ]),
            ["long-context, retriever r", "long-context"]
        );
    }

    #[test]
    fn a_figure_has_no_more_lines_than_can_be_told_apart() {
        let sizes = [1, 4, 1, 2, 2, 2, 2, 2, 2, 2];
        // Eight: the one of 4, and the seven of 2.
        let kept = [false, true, false, true, true, true, true, true, true, true];
        assert_eq!(drawn(&sizes), kept);
        assert_eq!(left_out(&sizes).unwrap(), "2 lines of fewer sizes are left out");
        assert_eq!(drawn(&[1; 9])[7..], [true, false]);
        assert_eq!(left_out(&[3; 8]), None);
    }

    #[test]
    fn a_model_s_contexts_are_one_group_whatever_their_size() {
        let setups = setups(&[
            ("small", "long-context = { budget_tokens = 100, retriever = \"r\" }"),
            ("small", "long-context = { budget_tokens = 200, retriever = \"r\" }"),
            ("small", "long-context = { retriever = \"r\" }"),
            (
                "small",
                "long-context = { budget_tokens = 200, retriever = \"r\", citations = true }",
            ),
            ("large", "long-context = { budget_tokens = 200, retriever = \"r\" }"),
        ]);
        let free = ["budget_tokens", "passages"];
        let groups = groups(&setups, &free);
        assert_eq!(
            named(&groups),
            [
                ("small long-context, no citations", &[0, 1, 2][..]),
                ("small long-context, citations", &[3]),
                ("large long-context", &[4]),
            ]
        );
        assert_eq!(sizes(&setups, &groups[0], &free), 3);
        assert_eq!(sizes(&setups, &groups[2], &free), 1);
    }
}
