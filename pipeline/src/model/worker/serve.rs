//! The worker's side: loads one model and answers lines until its input ends.
//!
//! Enters: lines of the protocol. Leaves: lines of the protocol and nothing else on the standard
//! output, whatever the libraries print. Does not: retry, limit or measure itself; the pool does.

use super::protocol::{
    FromWorker, Load, PROTOCOL, Ready, Refusal, ToWorker, read_line, write_line,
};
use crate::config::Sampling;
use crate::model::Generation;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Instant;

/// A loaded model that answers one prompt at a time.
pub trait Answerer {
    /// Answers one rendered prompt.
    ///
    /// # Errors
    /// What is wrong with the prompt or the engine.
    fn answer(&mut self, text: &str, sampling: &Sampling) -> Result<Generation, Refusal>;
}

/// Reads the load line, loads the model by `load`, and answers every ask line.
///
/// Input is read on a thread of its own: when it ends, `at_end` is called at once, also while an
/// answer is being written. A worker process exits there, so that it never outlives its runner.
///
/// # Errors
/// When the output is closed.
pub fn serve<A: Answerer>(
    input: impl Read + Send + 'static,
    output: &mut impl Write,
    load: impl FnOnce(&Load) -> Result<A, Refusal>,
    at_end: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let lines = lines_of(input, at_end);
    let Ok(first) = lines.recv() else { return Ok(()) };
    let mut model = match load_by(&first, load) {
        Ok((model, ready)) => {
            write_line(output, &FromWorker::Ready(ready))?;
            model
        }
        Err(refusal) => return write_line(output, &FromWorker::Failed { id: None, refusal }),
    };
    for line in lines {
        let message = match read_line(&line) {
            Ok(ToWorker::Ask(ask)) => match model.answer(&ask.text, &ask.sampling) {
                Ok(generation) => FromWorker::Answer { id: ask.id, generation },
                Err(refusal) => FromWorker::Failed { id: Some(ask.id), refusal },
            },
            Ok(ToWorker::Load(_)) => {
                FromWorker::Failed { id: None, refusal: misuse("a model is already loaded".into()) }
            }
            Err(message) => FromWorker::Failed { id: None, refusal: misuse(message) },
        };
        write_line(output, &message)?;
    }
    Ok(())
}

fn load_by<A: Answerer>(
    line: &str,
    load: impl FnOnce(&Load) -> Result<A, Refusal>,
) -> Result<(A, Ready), Refusal> {
    let started = Instant::now();
    let settings = match read_line(line).map_err(misuse)? {
        ToWorker::Load(settings) if settings.protocol == PROTOCOL => settings,
        ToWorker::Load(settings) => {
            return Err(misuse(format!(
                "the runner speaks protocol {}, the worker {PROTOCOL}",
                settings.protocol
            )));
        }
        ToWorker::Ask(_) => return Err(misuse("the first line must load a model".into())),
    };
    let model = load(&settings)?;
    let load_seconds = started.elapsed().as_secs_f64();
    Ok((model, Ready { protocol: PROTOCOL, load_seconds }))
}

fn misuse(message: String) -> Refusal {
    let hint = "`ragscale worker` is started by `ragscale run`, both from the same build".into();
    Refusal { message, hint: Some(hint), retry: false }
}

fn lines_of(
    input: impl Read + Send + 'static,
    at_end: impl FnOnce() + Send + 'static,
) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(input).lines() {
            let Ok(line) = line else { break };
            if sender.send(line).is_err() {
                return;
            }
        }
        at_end();
    });
    receiver
}

/// `ragscale worker`: [`serve`] on this process's standard streams, with the engine of this build.
pub fn run() -> ExitCode {
    die_of_panics();
    let served = protocol_output()
        .and_then(|mut output| serve(io::stdin(), &mut output, load, || std::process::exit(0)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ragscale worker: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A panic on any thread ends the process after its message is written: a worker that has lost an
/// engine thread would otherwise wait for it without end.
fn die_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("{panic}");
        // What a Rust program that panics ends with.
        std::process::exit(101);
    }));
}

/// The stream that the runner reads. What anything else in this process prints to the standard
/// output goes to the standard error from here on, where it cannot fall between protocol lines.
#[cfg(all(unix, feature = "engines"))]
fn protocol_output() -> io::Result<impl Write> {
    use std::os::fd::AsFd as _;
    let output = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(std::fs::File::from(output))
}

/// Without engines nothing in this process prints.
#[cfg(not(all(unix, feature = "engines")))]
fn protocol_output() -> io::Result<impl Write> {
    Ok(io::stdout())
}

