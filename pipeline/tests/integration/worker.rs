//! The pool against workers that die, hang, grow, babble or refuse: shell scripts that speak the
//! protocol.

use ragscale::config::{DataType, Device, Sampling, Weights};
use ragscale::model::worker::{Load, PROTOCOL, WorkerError, WorkerPool, WorkerSpec};
use ragscale::model::{Generation, LanguageModel, ModelError, Request};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A script's folder, which is also its working state.
struct Fake {
    folder: tempfile::TempDir,
}

impl Fake {
    /// A worker that runs `load` (which should define the readiness) and then `answer` for every
    /// prompt, in which `$id`, `$ask` and `$dir` are set and `reply TEXT` answers.
    fn new(load: &str, answer: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(
            r#"dir={dir}
echo $$ >> "$dir/pids"
ready() {{ echo '{{"ready":{{"protocol":{PROTOCOL},"load_seconds":0.5}}}}'; }}
reply() {{
  printf '{{"answer":{{"id":%s,"generation":{{"text":"%s","finish":"stop","prompt_tokens":{{"count":1,"by":"engine"}},"answer_tokens":{{"count":1,"by":"engine"}},"clock":{{"first_token_seconds":null,"seconds":null}}}}}}}}\n' "$id" "$1"
}}
once() {{ if [ -e "$dir/$1" ]; then return 1; else : > "$dir/$1"; fi; }}
read -r load
{load}
while read -r ask; do
  id=$(printf '%s' "$ask" | sed 's/.*"id":\([0-9]*\).*/\1/')
  text=$(printf '%s' "$ask" | sed 's/.*"text":"\([^"]*\)".*/\1/')
  {answer}
done
"#,
            dir = folder.path().display()
        );
        std::fs::write(folder.path().join("worker.sh"), script).unwrap();
        Self { folder }
    }

    fn spec(&self) -> WorkerSpec {
        WorkerSpec {
            model: "fake".into(),
            load: Load {
                protocol: PROTOCOL,
                weights: Weights::Path("/nowhere".into()),
                file: None,
                isq: None,
                data_type: DataType::F32,
                device: Device::Cpu,
                context_tokens: 512,
            },
            threads: 3,
            seconds_limit: 20.0,
            load_seconds_limit: Some(20.0),
            memory_limit_bytes: None,
            cache_folder: None,
        }
    }

    async fn pool(&self, spec: WorkerSpec, replicas: usize) -> Result<WorkerPool, ModelError> {
        let script = self.folder.path().join("worker.sh");
        WorkerPool::start(spec, replicas, PathBuf::from("/bin/sh"), vec![script.into()]).await
    }

    /// Processes started so far, in order.
    fn processes(&self) -> Vec<u32> {
        let text = std::fs::read_to_string(self.folder.path().join("pids")).unwrap_or_default();
        text.lines().map(|line| line.parse().unwrap()).collect()
    }

    fn alive(&self) -> usize {
        self.processes().iter().filter(|process| is_alive(**process)).count()
    }
}

