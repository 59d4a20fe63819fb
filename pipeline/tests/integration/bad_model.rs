//! Model folders, ONNX Runtime and servers that are not as they should be.

use crate::project::{CLOSED_BOOK, HEAD, Project};
use serde_json::json;
use std::fs;

/// A safetensors model that a header describes rightly; its numbers mean nothing.
fn with_model(architecture: &str) -> Project {
    let model = "\n[model.m]\nmistralrs = { path = \"models/m\", context_tokens = 512 }\n";
    let project = Project::with(&[HEAD, model, CLOSED_BOOK].concat());
    let header = json!({
        "model.embed_tokens.weight": {"dtype": "F32", "shape": [8, 8], "data_offsets": [0, 256]},
    })
    .to_string();
    let mut weights = (header.len() as u64).to_le_bytes().to_vec();
    weights.extend(header.as_bytes());
    weights.extend([0; 256]);
    project.write("models/m/model.safetensors", weights);
    let config = json!({
        "architectures": [architecture], "max_position_embeddings": 1024, "hidden_size": 8,
        "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2,
        "vocab_size": 8, "intermediate_size": 8,
    });
    project.write("models/m/config.json", config.to_string());
    project.write("models/m/tokenizer.json", tokenizer());
    project
}

/// Words of the vocabulary, and one token for all others.
fn tokenizer() -> String {
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
        "decoder": null,
        "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "a": 1}, "unk_token": "[UNK]"},
    })
    .to_string()
}

#[track_caller]
fn refused(project: &Project, texts: &[&str]) {
    project.check().expect(2).says(texts);
    project.run(&[]).expect(2).says(texts);
    assert!(!project.path("reports").exists());
}

/// Where the folder's path stands in the experiment.
const PLACE: &str = "experiments/x.toml:6:22";

#[test]
fn flow_a_sound_model_folder_is_accepted() {
    let finished = with_model("LlamaForCausalLM").check();
    if cfg!(feature = "engines") {
        finished.expect(0);
    } else {
        let finished = finished.expect(2).says(&[
            "this build has no local engines",
            "help: build without `--no-default-features`, or name an endpoint",
            "1 error in",
        ]);
        assert_eq!(finished.stdout, "");
    }
}

#[test]
fn flow_a_model_folder_without_tokenizer() {
    let project = with_model("LlamaForCausalLM");
    fs::remove_file(project.path("models/m/tokenizer.json")).unwrap();
    refused(&project, &[PLACE, "no tokenizer.json in ", "models/m", "help: copy the model's"]);
    project.write("models/m/tokenizer.json", "{}");
    refused(
        &project,
        &[PLACE, "cannot load ", "models/m/tokenizer.json", "help: copy the file again"],
    );
}

#[test]
fn flow_a_cut_weights_file() {
    let project = with_model("LlamaForCausalLM");
    let path = project.path("models/m/model.safetensors");
    let whole = fs::read(&path).unwrap();
    // In the tensors, in the header, in the header's length, before everything.
    for kept in [whole.len() - 1, 20, 4, 0] {
        fs::write(&path, &whole[..kept]).unwrap();
        refused(
            &project,
            &[PLACE, "models/m/model.safetensors is cut off", "help: copy the file again"],
        );
    }
}

#[test]
fn flow_an_unknown_architecture() {
    let project = with_model("MambaForCausalLM");
    refused(&project, &[PLACE, "`MambaForCausalLM`", "help: ", "LlamaForCausalLM"]);
}

#[test]
fn flow_a_model_folder_that_is_empty_or_not_there() {
    let project = with_model("LlamaForCausalLM");
    fs::remove_file(project.path("models/m/model.safetensors")).unwrap();
    refused(&project, &[PLACE, "no weights in ", "help: put the model's safetensors files"]);
    fs::remove_dir_all(project.path("models/m")).unwrap();
    refused(&project, &[PLACE, "models/m", "help: check the spelling of"]);
}

#[test]
fn flow_a_window_above_the_models_own() {
    let project = with_model("LlamaForCausalLM");
    project.replace("experiments/x.toml", "context_tokens = 512", "context_tokens = 2048");
    refused(
        &project,
        &["experiments/x.toml:6:51", "has 1024 tokens", "help: write `context_tokens = 1024`"],
    );
}

