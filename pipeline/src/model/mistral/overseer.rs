//! Sits in the engine's sampler and takes its decisions.
//!
//! Enters: the logits of each position as the engine computes them. Leaves: the tokens chosen, their
//! log-probabilities, the time of the first. Does not: run the engine or judge how an answer ended.

use super::choice::Choice;
use mistralrs::{CustomLogitsProcessor, Response, Tensor};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokenizers::Tokenizer;
use tokio::sync::mpsc::Receiver;

/// The engine's answers; shared so that the overseer can close it.
pub type Responses = Arc<Mutex<Receiver<Response>>>;

/// Oversees one answer.
pub struct Overseer {
    pub prompt: Vec<u32>,
    pub choice: Choice,
    pub stop: Vec<String>,
    pub tokenizer: Arc<Tokenizer>,
    pub responses: Responses,
    pub progress: Mutex<Progress>,
}

/// What has been chosen so far.
#[derive(Debug, Default, Clone)]
pub struct Progress {
    /// Answer tokens, an end-of-sequence token included.
    pub tokens: Vec<u32>,
    /// One for each token.
    pub log_probabilities: Vec<f64>,
    /// When the first was chosen.
    pub first_token: Option<Instant>,
    /// The answer up to the first stop string, once there is one.
    pub stopped_text: Option<String>,
}

impl Overseer {
    fn choose(&self, logits: &[f32], context: &[u32]) -> Result<u32, String> {
        let mut progress = lock(&self.progress);
        let expected = self.prompt.iter().chain(&progress.tokens);
        if !context.iter().eq(expected) {
            return Err(format!(
                "it read other tokens than it was sent: {} for {}",
                context.len(),
                self.prompt.len() + progress.tokens.len()
            ));
        }
        let chosen = self
            .choice
            .next(logits, progress.tokens.len())
            .ok_or("the model's logits are not numbers")?;
        progress.first_token.get_or_insert_with(Instant::now);
        progress.tokens.push(chosen.token);
        progress.log_probabilities.push(chosen.log_probability);
        if !self.stop.is_empty() {
            let text = self
                .tokenizer
                .decode(&progress.tokens, true)
                .map_err(|error| format!("the tokenizer failed: {error}"))?;
            if let Some(end) = first_stop(&text, &self.stop) {
                progress.stopped_text = Some(text[..end].to_owned());
                // The engine cancels a sequence whose answers nobody takes: at this token, not at
                // the next, which would cost a forward pass.
                lock(&self.responses).close();
            }
        }
        Ok(chosen.token)
    }
}

impl CustomLogitsProcessor for Overseer {
    /// Returns 1 for the chosen token and 0 for all others: the engine, at temperature 0, takes the
    /// highest.
    fn apply(&self, logits: &Tensor, context: &[u32]) -> mistralrs::Result<Tensor> {
        let values = logits.to_vec1::<f32>()?;
        let token = self.choose(&values, context).map_err(std::io::Error::other)?;
        let mut choice = vec![0.0_f32; values.len()];
        if let Some(chosen) = choice.get_mut(token as usize) {
            *chosen = 1.0;
        }
        Tensor::from_vec(choice, values.len(), logits.device())
    }
}

/// Where the earliest stop string begins.
fn first_stop(text: &str, stop: &[String]) -> Option<usize> {
    stop.iter().filter(|stop| !stop.is_empty()).filter_map(|stop| text.find(stop.as_str())).min()
}

/// What these mutexes hold is whole between any two statements.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_stop_counts() {
        let stop = ["\n\n".to_owned(), String::new(), "Question".to_owned()];
        assert_eq!(first_stop("Paris. Question\n\n", &stop), Some(7));
        assert_eq!(first_stop("Paris.\n\nQuestion", &stop), Some(6));
        assert_eq!(first_stop("Paris.\n", &stop), None);
    }
}