fn is_alive(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

fn request(text: &str) -> Request {
    Request {
        question: format!("q-{text}"),
        repeat: 0,
        messages: Vec::new(),
        text: text.into(),
        sampling: Sampling::default(),
    }
}

async fn ask(pool: &WorkerPool, text: &str) -> Result<Generation, WorkerError> {
    match pool.generate(&request(text)).await {
        Ok(generation) => Ok(generation),
        Err(ModelError::Worker(error)) => Err(error),
        #[allow(unreachable_patterns)]
        Err(other) => panic!("not a worker's error: {other}"),
    }
}

fn reasons(error: WorkerError) -> Vec<String> {
    assert_eq!(error.tries(), 2, "{error}");
    match error {
        WorkerError::Tries { reasons, question, .. } => {
            assert_eq!(question, "q-x");
            reasons
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn answers_carry_the_peak_memory_of_their_process() {
    let fake = Fake::new("ready", r#"reply "$text""#);
    let pool = fake.pool(fake.spec(), 1).await.unwrap();
    let generation = ask(&pool, "hello").await.unwrap();
    assert_eq!(generation.text, "hello");
    if cfg!(target_os = "linux") {
        let peak = generation.clock.peak_memory_bytes.unwrap();
        assert!((100_000..100_000_000).contains(&peak), "{peak} bytes for a shell");
    }
}

#[tokio::test]
async fn workers_load_and_answer_at_the_same_time() {
    let fake = Fake::new("sleep 1; ready", r#"sleep 1; reply "$text""#);
    let started = Instant::now();
    let pool = fake.pool(fake.spec(), 4).await.unwrap();
    assert_eq!(pool.concurrency(), 4);
    let requests = ["a", "b", "c", "d"].map(request);
    let answers =
        futures_util::future::join_all(requests.iter().map(|one| pool.generate(one))).await;
    let texts: Vec<String> = answers.into_iter().map(|answer| answer.unwrap().text).collect();
    assert_eq!(texts, ["a", "b", "c", "d"]);
    // One after the other it would take 8 seconds.
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_worker_that_dies_is_replaced_and_the_request_still_answered() {
    let fake = Fake::new("ready", r#"once died && kill -9 $$; reply "$text""#);
    let pool = fake.pool(fake.spec(), 1).await.unwrap();
    assert_eq!(ask(&pool, "x").await.unwrap().text, "x");
    assert_eq!(fake.processes().len(), 2);
}

#[tokio::test]
async fn two_deaths_fail_with_both_reasons_and_the_last_lines() {
    let fake = Fake::new("ready", r#"echo "no key $id" >&2; once died && kill -9 $$; exit 101"#);
    let pool = fake.pool(fake.spec(), 1).await.unwrap();
    let reasons = reasons(ask(&pool, "x").await.unwrap_err());
    assert!(reasons[0].contains("signal 9") && reasons[0].contains("no key 0"), "{reasons:?}");
    assert!(reasons[1].contains("101") && reasons[1].contains("no key 0"), "{reasons:?}");
}

#[tokio::test]
async fn the_last_lines_are_bounded() {
    let fake =
        Fake::new("ready", "head -c 100000 /dev/zero | tr '\\0' x >&2; echo end >&2; exit 1");
    let pool = fake.pool(fake.spec(), 1).await.unwrap();
    let reasons = reasons(ask(&pool, "x").await.unwrap_err());
    assert!(reasons[0].ends_with("end"), "{}", reasons[0]);
    assert!((4000..4400).contains(&reasons[0].len()), "{} bytes", reasons[0].len());
}

#[tokio::test]
async fn a_worker_that_hangs_is_ended_and_replaced() {
    let fake = Fake::new("ready", r#"[ "$text" = x ] && exec sleep 100; reply "$text""#);
    let pool = fake.pool(WorkerSpec { seconds_limit: 0.4, ..fake.spec() }, 1).await.unwrap();
    let reasons = reasons(ask(&pool, "x").await.unwrap_err());
    assert!(reasons.iter().all(|reason| reason.contains("hung")), "{reasons:?}");
    assert_eq!(fake.alive(), 0, "both are ended");
    assert_eq!(ask(&pool, "y").await.unwrap().text, "y");
}

#[tokio::test]
async fn a_worker_that_does_not_take_its_prompt_hangs_too() {
    // More than a pipe holds, to a worker that never reads it.
    let fake = Fake::new("ready; exec sleep 100", "");
    let pool = fake.pool(WorkerSpec { seconds_limit: 0.4, ..fake.spec() }, 1).await.unwrap();
    let long = request(&"long ".repeat(200_000));
    let error = pool.generate(&long).await.unwrap_err();
    assert_eq!(error.tries(), 2);
    assert!(error.to_string().contains("hung"), "{error}");
}

/// About 200 MB in a shell variable.
const GROW: &str = "big=$(head -c 200000000 /dev/zero | tr '\\0' x)";

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_worker_that_grows_over_its_limit_is_ended_while_it_works() {
    let fake = Fake::new("ready", &format!(r#"once grown && {GROW} && sleep 100; reply "$text""#));
    let spec = WorkerSpec { memory_limit_bytes: Some(60 << 20), ..fake.spec() };
    let pool = fake.pool(spec, 1).await.unwrap();
    assert_eq!(ask(&pool, "x").await.unwrap().text, "x", "by the second worker");
    assert_eq!(fake.processes().len(), 2);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_worker_that_always_grows_fails_with_the_sizes() {
    let fake = Fake::new("ready", &format!("{GROW}; sleep 100"));
    let spec = WorkerSpec { memory_limit_bytes: Some(60 << 20), ..fake.spec() };
    let pool = fake.pool(spec, 1).await.unwrap();
    let reasons = reasons(ask(&pool, "x").await.unwrap_err());
    assert!(
        reasons[0].contains("memory limit") && reasons[0].contains("0.059 allowed"),
        "{reasons:?}"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_worker_that_grew_after_its_answer_does_not_get_the_next_prompt() {
    let fake = Fake::new("ready", &format!("reply $$; {GROW}"));
    let spec = WorkerSpec { memory_limit_bytes: Some(60 << 20), ..fake.spec() };
    let pool = fake.pool(spec, 1).await.unwrap();
    let first = ask(&pool, "x").await.unwrap().text;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let second = ask(&pool, "x").await.unwrap().text;
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_refusal_while_loading_is_the_models_error() {
    let fake = Fake::new(
        r#"echo '{"failed":{"id":null,"refusal":{"message":"no folder","hint":"check it","retry":false}}}'"#,
        "",
    );
    let error = fake.pool(fake.spec(), 2).await.unwrap_err();
    assert_eq!(error.to_string(), "model `fake` cannot be loaded: no folder");
    assert_eq!(error.hint().as_deref(), Some("check it"));
    assert_eq!(fake.alive(), 0);
}

#[tokio::test]
async fn a_death_while_loading_shows_the_last_lines() {
    let fake = Fake::new("echo 'panicked: no such key' >&2; exit 101", "");
    let error = fake.pool(fake.spec(), 1).await.unwrap_err().to_string();
    assert!(error.contains("panicked: no such key") && error.contains("101"), "{error}");
}

#[tokio::test]
async fn a_load_that_hangs_ends() {
    let fake = Fake::new("exec sleep 100", "");
    let spec = WorkerSpec { load_seconds_limit: Some(0.3), ..fake.spec() };
    let error = fake.pool(spec, 1).await.unwrap_err().to_string();
    assert!(error.contains("hung"), "{error}");
    assert_eq!(fake.alive(), 0);
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let fake = Fake::new("", "");
    let error = WorkerPool::start(fake.spec(), 1, "/no/such/program".into(), Vec::new()).await;
    let error = error.unwrap_err();
    assert!(error.to_string().contains("/no/such/program"), "{error}");
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn a_request_that_is_wrong_is_not_tried_again() {
    let fake = Fake::new(
        "ready",
        r#"echo "{\"failed\":{\"id\":$id,\"refusal\":{\"message\":\"too long\",\"hint\":null,\"retry\":false}}}""#,
    );
    let pool = fake.pool(fake.spec(), 1).await.unwrap();
    let error = ask(&pool, "x").await.unwrap_err();
    assert!(matches!(&error, WorkerError::Refused { message, .. } if message == "too long"));
    assert_eq!((error.tries(), fake.processes().len()), (1, 1));
}

#[tokio::test]
async fn an_engine_that_fails_is_tried_again_on_a_fresh_worker() {
    let fake = Fake::new(
        "ready",
        r#"if once failed; then echo "{\"failed\":{\"id\":$id,\"refusal\":{\"message\":\"bad\",\"hint\":null,\"retry\":true}}}"; else reply fine; fi"#,
    );
    let pool = fake.pool(fake.spec(), 1).await.unwrap();
    assert_eq!(ask(&pool, "x").await.unwrap().text, "fine");
    assert_eq!(fake.processes().len(), 2);
}

#[tokio::test]
async fn what_is_not_the_protocol_costs_a_worker() {
    let fake = Fake::new("ready", r#"once spoke && echo "Loading 12%"; reply "$text""#);
    let pool = fake.pool(fake.spec(), 1).await.unwrap();
    assert_eq!(ask(&pool, "x").await.unwrap().text, "x");
    assert_eq!(fake.processes().len(), 2);
}

#[tokio::test]
async fn three_failed_loads_in_a_row_end_the_attempts() {
    let fake = Fake::new("once loaded || { echo disk gone >&2; exit 1; }; ready", "exit 1");
    let pool = fake.pool(fake.spec(), 1).await.unwrap();
    // A death and a failed load, then two failed loads, then no more.
    assert!(reasons(ask(&pool, "x").await.unwrap_err())[1].contains("disk gone"));
    reasons(ask(&pool, "x").await.unwrap_err());
    for _ in 0..3 {
        let error = ask(&pool, "x").await.unwrap_err();
        assert!(matches!(error, WorkerError::GivenUp { loads: 3, .. }), "{error}");
        assert!(error.to_string().contains("disk gone"), "{error}");
        assert_eq!(error.tries(), 0);
    }
    assert_eq!(fake.processes().len(), 4);
}

#[tokio::test]
async fn a_request_that_is_given_up_in_the_middle_keeps_its_tries() {
    let fake = Fake::new("once loaded || { echo disk gone >&2; exit 1; }; ready", "sleep 60");
    let pool = fake.pool(fake.spec(), 1).await.unwrap();
    // A dropped request costs the worker and is no failed load.
    let slow = request("slow");
    assert!(tokio::time::timeout(Duration::from_millis(200), pool.generate(&slow)).await.is_err());
    reasons(ask(&pool, "x").await.unwrap_err());
    // The third failed load is this request's first try.
    let error = ask(&pool, "x").await.unwrap_err();
    assert_eq!(error.tries(), 1, "{error}");
    match error {
        WorkerError::GivenUp { reasons, .. } => assert!(reasons[0].contains("disk gone")),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_dropped_request_does_not_leave_its_answer_to_the_next() {
    let fake = Fake::new("ready", r#"[ "$text" = slow ] && sleep 1; reply "$text""#);
    let pool = fake.pool(fake.spec(), 1).await.unwrap();
    let slow = request("slow");
    let waited = tokio::time::timeout(Duration::from_millis(200), pool.generate(&slow)).await;
    assert!(waited.is_err());
    assert_eq!(ask(&pool, "next").await.unwrap().text, "next");
    assert_eq!(fake.processes().len(), 2);
}

#[tokio::test]
async fn dropping_the_pool_ends_and_reaps_its_workers() {
    let fake = Fake::new("ready", r#"reply "$text""#);
    let pool = fake.pool(fake.spec(), 3).await.unwrap();
    assert_eq!(fake.alive(), 3);
    drop(pool);
    assert_eq!(fake.alive(), 0, "not even as zombies");
}

#[tokio::test]
async fn workers_get_thread_counts_and_a_home_and_no_other_secrets() {
    let fake = Fake::new("ready", r#"reply "$(env | cut -d= -f1 | sort | tr '\n' ' ')""#);
    let home = tempfile::tempdir().unwrap();
    let spec = WorkerSpec { cache_folder: Some(home.path().to_owned()), ..fake.spec() };
    let pool = fake.pool(spec, 1).await.unwrap();
    let names = ask(&pool, "x").await.unwrap().text;
    for name in ["PATH", "HOME", "HF_HOME", "RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS"] {
        assert!(names.split(' ').any(|given| given == name), "{name} in {names}");
    }
    // What else may be there: places, and what a shell sets by itself.
    let allowed = "PATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH CUDA_VISIBLE_DEVICES TMPDIR SYSTEMROOT \
                   HOME HF_HOME RAYON_NUM_THREADS TOKIO_WORKER_THREADS PWD OLDPWD SHLVL _";
    for name in names.split_whitespace() {
        assert!(allowed.split_whitespace().any(|allowed| allowed == name), "{name} was passed on");
    }
}
