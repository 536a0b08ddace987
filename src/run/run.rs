//! The main job: a policy in, sanitized datasets with their attestations out.
//!
//! # Promises
//!
//! - Every refusal that can be known before the first row comes before the first row.
//! - All datasets of a policy are complete in their staging folders before the first of them is published.
//!
//! # What this module does not know
//!
//! Terminals, and the words of a command line.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use chrono::Utc;
use counterfoil_crypto::sign::SigningKey;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::{
    error::{ColumnError, RunError},
    facts::{RunFacts, footer_entries, manifest_facts, tool_facts},
    inputs::{folder_of, source_spec},
    lock::check_lock,
    pipeline::{Done, Job, execute},
    preview::Preview,
    progress::Progress,
    report::{ColumnReport, DatasetReport, RunReport},
    workspace::{Opened, open_workspace},
};
use crate::{
    attest::{self, Manifest},
    keys::{KeysError, PassphraseSource},
    names::{DatasetName, KeyVersion, RunId},
    plan::{DatasetPlan, Plan, bind, resolve},
    policy::{DatasetPolicy, Policy},
    sink::{Footer, OutputLock, Staging, publish},
    source::{self, Source},
    transform::Sanitizer,
};

/// What a run is asked for. There is no default for what protects.
pub struct RunOptions<'a> {
    /// Sanitize everything, publish nothing.
    pub dry_run: bool,
    /// Make a workspace with the embedded provider, and the policy's keyset, where they are missing.
    pub init: bool,
    /// Refuse a plan that differs from the lock file.
    pub locked: bool,
    /// Where the datasets are written, one folder each; `None` is `out` beside the policy.
    pub output: Option<PathBuf>,
    /// Who answers when a passphrase is needed.
    pub passphrases: &'a dyn PassphraseSource,
    /// Who watches.
    pub progress: &'a dyn Progress,
    /// Exchange existing outputs for the new ones.
    pub replace: bool,
    /// Worker threads; `None` is one for each core.
    pub threads: Option<usize>,
    /// The workspace; `None` looks for `.counterfoil` from the policy's folder upwards.
    pub workspace: Option<PathBuf>,
}

impl std::fmt::Debug for RunOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunOptions")
            .field("output", &self.output)
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}

/// What a plan is asked for.
pub struct PlanOptions<'a> {
    /// Who answers when a passphrase is needed; asked only for a preview.
    pub passphrases: &'a dyn PassphraseSource,
    /// Rows to show, cleartext masked.
    pub preview: usize,
    /// The workspace; `None` looks for `.counterfoil` from the policy's folder upwards.
    pub workspace: Option<PathBuf>,
}

impl std::fmt::Debug for PlanOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlanOptions").field("preview", &self.preview).finish_non_exhaustive()
    }
}

/// A plan, and rows as they would become.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// For each dataset of the plan, its first rows.
    pub previews: Vec<Vec<Preview>>,
}

/// Resolves a policy for the data that it meets, without writing anything.
pub fn plan(policy: &Policy, options: &PlanOptions<'_>) -> Result<Planned, RunError> {
    let sources = open_sources(policy)?;
    // A plan can be made before there are keys; only a preview needs them.
    let opened = open_workspace(policy, options.workspace.as_deref(), false, options.preview > 0, options.passphrases);
    let (version, unlocked) = match opened {
        Ok(opened) => (Some(opened.version), opened.keys),
        Err(RunError::Keys(
            KeysError::KeysetMissing { .. } | KeysError::KeystoreMissing { .. } | KeysError::WorkspaceMissing { .. },
        )) if options.preview == 0 => (None, None),
        Err(error) => return Err(error),
    };
    let plan = resolve_sources(policy, &sources, version)?;
    let mut previews = Vec::new();
    if let Some(keys) = unlocked.filter(|_| options.preview > 0) {
        let sanitizers = bind(&plan, &keys)?;
        for ((dataset, sanitizer), source) in plan.datasets().iter().zip(&sanitizers).zip(sources) {
            previews.push(preview_rows(policy, dataset, sanitizer, source, options.preview)?);
        }
    }
    Ok(Planned { plan, previews })
}

