//! A prompt that fits: passages are left out whole, and counted, until it does.

use super::place::place;
use super::{Candidates, Chat, Distraction, Passage, PromptError, Template, choose};
use crate::config::{PassageOrder, StrategyPlan};
use crate::corpus::{Corpus, Question};
use crate::model::Message;
use crate::retrieve::Hit;
use crate::tokens::Tokens;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Tokens that a heading such as `[12] ` and the line breaks around a passage may take. Only a
/// first guess: the finished prompt is counted exactly.
const HEADING_TOKENS: usize = 8;

/// Makes the prompts of one setup.
pub struct PromptMaker {
    /// The setup's template.
    pub template: Template,
    /// The model's chat template.
    pub chat: Arc<Chat>,
    /// The model's tokenizer.
    pub tokens: Tokens,
    /// Tokens that prompt and answer share.
    pub window_tokens: usize,
    /// Longest answer in tokens.
    pub answer_tokens: usize,
    /// How the prompt gets its context.
    pub strategy: StrategyPlan,
    counts: Mutex<HashMap<(String, usize, usize), usize>>,
}

/// A prompt that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The conversation, for endpoints.
    pub messages: Vec<Message>,
    /// What a local model reads.
    pub text: String,
    /// Tokens of `text`.
    pub tokens: usize,
    /// What stands in it, in its order.
    pub passages: Vec<Passage>,
    /// Where each passage's text stands in `text`, in bytes; none where a template did more than add to
    /// it.
    pub places: Vec<Option<(usize, usize)>>,
    /// Passages that the strategy wanted and that did not fit.
    pub cut_passages: usize,
    /// What distracts in it, where the strategy asks for distractors.
    pub distraction: Option<Distraction>,
}

impl PromptMaker {
    /// A maker for one setup.
    pub fn new(
        template: Template,
        chat: Arc<Chat>,
        tokens: Tokens,
        window_tokens: usize,
        answer_tokens: usize,
        strategy: StrategyPlan,
    ) -> Self {
        Self {
            template,
            chat,
            tokens,
            window_tokens,
            answer_tokens,
            strategy,
            counts: Mutex::default(),
        }
    }

    /// The prompt for one question.
    ///
    /// # Errors
    /// When the question alone or with its first passage is over the window, or a template fails.
    pub fn make(
        &self,
        question: &Question,
        corpus: &Corpus,
        hits: &[Hit],
    ) -> Result<Prompt, PromptError> {
        let mut candidates = choose(&self.strategy, question, corpus, hits);
        let mixture = candidates.mixture.take();
        let missing = mixture.as_ref().map_or(0, |mixture| {
            mixture.limit(&mut candidates.passages, |passage| self.count(passage))
        });
        let distraction = |chosen: &[Passage]| {
            let distractors = chosen.get(mixture.as_ref()?.evidence..).unwrap_or_default();
            let tokens = distractors.iter().map(|passage| self.count(passage)).sum();
            Some(Distraction { passages: distractors.len(), tokens, missing })
        };
        let wanted = candidates.passages.len();
        let room = self.window_tokens.saturating_sub(self.answer_tokens);
        let mut bare = self.render(question, &[])?;
        if bare.tokens > room {
            return Err(no_room(question, bare.tokens, "without any passage", room));
        }
        if wanted == 0 {
            bare.distraction = distraction(&[]);
            return Ok(bare);
        }
        let order = candidates.order;
        let mut chosen = self.first_choice(candidates, room - bare.tokens);
        loop {
            let shown = match &mixture {
                Some(mixture) => mixture.arranged(&chosen),
                None => in_order(&chosen, order),
            };
            let mut prompt = self.render(question, &shown)?;
            if prompt.tokens <= room {
                prompt.distraction = distraction(&chosen);
                prompt.cut_passages = wanted - chosen.len();
                return Ok(prompt);
            }
            if chosen.len() == 1 {
                return Err(no_room(question, prompt.tokens, "with its first passage", room));
            }
            chosen.pop();
        }
    }

    /// The candidates that fit by the sum of their own counts; at least the first.
    fn first_choice(&self, candidates: Candidates, room: usize) -> Vec<Passage> {
        let budget = candidates.budget_tokens.unwrap_or(usize::MAX);
        let (mut text_tokens, mut all_tokens) = (0, 0);
        let mut chosen = Vec::new();
        for passage in candidates.passages {
            let tokens = self.count(&passage);
            let fits =
                text_tokens + tokens <= budget && all_tokens + tokens + HEADING_TOKENS <= room;
            if fits || (chosen.is_empty() && !candidates.pass_over) {
                text_tokens += tokens;
                all_tokens += tokens + HEADING_TOKENS;
                chosen.push(passage);
            } else if !candidates.pass_over {
                break;
            }
        }
        chosen
    }

    /// Tokens of a passage's text; each span is counted once.
    fn count(&self, passage: &Passage) -> usize {
        let key = (passage.document.clone(), passage.span.start, passage.span.end);
        if let Ok(counts) = self.counts.lock()
            && let Some(count) = counts.get(&key)
        {
            return *count;
        }
        let count = self.tokens.count(&passage.text);
        if let Ok(mut counts) = self.counts.lock() {
            counts.insert(key, count);
        }
        count
    }

