//! The tokenizer of all models of the lab: byte-level BPE, each digit alone.
//!
//! Enters: texts. Leaves: a tokenizer, the same for the same texts. Does not: add a start token.
//!
//! Digits stand alone, so that a number that was never seen is copied digit by digit.

use crate::example::END;
use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::{
    AddedToken, DecoderWrapper, NormalizerWrapper, PostProcessorWrapper, PreTokenizerWrapper,
    Tokenizer, TokenizerBuilder, TokenizerImpl,
};

/// Entries, the 256 bytes and the special tokens among them.
pub const VOCABULARY: usize = 2048;
/// Number 0: starts nothing, pads.
pub const START: &str = "<s>";

/// Learns the merges from `texts`.
///
/// # Errors
/// When the library fails.
pub fn learn(texts: impl Iterator<Item = String> + Send) -> Result<Tokenizer, tokenizers::Error> {
    let special = [START, END].map(|token| AddedToken::from(token, true));
    let mut trainer = BpeTrainer::builder()
        .vocab_size(VOCABULARY)
        .show_progress(false)
        .special_tokens(special.to_vec())
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
        .build();
    let bytes = || ByteLevel::new(false, true, true);
    let steps: Vec<PreTokenizerWrapper> = vec![Digits::new(true).into(), bytes().into()];
    let mut tokenizer: TokenizerImpl<
        BPE,
        NormalizerWrapper,
        PreTokenizerWrapper,
        PostProcessorWrapper,
        DecoderWrapper,
    > = TokenizerBuilder::default()
        .with_model(BPE::default())
        .with_normalizer(None)
        .with_pre_tokenizer(Some(Sequence::new(steps).into()))
        .with_post_processor(None)
        .with_decoder(Some(bytes().into()))
        .build()?;
    tokenizer.train(&mut trainer, texts)?;
    // By way of its file, so that what is used is what is kept.
    tokenizer.to_string(false)?.parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> impl Iterator<Item = String> + Send {
        (0..2_000)
            .map(|number| format!("Question: Who makes Vel{} 17?\nAnswer: Or{END}", number % 40))
    }

    #[test]
    fn text_comes_back_and_digits_stand_alone() {
        let tokenizer = learn(texts()).unwrap();
        let text = "[1] Velora weighs 340 kg.\n\nné ü — 日本\nQuestion: Who?\nAnswer: X417</s>";
        let read = tokenizer.encode(text, false).unwrap();
        assert_eq!(tokenizer.decode(read.get_ids(), false).unwrap(), text);
        assert!(read.get_tokens().windows(3).any(|three| three == ["3", "4", "0"]));
        assert_eq!(tokenizer.token_to_id(START), Some(0));
        assert_eq!(tokenizer.token_to_id(END), Some(1));
        assert_eq!(read.get_ids().last(), Some(&1));
    }

    #[test]
    fn the_same_texts_give_the_same_file() {
        let file = || learn(texts()).unwrap().to_string(false).unwrap();
        assert_eq!(file(), file());
    }
}