/// Carries out a policy.
///
/// # Errors
///
/// Whatever stands in the way; nothing is published then.
pub fn run(policy: &Policy, options: &RunOptions<'_>) -> Result<RunReport, RunError> {
    let clock = Instant::now();
    let started_at = Utc::now();
    let sources = open_sources(policy)?;
    let unbound = resolve_sources(policy, &sources, None)?;
    if options.locked {
        check_lock(&unbound, &folder_of(policy))?;
    }
    let Opened { keys, new_workspace, version, workspace, signing } =
        open_workspace(policy, options.workspace.as_deref(), options.init, true, options.passphrases)?;
    let (Some(keys), Some(signing)) = (keys, signing) else {
        return Err(RunError::Defect { place: "the keystore" });
    };
    let plan = resolve_sources(policy, &sources, Some(version))?;
    let sanitizers = bind(&plan, &keys)?;
    let output = options.output.clone().unwrap_or_else(|| folder_of(policy).join("out"));
    workspace.ensure_apart(&output)?;
    let mut lock = OutputLock::acquire(&output)?;
    let pool = thread_pool(options.threads)?;
    let facts = RunFacts {
        keyset: keys.keyset(),
        plan: &plan,
        run_id: RunId::generate(),
        started_at,
        tool: tool_facts(),
        version,
    };
    let mut staged = Vec::new();
    let mut restricted = RestrictedRun::new(workspace.restricted_dir(), facts.run_id);
    let stagings = plan.datasets().iter().map(|dataset| match options.dry_run {
        true => Staging::scratch(&lock, dataset.name().as_str()),
        false => Staging::begin(&lock, dataset.name().as_str(), options.replace),
    });
    let stagings: Vec<Staging> = stagings.collect::<Result<_, _>>()?;
    for (((dataset, sanitizer), source), staging) in plan.datasets().iter().zip(&sanitizers).zip(sources).zip(stagings)
    {
        let begun = Instant::now();
        let task = Task { dataset, pool: &pool, sanitizer, source, staging: &staging };
        let done = sanitize_dataset(policy, &facts, task, options.progress)?;
        refuse_outputs_as_inputs(dataset, &done, &plan, &output)?;
        if !options.dry_run {
            attest_dataset(&facts, dataset, &done, &staging, restricted.folder(), &signing)?;
        }
        staged.push((staging, report(dataset, &done, begun)));
    }
    let (stagings, datasets): (Vec<Staging>, Vec<DatasetReport>) = staged.into_iter().unzip();
    if !options.dry_run {
        publish(stagings, &mut lock)?;
        restricted.keep();
    }
    Ok(RunReport {
        run_id: facts.run_id.to_string(),
        policy: plan.policy().to_owned(),
        keyset: plan.keyset().to_string(),
        key_version: version.0,
        dry_run: options.dry_run,
        output,
        trust: workspace.trust_dir(),
        new_workspace,
        seconds: clock.elapsed().as_secs_f64(),
        datasets,
    })
}

/// Opens the files of one dataset as the policy says; `None` where it has no such dataset.
pub fn open_source(policy: &Policy, name: &DatasetName) -> Option<Result<Box<dyn Source>, RunError>> {
    policy.dataset(name).map(|dataset| open(policy, dataset))
}

fn open(policy: &Policy, dataset: &DatasetPolicy) -> Result<Box<dyn Source>, RunError> {
    source::open(&source_spec(policy, dataset))
        .map_err(|cause| RunError::Source { cause: Box::new(cause), dataset: dataset.name.value.to_string() })
}

fn open_sources(policy: &Policy) -> Result<Vec<Box<dyn Source>>, RunError> {
    policy.datasets().iter().map(|dataset| open(policy, dataset)).collect()
}

fn resolve_sources(
    policy: &Policy,
    sources: &[Box<dyn Source>],
    version: Option<KeyVersion>,
) -> Result<Plan, RunError> {
    let schemas: Vec<_> = sources.iter().map(|source| source.schema()).collect();
    resolve(policy, &schemas, version).map_err(|refused| RunError::Plan(Box::new(refused)))
}

fn thread_pool(threads: Option<usize>) -> Result<ThreadPool, RunError> {
    let threads = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("counterfoil-{index}"))
        .build()
        .map_err(|_| RunError::Threads { threads })
}

/// One dataset of the run.
struct Task<'a> {
    dataset: &'a DatasetPlan,
    pool: &'a ThreadPool,
    sanitizer: &'a Sanitizer,
    source: Box<dyn Source>,
    staging: &'a Staging,
}

