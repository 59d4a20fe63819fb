//! Facts about this build for the provenance of every report: engine versions from `Cargo.lock`,
//! profile, target.

use std::path::Path;

const ENGINES: [&str; 6] =
    ["mistralrs", "fastembed", "ort", "qdrant-edge", "qdrant-client", "tantivy"];

fn main() {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let lock = Path::new(&folder).join("../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    println!("cargo::rerun-if-env-changed=RUSTFLAGS");
    let text = std::fs::read_to_string(&lock).unwrap_or_default();
    let versions: Vec<String> = ENGINES
        .iter()
        .filter_map(|name| {
            let (_, after) = text.split_once(&format!("name = \"{name}\"\nversion = \""))?;
            let (version, _) = after.split_once('"')?;
            Some(format!("{name}={version}"))
        })
        .collect();
    println!("cargo::rustc-env=RAGSCALE_ENGINES={}", versions.join(","));
    let profile = std::env::var("PROFILE").unwrap_or_default();
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    println!(
        "cargo::rustc-env=RAGSCALE_PROFILE={profile} (own code at opt-level {level}, engines at 3)"
    );
    let target = std::env::var("TARGET").unwrap_or_default();
    let features = std::env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let shown: Vec<&str> = features
        .split(',')
        .filter(|feature| ["avx2", "fma", "avx512f", "neon"].contains(feature))
        .collect();
    println!("cargo::rustc-env=RAGSCALE_TARGET={target} ({})", shown.join(", "));
}
