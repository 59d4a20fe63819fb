//! A hub name made into a folder on this disk, so that everything after it works with folders.

use super::ModelError;
use std::path::{Path, PathBuf};

/// The folder of a hub model's files, downloaded below `cache` when they are not there yet.
///
/// # Errors
/// When the hub does not answer or does not have the model.
#[cfg(feature = "engines")]
pub fn folder(name: &str, cache: &Path) -> Result<PathBuf, ModelError> {
    use crate::embed::hub;
    use hf_hub::api::sync::{ApiBuilder, ApiError};
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
    let (watched, wanted) = (place.clone(), name.to_owned());
    let fetched = hub::load(name, &watched, hub::SILENT_SECONDS, move || {
        let api = ApiBuilder::new().with_cache_dir(place).with_progress(false).build()?;
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

/// As above, in a build that has nothing to run the model with.
#[cfg(not(feature = "engines"))]
pub fn folder(name: &str, _: &Path) -> Result<PathBuf, ModelError> {
    Err(ModelError::NoEngines { name: name.to_owned() })
}
