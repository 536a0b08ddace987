//! A staged dataset becomes an attested one: dictionary, card, digests, and the signed statements last.
//!
//! # Promises
//!
//! - `_provenance/run.intoto.jsonl` is the last file written: a folder without it is unfinished.
//! - Every file and folder written here is on the disk (`fsync`) when the call returns. The rename is the caller's.
//! - Plain digests, real paths and salts go to the restricted folder alone, readable by its owner only.
//!
//! # What this module does not know
//!
//! Where the staged folder will be published, and what the data files hold.
//!
//! SPEC: `schemas/manifest.v1.md`.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use counterfoil_crypto::{
    digest::{Digest, sha256},
    sign::SigningKey,
};
use serde::Serialize;

use crate::attest::{
    canonical::{Json, NotCanonical},
    card::card,
    commitment::{Opening, RESTRICTED, RESTRICTED_STATEMENT},
    dictionary::dictionary,
    envelope::{Envelope, IN_TOTO},
    error::AttestError,
    manifest::{Manifest, Openings, RestrictedInputs, plain, salted},
    predicate::{Attachment, Restricted, SANITIZED_DATASET, SaltedDigest, SanitizedDataset},
    statement::{
        BUILD_TYPE, BUILDER, BuildDefinition, BuildMetadata, Builder, ExternalParameters, PolicyParameter,
        RESTRICTED_INPUTS, ResourceDescriptor, RunDetails, SLSA_PROVENANCE, SlsaProvenance, Statement, Subject,
        SubjectDigest,
    },
    sums::{self, CARD, DICTIONARY, PROVENANCE, STATEMENTS, SUMS, Sum},
    text,
    tree::{self, Kind},
};

/// What was signed and where it lies.
#[derive(Debug)]
pub struct Attestation {
    statements: PathBuf,
    sums: Digest,
    key_id: String,
    openings: PathBuf,
}

impl Attestation {
    /// The signed statements, from the dataset's folder.
    pub fn statements(&self) -> &Path {
        &self.statements
    }

    /// SHA-256 of `SHA256SUMS`, which names every file of the dataset.
    pub fn sums_sha256(&self) -> Digest {
        self.sums
    }

    /// The key that signed.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The openings on the restricted side.
    pub fn openings(&self) -> &Path {
        &self.openings
    }
}

/// Attests the dataset that is staged in `staged`, which holds the data files of the manifest and nothing else.
///
/// The restricted side goes to `<restricted>/<run id>/`: `<dataset>.openings.jsonl` and
/// `<dataset>.restricted.intoto.jsonl`.
pub fn write(
    staged: &Path,
    restricted: &Path,
    manifest: &Manifest,
    openings: Openings,
    key: &SigningKey,
) -> Result<Attestation, AttestError> {
    let mut sums = data_sums(staged, manifest)?;
    let attachments = attachments(staged, manifest, &mut sums)?;
    let sums_text = sums::write(&mut sums);
    create(&staged.join(SUMS), sums_text.as_bytes(), SHARED_MODE)?;
    let sums_digest = sha256(sums_text.as_bytes());
    sums.push(Sum { name: SUMS.to_owned(), digest: sums_digest });
    let subjects = subjects(&mut sums);

    let (commitment, openings_path) = write_restricted(restricted, manifest, openings, &subjects, key)?;
    let lines = [
        line(&Statement::new(SLSA_PROVENANCE, slsa(manifest, &attachments), subjects.clone()), key)?,
        line(&Statement::new(SANITIZED_DATASET, predicate(manifest, attachments, commitment), subjects), key)?,
    ];
    let provenance = staged.join(PROVENANCE);
    fs::create_dir(&provenance).map_err(io("create", &provenance))?;
    create(&staged.join(STATEMENTS), &lines.concat(), SHARED_MODE)?;
    sync_folder(&provenance)?;
    sync_folder(staged)?;
    Ok(Attestation {
        statements: PathBuf::from(STATEMENTS),
        sums: sums_digest,
        key_id: key.verifying_key().key_id(),
        openings: openings_path,
    })
}

/// The digests that the sink vouched for, once the folder is seen to hold those files and no others.
fn data_sums(staged: &Path, manifest: &Manifest) -> Result<Vec<Sum>, AttestError> {
    let mut expected: BTreeMap<&str, (u64, Digest)> = BTreeMap::new();
    for output in &manifest.facts.outputs {
        let reserved = [SUMS, CARD, DICTIONARY].contains(&output.path.as_str());
        if !sums::is_plain(&output.path) || reserved || output.path.starts_with(PROVENANCE) {
            return Err(AttestError::UnsafeName { name: text::printable(&output.path) });
        }
        expected.insert(&output.path, (output.bytes, output.sha256));
    }
    let differs = |name: &str| AttestError::FileDiffers { name: text::printable(name) };
    let mut sums = Vec::with_capacity(expected.len() + 3);
    for entry in tree::walk(staged).map_err(io("list", staged))? {
        match (entry.kind, expected.remove(entry.name.as_str())) {
            (Kind::File(found), Some((bytes, digest))) if found == bytes => sums.push(Sum { name: entry.name, digest }),
            _ => return Err(differs(&entry.name)),
        }
    }
    match expected.keys().next() {
        Some(missing) => Err(differs(missing)),
        None => Ok(sums),
    }
}

fn attachments(staged: &Path, manifest: &Manifest, sums: &mut Vec<Sum>) -> Result<Vec<Attachment>, AttestError> {
    let mut attachments = Vec::new();
    for (name, content) in [(CARD, card(manifest)), (DICTIONARY, dictionary(manifest))] {
        create(&staged.join(name), content.as_bytes(), SHARED_MODE)?;
        let digest = sha256(content.as_bytes());
        sums.push(Sum { name: name.to_owned(), digest });
        attachments.push(Attachment { digest: plain(digest), name: name.to_owned() });
    }
    Ok(attachments)
}

