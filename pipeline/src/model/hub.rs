//! A hub name made into a folder on this disk, so that everything after it works with folders.

use super::ModelError;
use std::path::{Path, PathBuf};

/// The folder of a hub model's files, downloaded below `cache` when they are not there yet. Asks the
/// hub that `HF_ENDPOINT` names, with the token in `HF_TOKEN`, as the engine of embedders does by
/// itself.
///
/// # Errors
/// When the hub does not answer or does not have the model.
#[cfg(feature = "engines")]
pub fn folder(name: &str, cache: &Path) -> Result<PathBuf, ModelError> {
    use crate::embed::hub;
    use hf_hub::api::sync::ApiError;
    use hf_hub::{Cache, Repo};

    /// Written last: a folder without it was not finished.
    const FINISHED: &str = ".ragscale-finished";
    let place = cache.join("hub");
    let repo = Repo::model(name.to_owned());
    if let Some(config) = Cache::new(place.clone()).repo(repo.clone()).get("config.json")
        && let Some(folder) = config.parent()
        && folder.join(FINISHED).is_file()
    {
        return Ok(folder.to_owned());
    }
    let builder = builder(&place, variable("HF_ENDPOINT"), variable("HF_TOKEN").or_else(login));
    let wanted = name.to_owned();
    let fetched = hub::load(name, &place, hub::SILENT_SECONDS, move || {
        let api = builder.build()?;
        let model = api.model(wanted);
        let mut folder = None;
        for file in model.info()?.siblings {
            let name = file.rfilename.as_str();
            let is_needed = [".safetensors", ".json", ".jinja", ".gguf"]
                .iter()
                .any(|ending| name.ends_with(ending));
            // Other frameworks' weights stand in folders of their own.
            if is_needed && !name.contains('/') {
                folder = model.get(name)?.parent().map(Path::to_owned).or(folder);
            }
        }
        Ok::<_, ApiError>(folder)
    })
    .map_err(|source| ModelError::Hub { name: name.to_owned(), source: Box::new(source) })?;
    let folder = fetched.ok_or_else(|| ModelError::HubEmpty { name: name.to_owned() })?;
    crate::file::write_whole(&folder.join(FINISHED), b"").map_err(ModelError::File)?;
    Ok(folder)
}

/// How the hub is asked. (`ApiBuilder::new` would look for a home first, and panic without one.)
#[cfg(feature = "engines")]
fn builder(
    place: &Path,
    endpoint: Option<String>,
    token: Option<String>,
) -> hf_hub::api::sync::ApiBuilder {
    let cache = hf_hub::Cache::new(place.to_owned());
    let builder =
        hf_hub::api::sync::ApiBuilder::from_cache(cache).with_progress(false).with_token(token);
    match endpoint {
        Some(endpoint) => builder.with_endpoint(endpoint),
        None => builder,
    }
}

/// A variable that is set and not empty.
#[cfg(feature = "engines")]
fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok()?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The token that the hub's own program keeps after a login. Its place cannot be told without a home.
#[cfg(feature = "engines")]
fn login() -> Option<String> {
    let has_home = ["HF_HOME", "HOME", "USERPROFILE"].iter().any(|name| variable(name).is_some());
    has_home.then(|| hf_hub::Cache::from_env().token()).flatten()
}

/// As above, in a build that has nothing to run the model with.
#[cfg(not(feature = "engines"))]
pub fn folder(name: &str, _: &Path) -> Result<PathBuf, ModelError> {
    Err(ModelError::NoEngines { name: name.to_owned() })
}

#[cfg(all(test, feature = "engines"))]
mod tests {
    use super::*;

    #[test]
    fn the_hub_and_its_token_are_those_that_were_named() {
        let place = Path::new("/nowhere/hub");
        let shown = |endpoint: Option<&str>, token: Option<&str>| {
            format!("{:?}", builder(place, endpoint.map(Into::into), token.map(Into::into)))
        };
        let plain = shown(None, None);
        assert!(
            plain.contains("https://huggingface.co") && plain.contains("token: None"),
            "{plain}"
        );
        let mirror = shown(Some("http://mirror"), Some("hf_1"));
        assert!(mirror.contains("endpoint: \"http://mirror\""), "{mirror}");
        assert!(mirror.contains("token: Some(\"hf_1\")"), "{mirror}");
    }
}
