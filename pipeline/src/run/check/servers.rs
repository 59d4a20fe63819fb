//! Whether the servers of an experiment's models are there, take the key and know the model.
//!
//! Enters: an experiment. Leaves: what is odd, as warnings: a server may be started later. Does not:
//! send a prompt.

use crate::config::ModelSource;
use crate::model::endpoint::Endpoint;
use crate::run::generation::chain;
use crate::run::loaded::Loaded;
use crate::tokens::Tokens;
use futures_util::future::join_all;

/// Names of a server's models that a warning shows.
const SHOWN: usize = 5;

/// Asks the server of every model that a setup uses, all at once.
pub async fn servers(loaded: &Loaded) -> Vec<String> {
    let experiment = &loaded.experiment;
    let asked = experiment.models.iter().filter_map(|plan| {
        let used = experiment.setups.iter().any(|setup| setup.model == plan.name);
        match &plan.source {
            ModelSource::Openai(model) if used => Some((plan.name.as_str(), model)),
            _ => None,
        }
    });
    let found = join_all(asked.map(|(name, model)| async move {
        let key = loaded.environment.key(model.api_key_env.as_deref());
        let probe = match Endpoint::new(model, key, Tokens::Estimate) {
            Ok(endpoint) => endpoint.probe().await,
            Err(error) => Err(error),
        };
        match probe {
            Err(error) => {
                let hint = error.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
                Some(format!("model `{name}`: {}{hint}", chain(&error)))
            }
            Ok(probe) if probe.offers(&model.model) == Some(false) => {
                let models = probe.models.unwrap_or_default();
                let mut listed =
                    models.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("`, `");
                if models.len() > SHOWN {
                    listed.push_str("`, `…");
                }
                Some(format!(
                    "model `{name}`: the server does not list `{}`, but `{listed}`",
                    model.model
                ))
            }
            Ok(_) => None,
        }
    }))
    .await;
    found.into_iter().flatten().collect()
}