fn subjects(sums: &mut [Sum]) -> Vec<Subject> {
    sums.sort_by(|a, b| a.name.cmp(&b.name));
    sums.iter()
        .map(|sum| Subject { name: sum.name.clone(), digest: SubjectDigest { sha256: sum.digest.to_string() } })
        .collect()
}

fn write_restricted(
    restricted: &Path,
    manifest: &Manifest,
    openings: Openings,
    subjects: &[Subject],
    key: &SigningKey,
) -> Result<(SaltedDigest, PathBuf), AttestError> {
    let Openings { key: commit_key, mut lines, restricted: inputs } = openings;
    let folder = restricted.join(manifest.facts.run_id.to_string());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(io("create", &folder))?;

    let statement = Statement::<RestrictedInputs>::new(RESTRICTED_INPUTS, inputs, subjects.to_vec());
    let signed = line(&statement, key)?;
    let (commitment, opening) = commit_key.commit(RESTRICTED_STATEMENT, RESTRICTED, sha256(&signed));
    lines.push(opening);

    let dataset = manifest.facts.dataset.as_str();
    create(&folder.join(format!("{dataset}.restricted.intoto.jsonl")), &signed, RESTRICTED_MODE)?;
    let openings_path = folder.join(format!("{dataset}.openings.jsonl"));
    create(&openings_path, &openings_text(&lines)?, RESTRICTED_MODE)?;
    sync_folder(&folder)?;
    sync_folder(restricted)?;
    Ok((salted(commitment), openings_path))
}

fn openings_text(lines: &[Opening]) -> Result<Vec<u8>, AttestError> {
    let mut text = Vec::new();
    for opening in lines {
        text.extend(Json::of(opening).and_then(|json| json.to_bytes()).map_err(not_canonical)?);
        text.push(b'\n');
    }
    Ok(text)
}

/// One signed statement and the line's end. The digest of a line is over the line with its end.
fn line<P: Serialize>(statement: &Statement<P>, key: &SigningKey) -> Result<Vec<u8>, AttestError> {
    let payload = Json::of(statement).and_then(|json| json.to_bytes()).map_err(not_canonical)?;
    let mut line = Envelope::sign(IN_TOTO, &payload, key).to_line().map_err(not_canonical)?;
    line.push(b'\n');
    Ok(line)
}

fn predicate(manifest: &Manifest, attachments: Vec<Attachment>, commitment: SaltedDigest) -> SanitizedDataset {
    let facts = &manifest.facts;
    SanitizedDataset {
        attachments,
        columns: manifest.columns.clone(),
        dataset: facts.dataset.to_string(),
        dropped: manifest.dropped.clone(),
        finished_at: manifest.finished_at(),
        inputs: manifest.inputs.clone(),
        keys: manifest.keys.clone(),
        output: manifest.output.clone(),
        policy: manifest.policy(),
        purpose: manifest.purpose(),
        restricted: Restricted { commitment },
        rows: manifest.rows,
        run_id: manifest.run_urn(),
        started_at: manifest.started_at(),
        tool: manifest.tool(),
    }
}

fn slsa(manifest: &Manifest, attachments: &[Attachment]) -> SlsaProvenance {
    let facts = &manifest.facts;
    let resource = |name: &str, algorithm: &str, digest: String| ResourceDescriptor {
        digest: BTreeMap::from([(algorithm.to_owned(), digest)]),
        name: name.to_owned(),
    };
    let inputs = manifest.inputs.iter();
    let mut dependencies: Vec<_> =
        inputs.map(|input| resource(&input.alias, "saltedSha256", input.digest.salted_sha256.0.to_string())).collect();
    dependencies.push(resource("policy", "sha256", facts.policy.sha256.to_string()));
    if let Some(digest) = facts.tool.binary_sha256 {
        dependencies.push(resource("tool", "sha256", digest.to_string()));
    }
    let policy = manifest.policy();
    SlsaProvenance {
        build_definition: BuildDefinition {
            build_type: BUILD_TYPE.to_owned(),
            external_parameters: ExternalParameters {
                dataset: facts.dataset.to_string(),
                policy: PolicyParameter { digest: policy.digest, name: policy.name, version: policy.version },
            },
            resolved_dependencies: dependencies,
        },
        run_details: RunDetails {
            builder: Builder {
                id: BUILDER.to_owned(),
                version: BTreeMap::from([(facts.tool.name.clone(), facts.tool.version.clone())]),
            },
            byproducts: attachments
                .iter()
                .map(|attachment| resource(&attachment.name, "sha256", attachment.digest.sha256.0.to_string()))
                .collect(),
            metadata: BuildMetadata {
                finished_on: manifest.finished_at(),
                invocation_id: manifest.run_urn(),
                started_on: manifest.started_at(),
            },
        },
    }
}

fn create(path: &Path, content: &[u8], mode: u32) -> Result<(), AttestError> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(io("create", path))?;
    file.write_all(content).map_err(io("write", path))?;
    file.sync_all().map_err(io("sync", path))
}

fn sync_folder(path: &Path) -> Result<(), AttestError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(io("sync", path))
}

fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> AttestError {
    move |source| AttestError::Io { doing, path: path.to_path_buf(), source }
}

fn not_canonical(_: NotCanonical) -> AttestError {
    AttestError::NotCanonical
}

/// Readable by all, as far as the umask allows.
const SHARED_MODE: u32 = 0o644;
/// Readable by the owner alone.
const RESTRICTED_MODE: u32 = 0o600;
