//! Distractors of an oracle: passages beside the evidence that do not hold it.
//!
//! Enters: the table of an oracle. Leaves: a [`DistractorPlan`], or none. Does not: know whether its
//! retriever exists (that is `resolve.rs`).

use super::fields::Fields;
use serde::{Deserialize, Serialize};

/// `distractors = 4, retriever = "lexical", position = "seeded"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DistractorPlan {
    /// How many.
    #[serde(flatten)]
    pub amount: DistractorAmount,
    /// Name of the `[retriever.NAME]` table that finds them for the question.
    pub retriever: String,
    /// Where the evidence stands among them.
    pub position: EvidencePosition,
    /// Seed of a seeded position: the `seed` of the experiment's `questions`.
    pub seed: Option<u64>,
}

/// How much distracts. Best first: those that the retriever finds nearest to the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistractorAmount {
    /// So many passages.
    Distractors(usize),
    /// As many passages as have together at most this many tokens, by the model's tokenizer. The
    /// evidence does not count.
    BudgetTokens(usize),
}

/// Where the evidence stands; several blocks of it stand side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidencePosition {
    /// Before all distractors.
    First,
    /// In their middle; of an odd number, the smaller part stands before it.
    Middle,
    /// After all of them, next to the question.
    Last,
    /// At a place drawn from the question's id and the experiment's seed, each equally likely.
    #[default]
    Seeded,
}

impl EvidencePosition {
    const NAMES: [(&'static str, Self); 4] = [
        ("first", Self::First),
        ("middle", Self::Middle),
        ("last", Self::Last),
        ("seeded", Self::Seeded),
    ];
}

impl DistractorAmount {
    /// How many passages, where that is what was asked for.
    pub fn passages(self) -> Option<usize> {
        match self {
            Self::Distractors(passages) => Some(passages),
            Self::BudgetTokens(_) => None,
        }
    }

    /// How many tokens, where that is what was asked for.
    pub fn tokens(self) -> Option<usize> {
        match self {
            Self::Distractors(_) => None,
            Self::BudgetTokens(tokens) => Some(tokens),
        }
    }
}

impl DistractorPlan {
    /// The keys of an oracle's table that are about distractors; none where there are none, or where
    /// they are wrong.
    pub(super) fn read_from(oracle: &Fields<'_, '_>) -> Option<Self> {
        let passages = oracle.whole(
            "distractors",
            1..=1000,
            "passages beside the evidence; without the key there are none",
        );
        let tokens = oracle.whole("budget_tokens", 1.., "tokens of distractors in a prompt");
        let position = oracle.variant("position", &EvidencePosition::NAMES);
        if !oracle.has("distractors") && !oracle.has("budget_tokens") {
            oracle.text("retriever");
            for key in ["retriever", "position"] {
                if oracle.has(key) {
                    oracle.refuse(
                        key,
                        format!("`{key}` means nothing to an oracle without distractors"),
                        "add `distractors = 4` or `budget_tokens = 500`, or remove the key",
                    );
                }
            }
            return None;
        }
        let retriever = oracle.needs("retriever", "retriever = \"NAME\"").text("retriever");
        if oracle.has("distractors") && oracle.has("budget_tokens") {
            oracle.refuse(
                "budget_tokens",
                "`budget_tokens` stands beside `distractors`",
                "keep one of `distractors` and `budget_tokens`",
            );
        }
        let amount = passages
            .map(DistractorAmount::Distractors)
            .or(tokens.map(DistractorAmount::BudgetTokens));
        Some(Self {
            amount: amount?,
            retriever: retriever?,
            position: position.unwrap_or_default(),
            seed: None,
        })
    }

    /// With the experiment's seed, where it decides something.
    pub(super) fn take_seed(&mut self, seed: u64) {
        self.seed = (self.position == EvidencePosition::Seeded).then_some(seed);
    }
}
