//! Prompts that fit, what is left out of them, and in which order the rest stands.

use super::super::context::tests::{corpus, hit, question};
use super::*;
use crate::config::{DistractorAmount, DistractorPlan, EvidencePosition};
use proptest::prelude::*;
use std::path::Path;

fn maker(window_tokens: usize, strategy: StrategyPlan) -> PromptMaker {
    let template = Template::load(Path::new("."), "plain").unwrap();
    PromptMaker::new(template, Arc::new(Chat::plain()), Tokens::Words, window_tokens, 4, strategy)
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
        distractors: Some(DistractorPlan { amount, retriever: "r".into(), position, seed: None }),
        citations: false,
    };
    let made = |window, amount, position| {
        let prompt =
            maker(window, oracle(amount, position)).make(&question(), &corpus(), &hits()).unwrap();
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
    assert!(prompt.text.contains(r#"{"type":"object","required":["b","a"]}"#), "{}", prompt.text);
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
    // b.md has 7 words (Beta part torque lid 55 Nm End), a.md 10, c.md 5.
    let ranked = vec![hit("a.md", 0..7, 3.0), hit("c.md", 0..7, 2.0)];
    let prompt = maker(512, strategy).make(&question(), &corpus(), &ranked).unwrap();
    let ids: Vec<_> = prompt.passages.iter().map(|p| p.document.as_str()).collect();
    assert_eq!((ids, prompt.cut_passages), (vec!["c.md"], 2));
}

#[test]
fn a_corpus_that_fits_stands_whole_in_its_own_order() {
    // 10 + 7 + 5 words, whatever the retriever finds.
    let ranked = [hit("c.md", 0..7, 3.0), hit("b.md", 0..6, 2.0)];
    let made = |window, budget_tokens| {
        let strategy = StrategyPlan::LongContext {
            budget_tokens,
            retriever: Some("r".into()),
            citations: false,
        };
        let prompt = maker(window, strategy).make(&question(), &corpus(), &ranked).unwrap();
        let ids: Vec<_> = prompt.passages.iter().map(|p| p.document.clone()).collect();
        assert_eq!(ids.len(), prompt.places.iter().flatten().count());
        (ids.join(" "), prompt.cut_passages)
    };
    assert_eq!(made(512, None), ("a.md b.md c.md".into(), 0));
    assert_eq!(made(512, Some(22)), ("a.md b.md c.md".into(), 0));
    // One token less, and rank decides.
    assert_eq!(made(512, Some(21)), ("c.md b.md".into(), 1));
    // Bare prompt 9 words, answer 4, three headings of a number and a title of one word: 41 tokens,
    // although headings are guessed at 8.
    assert_eq!(made(9 + 4 + 3 * 2 + 22, None), ("a.md b.md c.md".into(), 0));
    assert_eq!(made(9 + 4 + 3 * 2 + 21, None), ("c.md".into(), 2));
}

#[test]
fn a_document_whose_title_takes_its_room_is_passed_over() {
    let strategy =
        || StrategyPlan::LongContext { budget_tokens: None, retriever: None, citations: false };
    // 12 words where a heading is guessed at 8.
    let title = "A title of more words than a heading is guessed to have";
    let made = |titles: usize| {
        let mut corpus = corpus();
        for document in corpus.documents.iter_mut().take(titles) {
            document.title = title.into();
        }
        // Bare prompt 9 words, answer 4, so 18 are left. By the guess a.md (10 words) fits alone, and beside
        // no other (7 and 5); with a number and such a title it takes 23.
        let prompt = maker(9 + 4 + 18, strategy()).make(&question(), &corpus, &[]).unwrap();
        let ids: Vec<_> = prompt.passages.iter().map(|p| p.document.clone()).collect();
        (ids.join(" "), prompt.cut_passages)
    };
    assert_eq!(made(1), ("b.md".into(), 2));
    // b.md takes 20; c.md fits with 18.
    assert_eq!(made(2), ("c.md".into(), 2));
    assert_eq!(made(3), ("c.md".into(), 2));
    // None fits: the question alone, and all are counted.
    let prompt = maker(9 + 4 + 6, strategy()).make(&question(), &corpus(), &[]).unwrap();
    assert_eq!((prompt.passages.len(), prompt.cut_passages), (0, 3));
}

#[test]
fn a_budget_holds_for_the_first_passage_too() {
    let made = |budget| {
        let strategy = StrategyPlan::Retrieval {
            retriever: "r".into(),
            passages: 3,
            budget_tokens: Some(budget),
            order: PassageOrder::BestFirst,
            citations: false,
        };
        let prompt = maker(512, strategy).make(&question(), &corpus(), &hits()).unwrap();
        (prompt.passages.len(), prompt.cut_passages)
    };
    // Of c.md 4 words, of a.md 6, of b.md 1: what is ranked below a passage that does not fit is cut too.
    assert_eq!([3, 4, 9, 10, 11].map(made), [(0, 3), (1, 2), (1, 2), (2, 1), (3, 0)]);
}

#[test]
fn a_frame_holds_wording_and_the_longest_titles() {
    let mut corpus = corpus();
    corpus.documents[1].title = "Two words".into();
    let maker = maker(512, retrieval(3, PassageOrder::BestFirst));
    // "Question: What is the torque of the lid? Answer:", and a number and two words for each passage.
    let frames = [0, 1, 3].map(|count| maker.frame_tokens(&question(), &corpus, count).unwrap());
    assert_eq!(frames, [9, 12, 18]);
    corpus.documents.clear();
    assert_eq!(maker.frame_tokens(&question(), &corpus, 1).unwrap(), 9);
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
                let texts = prompt.passages.iter().map(|one| Tokens::Words.count(&one.text));
                prop_assert!(texts.sum::<usize>() <= budget.unwrap_or(usize::MAX));
                prop_assert_eq!(prompt.passages.len() + prompt.cut_passages, passages);
            }
            Err(PromptError::NoRoom { room, needed, .. }) => prop_assert!(needed > room),
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    /// A long context is never refused for a document that does not fit.
    #[test]
    fn whole_documents_are_shown_cut_or_in_order(
        window in 8_usize..80, budget in proptest::option::of(1_usize..40),
    ) {
        let strategy = StrategyPlan::LongContext {
            budget_tokens: budget, retriever: Some("r".into()), citations: false,
        };
        match maker(window, strategy).make(&question(), &corpus(), &hits()) {
            Ok(prompt) => {
                prop_assert!(prompt.tokens + 4 <= window);
                let texts = prompt.passages.iter().map(|one| Tokens::Words.count(&one.text));
                prop_assert!(texts.sum::<usize>() <= budget.unwrap_or(usize::MAX));
                prop_assert_eq!(prompt.passages.len() + prompt.cut_passages, 3);
                let ids = prompt.passages.iter().map(|one| &one.document);
                prop_assert!(prompt.cut_passages > 0 || ids.is_sorted());
            }
            Err(PromptError::NoRoom { with, .. }) => prop_assert_eq!(with, "without any passage"),
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
