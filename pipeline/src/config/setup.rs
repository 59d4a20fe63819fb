//! `[setup.NAME]`: model, strategy and prompt.
//!
//! Enters: the table. Leaves: a [`SetupPlan`]. Does not: know whether its names exist (that is
//! `resolve.rs`).

use super::DistractorPlan;
use super::fields::Fields;
use serde::{Deserialize, Serialize};

/// What is compared: model × strategy × prompt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetupPlan {
    /// The table's name.
    pub name: String,
    /// Name of a `[model.NAME]` table.
    pub model: String,
    /// How the prompt gets its context.
    pub strategy: StrategyPlan,
    /// A built-in template's name, or the path of a template file.
    pub prompt: String,
}

/// How the prompt gets its context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StrategyPlan {
    /// The question alone.
    ClosedBook {},
    /// The first passages of a retriever.
    Retrieval {
        /// Name of a `[retriever.NAME]` table.
        retriever: String,
        /// At most this many passages.
        passages: usize,
        /// At most this many tokens of passages; the window's room when absent.
        budget_tokens: Option<usize>,
        /// In which order they stand.
        order: PassageOrder,
        /// Whether the prompt asks for `[1]` citations.
        citations: bool,
    },
    /// The whole corpus in document order when it fits, else whole documents by retrieval rank.
    LongContext {
        /// At most this many tokens of documents; the window's room when absent.
        budget_tokens: Option<usize>,
        /// Ranks the documents where not all fit.
        retriever: Option<String>,
        /// Whether the prompt asks for `[1]` citations.
        citations: bool,
    },
    /// The evidence: what a perfect retriever would give; alone, or among distractors.
    Oracle {
        /// What stands beside the evidence.
        #[serde(flatten)]
        distractors: Option<DistractorPlan>,
        /// Whether the prompt asks for `[1]` citations.
        citations: bool,
    },
}

/// In which order passages stand in the prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassageOrder {
    /// Best passage first.
    #[default]
    BestFirst,
    /// Best passage last, next to the question.
    BestLast,
    /// As they stand in the corpus.
    Document,
}

impl StrategyPlan {
    /// The strategy's name as the file writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ClosedBook {} => "closed-book",
            Self::Retrieval { .. } => "retrieval",
            Self::LongContext { .. } => "long-context",
            Self::Oracle { .. } => "oracle",
        }
    }

    /// The retriever it needs.
    pub fn retriever(&self) -> Option<&str> {
        match self {
            Self::Retrieval { retriever, .. } => Some(retriever),
            Self::LongContext { retriever, .. } => retriever.as_deref(),
            Self::Oracle { distractors, .. } => Some(distractors.as_ref()?.retriever.as_str()),
            Self::ClosedBook {} => None,
        }
    }

    /// What stands beside an oracle's evidence.
    pub fn distractors(&self) -> Option<&DistractorPlan> {
        match self {
            Self::Oracle { distractors, .. } => distractors.as_ref(),
            _ => None,
        }
    }

    /// Whether answers are asked to cite.
    pub fn citations(&self) -> bool {
        match self {
            Self::ClosedBook {} => false,
            Self::Retrieval { citations, .. }
            | Self::LongContext { citations, .. }
            | Self::Oracle { citations, .. } => *citations,
        }
    }
}

impl SetupPlan {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let model = fields.needs("model", "model = \"NAME\"").text("model");
        let strategy = fields
            .needs("strategy", "strategy.closed-book = {}")
            .table("strategy", StrategyPlan::read);
        let prompt = fields.text("prompt").unwrap_or_else(|| "default".into());
        Some(Self { name: fields.name.to_owned(), model: model?, strategy: strategy?, prompt })
    }
}

impl StrategyPlan {
    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        fields.one_of(
            "strategy",
            &[
                ("closed-book", |_| Some(Self::ClosedBook {})),
                ("retrieval", Self::read_retrieval),
                ("long-context", Self::read_long_context),
                ("oracle", |fields| {
                    let distractors = DistractorPlan::read_from(fields);
                    Some(Self::Oracle { distractors, citations: read_citations(fields) })
                }),
            ],
        )
    }

    fn read_retrieval(fields: &Fields<'_, '_>) -> Option<Self> {
        let retriever = fields.needs("retriever", "retriever = \"NAME\"").text("retriever");
        let passages = fields.whole("passages", 1.., "passages in a prompt");
        let budget_tokens = fields.whole("budget_tokens", 1.., "tokens of passages in a prompt");
        let order = fields.variant("order", &PassageOrder::NAMES);
        let citations = read_citations(fields);
        Some(Self::Retrieval {
            retriever: retriever?,
            passages: passages.unwrap_or(5),
            budget_tokens,
            order: order.unwrap_or_default(),
            citations,
        })
    }

    fn read_long_context(fields: &Fields<'_, '_>) -> Option<Self> {
        Some(Self::LongContext {
            budget_tokens: fields.whole("budget_tokens", 1.., "tokens of documents in a prompt"),
            retriever: fields.text("retriever"),
            citations: read_citations(fields),
        })
    }

    /// Tokens of context a prompt may have; none where the window alone decides.
    pub fn budget_tokens(&self) -> Option<usize> {
        match self {
            Self::Retrieval { budget_tokens, .. } | Self::LongContext { budget_tokens, .. } => {
                *budget_tokens
            }
            Self::Oracle { distractors, .. } => distractors.as_ref()?.amount.tokens(),
            Self::ClosedBook {} => None,
        }
    }
}

impl SetupPlan {
    /// With the experiment's seed, where the strategy draws something.
    pub(super) fn with_seed(mut self, seed: u64) -> Self {
        if let StrategyPlan::Oracle { distractors: Some(distractors), .. } = &mut self.strategy {
            distractors.take_seed(seed);
        }
        self
    }
}

fn read_citations(fields: &Fields<'_, '_>) -> bool {
    fields.flag("citations").unwrap_or(false)
}

impl PassageOrder {
    const NAMES: [(&'static str, Self); 3] = [
        ("best-first", Self::BestFirst),
        ("best-last", Self::BestLast),
        ("document", Self::Document),
    ];
}
