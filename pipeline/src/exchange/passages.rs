//! Passages that come with each question, each kept once.
//!
//! Enters: a passage's id and text. Leaves: the id of its document. A passage that stands with
//! several questions is one document; texts that share an id and differ are documents of their own.

use super::ExchangeError;
use super::intake::Intake;
use super::source::Place;
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use std::collections::HashMap;

/// The passages so far.
#[derive(Default)]
pub(super) struct Passages {
    /// By id and text; none for those without text.
    documents: HashMap<Fingerprint, Option<String>>,
    /// How many texts have an id.
    texts: HashMap<String, usize>,
}

impl Passages {
    /// The document of a passage with that text, title included; none for one without text. Without an id
    /// it is called by its content.
    ///
    /// # Errors
    /// When its document cannot be taken.
    pub fn document(
        &mut self,
        intake: &mut Intake,
        id: Option<&str>,
        text: String,
        at: Place<'_>,
    ) -> Result<Option<String>, ExchangeError> {
        let id = match id.filter(|id| !id.trim().is_empty()) {
            Some(id) => id.to_owned(),
            None => format!("passage-{}", Fingerprint::of(text.as_bytes()).short()),
        };
        let key = FingerprintBuilder::new().part("id", &id).part("text", &text).finish();
        if let Some(document) = self.documents.get(&key) {
            return Ok(document.clone());
        }
        let mut own = id.clone();
        loop {
            let number = self.texts.entry(id.clone()).or_default();
            *number += 1;
            if *number > 1 {
                own = format!("{id} ({number})");
            }
            // A passage may have such an id by itself.
            if !intake.has_had(&own) {
                break;
            }
        }
        let document = intake.document(&own, text, at)?;
        self.documents.insert(key, document.clone());
        Ok(document)
    }
}
