//! As many workers as a model was given, behind [`LanguageModel`].
//!
//! Enters: requests, in the runner's order. Leaves: generations; failures after two tries. Does
//! not: choose how many workers there are (`default_replicas`).

use super::error::WorkerError;
use super::process::{AskError, Launch, Worker};
use super::spec::WorkerSpec;
use crate::model::{Generation, LanguageModel, ModelError, Request};
use futures_util::future::{BoxFuture, try_join_all};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Tries a request gets, the first included.
const TRIES: usize = 2;
/// Failed loads in a row after which no more workers are started.
const FAILED_LOADS: u32 = 3;

/// Workers of one model. Each request goes to the first that is free; one that dies, hangs or
/// passes its memory limit is ended and replaced, and its request tried once more. Dropping the
/// pool ends them all.
#[derive(Debug)]
pub struct WorkerPool {
    launch: Launch,
    replicas: usize,
    /// As many permits as slots without a lease. Fair: requests get workers in their order.
    free: Semaphore,
    slots: Mutex<Vec<Slot>>,
    failed_loads: Mutex<FailedLoads>,
    /// Holds the workers' home until the pool ends.
    _cache: Option<tempfile::TempDir>,
}

/// Loads that failed since the last that did not.
#[derive(Debug, Default)]
struct FailedLoads {
    count: u32,
    /// Why the last failed.
    last: String,
}

/// A place for a worker.
#[derive(Debug)]
enum Slot {
    Leased,
    /// None after a loss: the next request starts one.
    Free(Option<Box<Worker>>),
}

/// A slot taken for one request. Given back on drop; a worker in the middle of an answer, whose
/// request was dropped, is ended.
struct Lease<'a> {
    pool: &'a WorkerPool,
    index: usize,
    worker: Option<Box<Worker>>,
    busy: bool,
}

impl WorkerPool {
    /// Starts `replicas` workers (at least one) at the same time and loads the model in each:
    /// `program arguments...` must speak the protocol, as `ragscale worker` does.
    ///
    /// # Errors
    /// The first worker's that fails; the others are ended.
    pub async fn start(
        spec: WorkerSpec,
        replicas: usize,
        program: PathBuf,
        arguments: Vec<OsString>,
    ) -> Result<Self, ModelError> {
        let replicas = replicas.max(1);
        let (cache_folder, cache) = match &spec.cache_folder {
            Some(folder) => (folder.clone(), None),
            None => {
                let cache = tempfile::tempdir()
                    .map_err(|source| WorkerError::Cache { model: spec.model.clone(), source })?;
                (cache.path().to_owned(), Some(cache))
            }
        };
        let launch = Launch { spec, program, arguments, cache_folder };
        let workers = try_join_all((0..replicas).map(|_| Worker::start(&launch))).await?;
        Ok(Self {
            launch,
            replicas,
            free: Semaphore::new(replicas),
            slots: Mutex::new(
                workers.into_iter().map(|worker| Slot::Free(Some(Box::new(worker)))).collect(),
            ),
            failed_loads: Mutex::default(),
            _cache: cache,
        })
    }

    async fn answer(&self, request: &Request) -> Result<Generation, WorkerError> {
        // Closed never; were it, the request would still be served, only out of order.
        let _permit = self.free.acquire().await;
        let mut lease = self.lease();
        let mut reasons = Vec::new();
        while reasons.len() < TRIES {
            let worker = match lease.worker.take() {
                Some(worker) => lease.worker.insert(worker),
                None => match self.replacement().await {
                    Ok(worker) => lease.worker.insert(Box::new(worker)),
                    Err(WorkerError::GivenUp { model, loads, last, .. }) => {
                        return Err(WorkerError::GivenUp { model, loads, last, reasons });
                    }
                    Err(error) => {
                        reasons.push(error.to_string());
                        continue;
                    }
                },
            };
            lease.busy = true;
            let spec = &self.launch.spec;
            let answer = worker.ask(spec, &request.text, &request.sampling).await;
            lease.busy = false;
            let reason = match answer {
                Ok(generation) => {
                    if worker.over(spec.memory_limit_bytes).is_some() {
                        lease.end_worker().await;
                    }
                    return Ok(generation);
                }
                Err(AskError::Refused(refusal)) if !refusal.retry => {
                    return Err(WorkerError::Refused {
                        model: spec.model.clone(),
                        question: request.question.clone(),
                        message: refusal.message,
                        hint: refusal.hint,
                    });
                }
                Err(AskError::Refused(refusal)) => refusal.message,
                Err(AskError::Lost(reason)) => reason,
            };
            lease.end_worker().await;
            reasons.push(reason);
        }
        Err(WorkerError::Tries {
            model: self.launch.spec.model.clone(),
            question: request.question.clone(),
            reasons,
        })
    }

    /// A fresh worker in place of one that was lost.
    async fn replacement(&self) -> Result<Worker, WorkerError> {
        {
            let failed = lock(&self.failed_loads);
            if failed.count >= FAILED_LOADS {
                return Err(WorkerError::GivenUp {
                    model: self.launch.spec.model.clone(),
                    loads: failed.count,
                    last: failed.last.clone(),
                    reasons: Vec::new(),
                });
            }
        }
        let started = Worker::start(&self.launch).await;
        let mut failed = lock(&self.failed_loads);
        *failed = match &started {
            Ok(_) => FailedLoads::default(),
            Err(error) => FailedLoads { count: failed.count + 1, last: error.to_string() },
        };
        drop(failed);
        started
    }

    /// The first free slot. There is one for each permit.
    fn lease(&self) -> Lease<'_> {
        let mut slots = lock(&self.slots);
        let index = slots.iter().position(|slot| matches!(slot, Slot::Free(_))).unwrap_or_default();
        let worker = match slots.get_mut(index).map(|slot| std::mem::replace(slot, Slot::Leased)) {
            Some(Slot::Free(worker)) => worker,
            Some(Slot::Leased) | None => None,
        };
        Lease { pool: self, index, worker, busy: false }
    }
}

impl Lease<'_> {
    async fn end_worker(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.end().await;
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let worker = self.worker.take().filter(|_| !self.busy);
        if let Some(slot) = lock(&self.pool.slots).get_mut(self.index) {
            *slot = Slot::Free(worker);
        }
    }
}

impl LanguageModel for WorkerPool {
    fn concurrency(&self) -> usize {
        self.replicas
    }

    fn generate<'a>(
        &'a self,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Generation, ModelError>> {
        Box::pin(async move { Ok(self.answer(request).await?) })
    }
}

/// What these mutexes hold is whole between any two statements, so a panic elsewhere spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