#[test]
fn flow_a_tokenizer_with_another_vocabulary() {
    let project = with_model("LlamaForCausalLM");
    // Ids are 0 and 1.
    project.replace("models/m/config.json", "\"vocab_size\":8", "\"vocab_size\":1");
    refused(
        &project,
        &[
            PLACE,
            "models/m/tokenizer.json belongs to another model: its highest token id is 1",
            "help: copy `tokenizer.json`, `config.json` and the weights from the same place",
        ],
    );
}

#[test]
fn flow_weights_that_are_not_as_recorded() {
    let project = with_model("LlamaForCausalLM");
    let recorded = ragscale::fingerprint::Fingerprint::of(b"other weights");
    project.write(
        "models/m/SHA256SUMS",
        format!("{recorded}  model.safetensors\n{recorded}  adapter.safetensors\n"),
    );
    let weights = fs::read(project.path("models/m/model.safetensors")).unwrap();
    let found = ragscale::fingerprint::Fingerprint::of(&weights);
    let other = format!("has the SHA-256 {}, recorded is {}", found.short(), recorded.short());
    refused(
        &project,
        &[
            PLACE,
            "models/m/SHA256SUMS:1: ",
            "models/m/model.safetensors ",
            &other,
            "models/m/SHA256SUMS:2: ",
            "models/m/adapter.safetensors is missing",
            "help: copy the file again from where the model came from",
        ],
    );
    project.write("models/m/SHA256SUMS", format!("{found}  model.safetensors\n"));
    let finished = project.check();
    assert!(!finished.stderr.contains("SHA256SUMS"), "{}", finished.stderr);
}

#[test]
fn flow_a_note_of_the_weights() {
    let project = with_model("LlamaForCausalLM");
    project.write("models/m/NOTE", "one\ntwo\n");
    refused(&project, &[PLACE, "models/m/NOTE:2: a note is one line", "help: keep the one line"]);
    project.write("models/m/NOTE", "A laboratory model.\n");
    let finished = project.check();
    if cfg!(feature = "engines") {
        finished.expect(0).says(&["note of the weights: A laboratory model."]);
    } else {
        assert!(!finished.expect(2).stderr.contains("NOTE"));
    }
}

#[test]
fn flow_a_config_without_architectures() {
    let project = with_model("LlamaForCausalLM");
    let config = project.read("models/m/config.json");
    let without =
        config.replace("\"architectures\":[\"LlamaForCausalLM\"]", "\"model_type\":\"llama\"");
    assert_ne!(without, config);
    project.write("models/m/config.json", without);
    refused(&project, &[PLACE, "models/m/config.json has no list `architectures`", "help: copy"]);
}

/// A llama in GGUF whose one tensor of 256 numbers is of a type; the window is 131,072.
fn gguf(kind: u32, bytes: usize, scaled: bool) -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let mut metadata = vec![
        [text("general.architecture"), 8_u32.to_le_bytes().to_vec(), text("llama")].concat(),
        [
            text("llama.context_length"),
            4_u32.to_le_bytes().to_vec(),
            131_072_u32.to_le_bytes().to_vec(),
        ]
        .concat(),
    ];
    if scaled {
        metadata.push(
            [text("llama.rope.scaling.type"), 8_u32.to_le_bytes().to_vec(), text("yarn")].concat(),
        );
    }
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    file.extend(1_u64.to_le_bytes());
    file.extend((metadata.len() as u64).to_le_bytes());
    file.extend(metadata.concat());
    file.extend(text("token_embd.weight"));
    file.extend(1_u32.to_le_bytes());
    file.extend(256_u64.to_le_bytes());
    file.extend(kind.to_le_bytes());
    file.extend(0_u64.to_le_bytes());
    file.resize(file.len().next_multiple_of(32) + bytes, 0);
    file
}

#[test]
fn flow_gguf_files_that_the_engine_would_refuse_or_compute_wrongly() {
    let project = with_model("LlamaForCausalLM");
    fs::remove_file(project.path("models/m/model.safetensors")).unwrap();
    project.write("models/m/m.gguf", gguf(16, 66, false));
    refused(&project, &[PLACE, "`token_embd.weight` is of type IQ2_XXS", "help: get the model"]);
    project.write("models/m/m.gguf", gguf(0, 1024, true));
    project.replace(
        "experiments/x.toml",
        "context_tokens = 512",
        "context_tokens = 8704, isq = \"Q4K\"",
    );
    refused(
        &project,
        &[
            "experiments/x.toml:6:51",
            "m.gguf rightly up to 8192 tokens",
            "help: write `context_tokens = 8192`",
            "a GGUF file is not quantized again",
            "help: remove `isq`",
        ],
    );
}