    fn render(&self, question: &Question, passages: &[Passage]) -> Result<Prompt, PromptError> {
        let shown: Vec<Passage> = passages
            .iter()
            .map(|passage| Passage {
                title: self.chat.neutralize(&passage.title),
                text: self.chat.neutralize(&passage.text),
                ..passage.clone()
            })
            .collect();
        let asked = self.chat.neutralize(&question.text);
        let schema =
            question.schema.as_ref().map(|schema| self.chat.neutralize(&schema.to_string()));
        let citations = self.strategy.citations();
        let messages = self.template.messages(&asked, &shown, citations, schema.as_deref())?;
        let text = self.chat.render(&messages)?;
        let tokens = self.tokens.count(&text);
        let mut from = 0;
        let places = shown
            .iter()
            .map(|passage| {
                let span = place(&text, &passage.text, from)?;
                from = span.end;
                Some((span.start, span.end))
            })
            .collect();
        let passages = passages.to_vec();
        Ok(Prompt { messages, text, tokens, passages, places, cut_passages: 0, distraction: None })
    }
}

fn in_order(chosen: &[Passage], order: PassageOrder) -> Vec<Passage> {
    let mut passages = chosen.to_vec();
    match order {
        PassageOrder::BestFirst => {}
        PassageOrder::BestLast => passages.reverse(),
        PassageOrder::Document => passages.sort_by(|a, b| {
            (&a.document, a.span.start, a.span.end).cmp(&(&b.document, b.span.start, b.span.end))
        }),
    }
    passages
}

fn no_room(question: &Question, needed: usize, with: &'static str, room: usize) -> PromptError {
    PromptError::NoRoom { question: question.id.clone(), needed, with, room }
}

#[cfg(test)]
mod tests {
    use super::super::context::tests::{corpus, hit, question};
    use super::*;
    use crate::config::{DistractorAmount, DistractorPlan, EvidencePosition};
    use proptest::prelude::*;
    use std::path::Path;

    fn maker(window_tokens: usize, strategy: StrategyPlan) -> PromptMaker {
        let template = Template::load(Path::new("."), "plain").unwrap();
        PromptMaker::new(
            template,
            Arc::new(Chat::plain()),
            Tokens::Words,
            window_tokens,
            4,
            strategy,
        )
    }

    fn retrieval(passages: usize, order: PassageOrder) -> StrategyPlan {
        StrategyPlan::Retrieval {
            retriever: "r".into(),
            passages,
            budget_tokens: None,
            order,
            citations: false,
        }
    }

    fn hits() -> Vec<Hit> {
        vec![hit("c.md", 9..27, 3.0), hit("a.md", 9..38, 2.0), hit("b.md", 0..6, 1.0)]
    }

    #[test]
    fn everything_fits() {
        let prompt = maker(512, retrieval(3, PassageOrder::BestFirst))
            .make(&question(), &corpus(), &hits())
            .unwrap();
        assert_eq!(prompt.cut_passages, 0);
        let ids: Vec<_> = prompt.passages.iter().map(|p| p.document.as_str()).collect();
        assert_eq!(ids, ["c.md", "a.md", "b.md"]);
        for (passage, place) in prompt.passages.iter().zip(&prompt.places) {
            let (start, end) = place.unwrap();
            assert_eq!(prompt.text[start..end], passage.text);
        }
    }

    #[test]
    fn distractors_go_before_the_evidence_does() {
        let oracle = |amount, position| StrategyPlan::Oracle {
            distractors: Some(DistractorPlan {
                amount,
                retriever: "r".into(),
                position,
                seed: None,
            }),
            citations: false,
        };
        let made = |window, amount, position| {
            let prompt = maker(window, oracle(amount, position))
                .make(&question(), &corpus(), &hits())
                .unwrap();
            let ids: Vec<_> = prompt.passages.iter().map(|p| p.document.clone()).collect();
            (ids.join(" "), prompt.cut_passages, prompt.distraction.unwrap())
        };
        let counted = DistractorAmount::Distractors(4);
        // Of c.md "Gamma is far away", 4 words; of a.md "The alpha pump weighs 12 kg", 6; of b.md
        // "Beta", 1.
        let all = Distraction { passages: 3, tokens: 11, missing: 1 };
        let last = made(512, counted, EvidencePosition::Last);
        assert_eq!(last, ("c.md a.md b.md b.md".into(), 0, all));
        let first = made(512, counted, EvidencePosition::First);
        assert_eq!(first, ("b.md c.md a.md b.md".into(), 0, all));
        // Bare prompt 9 words, answer 4, so 25 are left; evidence 5 + 8 and c.md 4 + 8 with headings
        // as they are guessed: 25. The other two do not fit.
        let (ids, cut, distraction) = made(38, counted, EvidencePosition::Last);
        assert_eq!((ids.as_str(), cut), ("c.md b.md", 2));
        assert_eq!(distraction, Distraction { passages: 1, tokens: 4, missing: 1 });
        // 4 of 9 tokens; the next has 6.
        let (ids, cut, distraction) =
            made(512, DistractorAmount::BudgetTokens(9), EvidencePosition::Middle);
        assert_eq!((ids.as_str(), cut), ("b.md c.md", 0));
        assert_eq!(distraction, Distraction { passages: 1, tokens: 4, missing: 0 });
        let budget = DistractorAmount::BudgetTokens(20);
        assert_eq!(made(512, budget, EvidencePosition::Last).2.missing, 20 - 11);
    }