#[cfg(feature = "engines")]
fn load(settings: &Load) -> Result<crate::model::mistral::Mistral, Refusal> {
    Ok(crate::model::mistral::Mistral::load(settings)?)
}

#[cfg(not(feature = "engines"))]
fn load(_: &Load) -> Result<NoEngine, Refusal> {
    Err(Refusal {
        message: "this build of ragscale has no engines".into(),
        hint: Some("build it with the `engines` feature, which is on by default".into()),
        retry: false,
    })
}

/// Stands where the engine would be in a build without one; it has no values.
#[cfg(not(feature = "engines"))]
enum NoEngine {}

#[cfg(not(feature = "engines"))]
impl Answerer for NoEngine {
    fn answer(&mut self, _: &str, _: &Sampling) -> Result<Generation, Refusal> {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::protocol::{Ask, line};
    use super::*;
    use crate::config::{DataType, Device, Weights};
    use crate::model::{Clock, CountedBy, Finish, TokenCount};

    struct Echo;

    impl Answerer for Echo {
        fn answer(&mut self, text: &str, _: &Sampling) -> Result<Generation, Refusal> {
            if text == "no" {
                return Err(Refusal { message: "declined".into(), hint: None, retry: false });
            }
            let tokens = TokenCount { count: text.len(), by: CountedBy::Engine };
            Ok(Generation {
                text: text.into(),
                finish: Finish::Stop,
                prompt_tokens: tokens,
                answer_tokens: tokens,
                log_probabilities: None,
                usd: None,
                clock: Clock::default(),
            })
        }
    }

    fn settings() -> Load {
        Load {
            protocol: PROTOCOL,
            weights: Weights::Path("/x".into()),
            file: None,
            isq: None,
            data_type: DataType::F32,
            device: Device::Cpu,
            context_tokens: 512,
        }
    }

    fn ask(id: u64, text: &str) -> ToWorker {
        ToWorker::Ask(Ask { id, text: text.into(), sampling: Sampling::default() })
    }

    fn answers(messages: &[ToWorker]) -> Vec<FromWorker> {
        let input: Vec<u8> = messages.iter().flat_map(|message| line(message).unwrap()).collect();
        let mut output = Vec::new();
        serve(io::Cursor::new(input), &mut output, |_| Ok(Echo), || ()).unwrap();
        String::from_utf8(output).unwrap().lines().map(|line| read_line(line).unwrap()).collect()
    }

    #[test]
    fn every_ask_gets_one_line_with_its_id_in_order() {
        let lines =
            answers(&[ToWorker::Load(settings()), ask(1, "a\nb"), ask(2, "no"), ask(3, "c")]);
        assert!(matches!(lines[0], FromWorker::Ready(_)));
        assert!(
            matches!(&lines[1], FromWorker::Answer { id: 1, generation } if generation.text == "a\nb")
        );
        assert!(matches!(&lines[2], FromWorker::Failed { id: Some(2), .. }));
        assert!(matches!(&lines[3], FromWorker::Answer { id: 3, .. }));
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn another_protocol_is_refused() {
        let lines = answers(&[ToWorker::Load(Load { protocol: PROTOCOL + 1, ..settings() })]);
        assert!(
            matches!(&lines[..], [FromWorker::Failed { id: None, refusal }] if refusal.message.contains("protocol"))
        );
    }

    #[test]
    fn the_first_line_must_load() {
        let lines = answers(&[ask(1, "a"), ToWorker::Load(settings())]);
        assert!(matches!(&lines[..], [FromWorker::Failed { id: None, .. }]));
    }

    #[test]
    fn the_end_of_input_is_seen_while_an_answer_is_written() {
        struct Slow(mpsc::Receiver<()>);
        impl Answerer for Slow {
            fn answer(&mut self, text: &str, sampling: &Sampling) -> Result<Generation, Refusal> {
                // Ends only because the end of input is noticed meanwhile.
                self.0.recv().expect("the end of input is reported");
                Echo.answer(text, sampling)
            }
        }
        let (ended, seen) = mpsc::channel();
        let mut input = line(&ToWorker::Load(settings())).unwrap();
        input.extend(line(&ask(1, "a")).unwrap());
        let mut output = Vec::new();
        serve(
            io::Cursor::new(input),
            &mut output,
            |_| Ok(Slow(seen)),
            move || ended.send(()).unwrap(),
        )
        .unwrap();
        assert_eq!(output.iter().filter(|byte| **byte == b'\n').count(), 2);
    }
}