fn sanitize_dataset(
    policy: &Policy,
    facts: &RunFacts<'_>,
    task: Task<'_>,
    progress: &dyn Progress,
) -> Result<Done, RunError> {
    let name = task.dataset.name().as_str();
    progress.begin(name, Some(task.source.bytes_total()));
    let job = Job {
        footer: Footer { entries: footer_entries(facts, task.dataset) },
        plan: task.dataset,
        pool: task.pool,
        progress,
        sanitizer: task.sanitizer,
        staging: task.staging.path(),
    };
    let done = execute(&job, task.source).map_err(|error| place(error, policy, task.dataset))?;
    if done.sink.rows() == 0 {
        return Err(RunError::NoRows { dataset: name.to_owned() });
    }
    progress.end(name, done.sink.rows());
    Ok(done)
}

/// An input below a dataset folder of the output is a token already, or would be taken away by `--replace`.
fn refuse_outputs_as_inputs(dataset: &DatasetPlan, done: &Done, plan: &Plan, output: &Path) -> Result<(), RunError> {
    let Ok(output) = output.canonicalize() else { return Ok(()) };
    for file in done.source.files() {
        let Ok(path) = file.path().canonicalize() else { continue };
        if plan.datasets().iter().any(|other| path.starts_with(output.join(other.name().as_str()))) {
            return Err(RunError::OutputAsInput { dataset: dataset.name().to_string() });
        }
    }
    Ok(())
}

/// What a run writes to the restricted side: gone again where the run comes to nothing.
struct RestrictedRun {
    folder: PathBuf,
    kept: bool,
    run: PathBuf,
}

impl RestrictedRun {
    fn new(folder: PathBuf, run: RunId) -> Self {
        let run = folder.join(run.to_string());
        Self { folder, kept: false, run }
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for RestrictedRun {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_dir_all(&self.run);
        }
    }
}

/// Adds the dataset, and the rule's place in the policy, to what a room below could not know.
fn place(error: RunError, policy: &Policy, dataset: &DatasetPlan) -> RunError {
    match error {
        RunError::UnnamedSource(cause) => {
            RunError::Source { cause: Box::new(cause), dataset: dataset.name().to_string() }
        }
        RunError::Transform(cause) => {
            let rule = cause.column().and_then(|path| dataset.columns().iter().find(|column| column.path() == path));
            match rule {
                Some(column) => RunError::Column(Box::new(ColumnError {
                    dataset: dataset.name().to_string(),
                    rule: column.span(),
                    source_code: policy.source_code(),
                    cause,
                })),
                None => RunError::Transform(cause),
            }
        }
        other => other,
    }
}

fn attest_dataset(
    facts: &RunFacts<'_>,
    dataset: &DatasetPlan,
    done: &Done,
    staging: &Staging,
    restricted: &Path,
    signing: &SigningKey,
) -> Result<(), RunError> {
    let (manifest, openings) = Manifest::new(manifest_facts(facts, dataset, done))?;
    attest::write(staging.path(), restricted, &manifest, openings, signing)?;
    Ok(())
}

fn report(dataset: &DatasetPlan, done: &Done, begun: Instant) -> DatasetReport {
    let misfits = done.misfits.iter().copied().chain(std::iter::repeat(0));
    let columns = dataset.columns().iter().zip(misfits).map(|(column, misfits)| ColumnReport {
        column: column.path().to_string(),
        transform: column.transform().word(),
        misfits,
    });
    DatasetReport {
        name: dataset.name().to_string(),
        files_in: done.source.files().len(),
        bytes_in: done.source.bytes(),
        files_out: done.sink.files().len(),
        bytes_out: done.sink.bytes(),
        rows: done.sink.rows(),
        seconds: begun.elapsed().as_secs_f64(),
        columns: columns.collect(),
        preview: done.preview.clone(),
    }
}

fn preview_rows(
    policy: &Policy,
    dataset: &DatasetPlan,
    sanitizer: &Sanitizer,
    mut source: Box<dyn Source>,
    rows: usize,
) -> Result<Vec<Preview>, RunError> {
    let mut shown = Vec::new();
    let mut first_row = 0;
    while shown.len() < rows {
        let batch = source.next_batch().map_err(|cause| place(cause.into(), policy, dataset))?;
        let Some(batch) = batch else { break };
        let wanted = batch.slice(0, batch.num_rows().min(rows - shown.len()));
        let sanitized = sanitizer.apply(&wanted, first_row).map_err(|cause| place(cause.into(), policy, dataset))?;
        for row in 0..wanted.num_rows() {
            shown.extend(Preview::of_row(dataset, &wanted, sanitized.batch(), row));
        }
        first_row += batch.num_rows() as u64;
    }
    Ok(shown)
}