/// Where the build has CUDA, the machine may have it too.
#[test]
#[cfg(feature = "engines")]
fn flow_cuda_in_a_build_for_the_cpu() {
    if ragscale::model::mistral::has_cuda() {
        println!("skipped: this build has CUDA");
        return;
    }
    let project = with_model("LlamaForCausalLM");
    project.replace(
        "experiments/x.toml",
        "context_tokens = 512",
        "context_tokens = 512, device = \"cuda\"",
    );
    refused(&project, &["this build computes on the CPU only", "help: remove `device`"]);
}

#[test]
fn flow_a_folder_without_a_chat_template() {
    let project = with_model("LlamaForCausalLM");
    let finished = project.check();
    if cfg!(feature = "engines") {
        finished.expect(0).says(&["warning: model `m`: its folder has no chat template"]);
    }
    project.write("models/m/chat_template.jinja", "{{ messages }}");
    assert!(!project.check().stderr.contains("has no chat template"));
}

#[test]
#[cfg(not(feature = "engines"))]
fn flow_an_embedded_index_in_a_build_without_it() {
    let project = Project::with(&[HEAD, &dense("qdrant = {}", "hashed:64")].concat());
    refused(&project, &["this build has no embedded vector index", "help: build with"]);
}

fn dense(index: &str, embedder: &str) -> String {
    format!(
        "\n[model.m]\nscripted = {{}}\n[retriever.dense]\nchunks = {{ tokens = 40, overlap = 8 }}\ndense = {{ {index}, embedder = \"{embedder}\" }}\n\
         [setup.dense]\nmodel = \"m\"\nstrategy.retrieval = {{ retriever = \"dense\", passages = 3 }}\n"
    )
}

#[test]
fn flow_no_onnx_runtime() {
    let project = Project::with(&[HEAD, &dense("memory = {}", "models/e")].concat());
    refused(&project, &["experiments/x.toml:9:35", "`models/e`", "help: check the spelling"]);
    for name in ["config.json", "special_tokens_map.json", "tokenizer_config.json"] {
        project.write(&format!("models/e/{name}"), "{}");
    }
    project.write("models/e/tokenizer.json", tokenizer());
    project.write("models/e/model.onnx", "not looked at");
    let hint = "help: run `models/get.sh onnxruntime`, or set ORT_DYLIB_PATH";
    refused(&project, &["experiments/x.toml:9:35", "ONNX Runtime is missing; looked for", hint]);
    let mut command = project.command(&["check", "experiments/x.toml"]);
    let output = command.env("ORT_DYLIB_PATH", "/nowhere/libonnxruntime.so").output().unwrap();
    crate::project::Finished::of(output)
        .expect(2)
        .says(&["looked for /nowhere/libonnxruntime.so", hint]);
}

#[test]
fn flow_a_qdrant_server_that_is_down() {
    // Bound and dropped: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let index = format!(
        "qdrant = {{ url = \"http://127.0.0.1:{port}\", seconds_limit = 1.0, api_key_env = \"TEST_QDRANT_KEY\" }}"
    );
    let project = Project::with(&[HEAD, &dense(&index, "hashed:64")].concat());
    project.check().expect(2).says(&[
        "the environment variable `TEST_QDRANT_KEY` is not set",
        "help: run `export TEST_QDRANT_KEY=...` first",
    ]);
    let mut command = project.command(&["run", "experiments/x.toml"]);
    let output = command.env("TEST_QDRANT_KEY", "qd-secret-4711").output().unwrap();
    let finished = crate::project::Finished::of(output).expect(1).says(&[
        &format!("the Qdrant server at http://127.0.0.1:{port} does not answer"),
        "hint: start the server",
    ]);
    assert!(!finished.stderr.contains("qd-secret-4711"));
    assert!(!project.report("trials.jsonl").exists(), "no trial without its passages");
}