    #[test]
    fn without_evidence_distractors_stand_alone() {
        let strategy = StrategyPlan::Oracle {
            distractors: Some(DistractorPlan {
                amount: DistractorAmount::Distractors(2),
                retriever: "r".into(),
                position: EvidencePosition::Seeded,
                seed: Some(1),
            }),
            citations: false,
        };
        let unanswerable = Question { evidence: Vec::new(), answers: Vec::new(), ..question() };
        let maker = maker(512, strategy);
        let prompt = maker.make(&unanswerable, &corpus(), &hits()).unwrap();
        assert_eq!(prompt.passages.len(), 2);
        assert_eq!(prompt.distraction.unwrap().passages, 2);
        let nothing = maker.make(&unanswerable, &corpus(), &[]).unwrap();
        assert_eq!(nothing.passages, []);
        let missing = Distraction { passages: 0, tokens: 0, missing: 2 };
        assert_eq!(nothing.distraction, Some(missing));
    }

    #[test]
    fn a_schema_stands_in_the_prompt_as_data() {
        let schema = serde_json::json!({"type": "object", "required": ["b", "a"]});
        let asked = Question { schema: Some(schema), ..question() };
        let prompt = maker(512, StrategyPlan::ClosedBook {}).make(&asked, &corpus(), &[]).unwrap();
        assert!(
            prompt.text.contains(r#"{"type":"object","required":["b","a"]}"#),
            "{}",
            prompt.text
        );
    }

    #[test]
    fn order_is_of_the_prompt_not_of_the_choice() {
        let prompt = maker(512, retrieval(2, PassageOrder::Document))
            .make(&question(), &corpus(), &hits())
            .unwrap();
        let ids: Vec<_> = prompt.passages.iter().map(|p| p.document.as_str()).collect();
        assert_eq!(ids, ["a.md", "c.md"]);
        let prompt = maker(512, retrieval(2, PassageOrder::BestLast))
            .make(&question(), &corpus(), &hits())
            .unwrap();
        assert_eq!(prompt.passages.last().unwrap().document, "c.md");
    }

    #[test]
    fn whole_passages_are_cut_and_counted() {
        // Bare prompt: "Question: What is the torque of the lid? Answer:" has 9 words; passage 1
        // adds "1 Gamma Gamma is far away" = 6. 4 words are kept for the answer: 9 + 6 + 4 = 19.
        let prompt = maker(24, retrieval(3, PassageOrder::BestFirst))
            .make(&question(), &corpus(), &hits())
            .unwrap();
        assert_eq!((prompt.passages.len(), prompt.cut_passages), (1, 2));
        assert!(prompt.tokens + 4 <= 24);
    }

    #[test]
    fn a_window_too_small_for_one_passage_is_an_error() {
        let error = maker(18, retrieval(1, PassageOrder::BestFirst))
            .make(&question(), &corpus(), &hits())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "question `q1`: the prompt needs 15 tokens with its first passage and the window has room for 14"
        );
        assert!(error.hint().unwrap().contains("context_tokens"));
    }

    #[test]
    fn long_context_passes_over_a_document_that_does_not_fit() {
        let strategy =
            StrategyPlan::LongContext { budget_tokens: Some(8), retriever: None, citations: false };
        // b.md has 8 words ("Beta part torque lid 55 Nm End" is 7), a.md 10, c.md 5.
        let ranked = vec![hit("a.md", 0..7, 3.0), hit("c.md", 0..7, 2.0)];
        let prompt = maker(512, strategy).make(&question(), &corpus(), &ranked).unwrap();
        let ids: Vec<_> = prompt.passages.iter().map(|p| p.document.as_str()).collect();
        assert_eq!((ids, prompt.cut_passages), (vec!["c.md"], 2));
    }

    proptest! {
        /// Whatever the window and budget: the prompt fits or the error says it cannot, and nothing
        /// disappears uncounted.
        #[test]
        fn prompts_fit_and_nothing_is_lost(
            window in 8_usize..120, passages in 1_usize..4, budget in proptest::option::of(1_usize..40),
        ) {
            let strategy = StrategyPlan::Retrieval {
                retriever: "r".into(), passages, budget_tokens: budget,
                order: PassageOrder::BestFirst, citations: false,
            };
            match maker(window, strategy).make(&question(), &corpus(), &hits()) {
                Ok(prompt) => {
                    prop_assert!(prompt.tokens + 4 <= window);
                    prop_assert_eq!(prompt.passages.len() + prompt.cut_passages, passages);
                }
                Err(PromptError::NoRoom { room, needed, .. }) => prop_assert!(needed > room),
                Err(error) => prop_assert!(false, "{}", error),
            }
        }
    }
}
