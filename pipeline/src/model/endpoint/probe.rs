//! Is the server there, does it take the key, does it know the model? Asked by `check`, which sends
//! no prompt.

use super::excerpt::{ParserSays, start_of};
use super::{Endpoint, EndpointFault, answer, failure, fault};
use crate::model::ModelError;
use reqwest::header::AUTHORIZATION;
use serde::Deserialize;
use std::time::Duration;

/// A check should not stand still: a server that runs lists its models sooner than this.
const LONGEST_PROBE: Duration = Duration::from_secs(10);

/// What a server says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Names of its models, sorted; none where it keeps no list (404 or 405) or is too busy (429).
    pub models: Option<Vec<String>>,
}

impl Probe {
    /// Whether the list names the model; none where there is no list.
    pub fn offers(&self, model: &str) -> Option<bool> {
        self.models.as_ref().map(|models| models.iter().any(|name| name == model))
    }
}

#[derive(Deserialize)]
struct Listing {
    data: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
}

impl Endpoint {
    /// Asks `{base_url}/models`, once, with a short time limit.
    ///
    /// # Errors
    /// [`ModelError::Endpoint`] when the server is not reached, does not take the key, fails, or
    /// answers with something else than a list of models.
    pub async fn probe(&self) -> Result<Probe, ModelError> {
        self.listing().await.map_err(|fault| failure(&self.plan, 1, fault))
    }

    async fn listing(&self) -> Result<Probe, EndpointFault> {
        let limit = super::seconds(self.plan.seconds_limit).min(LONGEST_PROBE);
        let mut get = self.client.get(self.address.models.clone()).timeout(limit);
        if let Some(key) = &self.key {
            get = get.header(AUTHORIZATION, key.header());
        }
        let limit = limit.as_secs_f64();
        let response = get.send().await.map_err(|error| fault::transport(error, limit))?;
        match response.status().as_u16() {
            200..=299 => {}
            404 | 405 | 429 => return Ok(Probe { models: None }),
            _ => return Err(self.refusal(response).await?.0),
        }
        let body = answer::whole_body(response, limit).await?;
        let listing: Listing =
            serde_json::from_slice(&body).map_err(|error| EndpointFault::NotJson {
                start: start_of(&body, self.secret()),
                source: ParserSays::of(&error, self.secret()),
            })?;
        let mut models: Vec<String> = listing.data.into_iter().map(|listed| listed.id).collect();
        models.sort();
        Ok(Probe { models: Some(models) })
    }
}
