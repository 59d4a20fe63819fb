//! The whole program with its vectors on a Qdrant server.

use crate::fake_server::FakeServer;
use crate::project::{HEAD, LEXICAL, Project};
use qdrant_client::Qdrant;
use qdrant_client::qdrant::{CreateCollectionBuilder, Distance, VectorParamsBuilder};
use serde_json::Value;

const MODEL: &str = "\n[model.m]\nscripted = {}\n";

/// A lexical retriever, and a dense one whose vectors are on the server; a setup each.
fn project(server: &FakeServer) -> Project {
    let dense = format!(
        "\n[retriever.dense]\nchunks = {{ tokens = 40, overlap = 8 }}\n\
         dense = {{ qdrant = {{ url = \"{}\", seconds_limit = 5.0 }}, embedder = \"hashed:64\" }}\n\
         [setup.dense]\nmodel = \"m\"\nstrategy.retrieval = {{ retriever = \"dense\", passages = 3 }}\n",
        server.url
    );
    Project::with(&[HEAD, MODEL, LEXICAL, &dense].concat())
}

/// Retriever, question and chunks of every line of `hits.jsonl`.
fn hits(project: &Project) -> Vec<(String, String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    project
        .read("reports/x/hits.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| {
            let chunks = line["hits"].as_array().unwrap().iter();
            (
                text(&line["retriever"]),
                text(&line["question"]),
                chunks.map(|hit| text(&hit["chunk"])).collect(),
            )
        })
        .collect()
}

fn collection(project: &Project) -> String {
    let provenance: Value =
        serde_json::from_str(&project.read("reports/x/provenance.json")).unwrap();
    provenance["retrievers"]["dense"]["collection"].as_str().unwrap().to_owned()
}

#[test]
fn flow_two_projects_share_a_server_and_no_collection() {
    let server = FakeServer::start();
    let (one, other) = (project(&server), project(&server));
    other.replace("corpora/tiny/documents/brakes.md", "red crate", "blue crate");
    one.run(&[]).expect(0);
    let (found, upserts) = (hits(&one), server.calls("Points.upsert"));
    other.run(&[]).expect(0);
    let mut names = vec![collection(&one), collection(&other)];
    names.sort();
    assert_eq!(server.collections(), names);
    // What the other wrote is no change for the first: nothing is written again.
    let written = server.calls("Points.upsert");
    assert_eq!(written, 2 * upserts);
    std::fs::remove_dir_all(one.path("reports")).unwrap();
    one.run(&[]).expect(0);
    assert_eq!((server.calls("Points.upsert"), server.calls("Points.delete")), (written, 0));
    assert_eq!(hits(&one), found);
    // A changed document updates the collection that is there.
    one.replace("corpora/tiny/documents/brakes.md", "red crate", "green crate");
    one.run(&[]).expect(0);
    assert_eq!(server.collections(), names);
    assert_eq!(server.calls("Points.upsert"), written + 1);
}

#[test]
fn flow_a_collection_of_other_dimensions() {
    let server = FakeServer::start();
    let project = project(&server);
    project.run(&[]).expect(0);
    let name = collection(&project);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let client = Qdrant::from_url(&server.url).skip_compatibility_check().build().unwrap();
        client.delete_collection(&name).await.unwrap();
        let vectors = VectorParamsBuilder::new(8, Distance::Cosine);
        let recipe = CreateCollectionBuilder::new(&name).vectors_config(vectors);
        client.create_collection(recipe).await.unwrap();
    });
    std::fs::remove_dir_all(project.path("reports")).unwrap();
    project.run(&[]).expect(1).says(&[
        &format!(
            "collection `{name}` at {} has 8 dimensions where the embedder has 64",
            server.url
        ),
        &format!("hint: delete collection `{name}`"),
    ]);
}

#[test]
fn flow_a_server_that_goes_away_in_the_middle() {
    let server = FakeServer::start();
    let undisturbed = project(&server);
    undisturbed.run(&[]).expect(0);

    let project = project(&server);
    // Enough to make the collection and fill it, and for a few of the 24 searches.
    server.refuse_after(10);
    project.run(&[]).expect(1).says(&[
        &format!("the Qdrant server at {} does not answer: cannot search", server.url),
        "hint: start the server",
    ]);
    assert!(!project.report("trials.jsonl").exists(), "no trial without its passages");
    // The lexical retriever was finished, and is not asked again.
    assert!(hits(&project).iter().all(|(retriever, ..)| retriever == "lexical"));
    assert_eq!(hits(&project).len(), 24);
    server.refuse_next(0);
    project.run(&[]).expect(0).says(&["retrieve lexical: 0 to do", "retrieve dense: 24 to do"]);
    assert_eq!(hits(&project), hits(&undisturbed));
}
