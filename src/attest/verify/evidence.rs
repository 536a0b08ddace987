//! The signed statements of a dataset: read, authenticated, and held against each other.
//!
//! # Promises
//!
//! - [`Evidence`] exists only if a trusted key signed both statements and they speak of one run and the same files.
//! - A line by an unknown key is neither believed nor counted; a line that names a trusted key and was altered is a
//!   failure.
//!
//! # What this module does not know
//!
//! The files that the statements speak of.

use std::collections::BTreeMap;

use counterfoil_crypto::{digest::Digest, sign::VerifyingKey};

use crate::attest::{
    canonical::Json,
    envelope::{Authenticity, Envelope, IN_TOTO},
    predicate::{SANITIZED_DATASET, SanitizedDataset},
    statement::{BUILD_TYPE, BUILDER, SLSA_PROVENANCE, STATEMENT, SlsaProvenance, Statement, Subject},
    text::counted,
    verify::report::{Check, Failure},
    wire,
};

/// What a trusted key vouches for.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) manifest: SanitizedDataset,
    pub(crate) subjects: BTreeMap<String, Digest>,
}

/// The outcome of reading the statements.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) checks: Vec<Check>,
    pub(crate) evidence: Option<Evidence>,
    pub(crate) not_checked: Vec<String>,
}

/// Statements by a trusted key, by predicate type.
#[derive(Default)]
struct Signed {
    slsa: Vec<Json>,
    sanitized: Vec<Json>,
    lines: u64,
    keys: Vec<String>,
}

/// Reads the text of `run.intoto.jsonl`.
pub(crate) fn read(text: &[u8], trusted: &[VerifyingKey]) -> Reading {
    let mut reading = Reading::default();
    let mut signed = Signed::default();
    let mut failure = None;
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if let Err(check) = read_line(index + 1, line, trusted, &mut signed, &mut reading.not_checked) {
            failure.get_or_insert(check);
        }
    }
    if let Some(check) = failure {
        reading.checks.push(check);
        return reading;
    }
    if signed.lines == 0 {
        reading.checks.push(Check::fail(SIGNATURE, Failure::Absent, "no statement is signed by a trusted key"));
        return reading;
    }
    let keys = signed.keys.join(", ");
    reading.checks.push(Check::pass(SIGNATURE, format!("{}, Ed25519, key {keys}", counted(signed.lines, "statement"))));
    match agree(&signed) {
        Ok(evidence) => {
            let detail = format!("SLSA provenance and sanitized-dataset/v1 agree, {}", evidence.manifest.run_id);
            reading.checks.push(Check::pass(STATEMENTS, detail));
            reading.evidence = Some(evidence);
        }
        Err((failure, detail)) => reading.checks.push(Check::fail(STATEMENTS, failure, detail)),
    }
    reading
}

fn read_line(
    number: usize,
    line: &[u8],
    trusted: &[VerifyingKey],
    signed: &mut Signed,
    not_checked: &mut Vec<String>,
) -> Result<(), Check> {
    let undecided = |what: &str| Check::fail(SIGNATURE, Failure::Undecided, format!("{FILE}, line {number}: {what}"));
    let envelope = Envelope::parse(line).map_err(|_| undecided("not a DSSE envelope"))?;
    let (key_id, payload) = match envelope.open(trusted) {
        Authenticity::Malformed => return Err(undecided("payload or signature is not base64")),
        Authenticity::Signed { key_id, payload } => (key_id, payload),
        Authenticity::Spoiled { key_id } => {
            let detail = format!("{FILE}, line {number}: altered after key {} signed it", short(&key_id));
            return Err(Check::fail(SIGNATURE, Failure::Changed, detail));
        }
        Authenticity::Unknown => {
            not_checked.push(format!("{FILE}, line {number}: no trusted key signed it"));
            return Ok(());
        }
    };
    if envelope.payload_type != IN_TOTO {
        return Err(undecided("unknown payload type"));
    }
    let payload = Json::parse(&payload).map_err(|_| undecided("the payload is not JSON as it is signed here"))?;
    if payload.text("_type") != Some(STATEMENT) {
        return Err(undecided("not an in-toto Statement v1"));
    }
    match payload.text("predicateType") {
        Some(SANITIZED_DATASET) => signed.sanitized.push(payload),
        Some(SLSA_PROVENANCE) => signed.slsa.push(payload),
        _ => {
            not_checked.push(format!("{FILE}, line {number}: a signed statement of a type unknown to this version"));
            return Ok(());
        }
    }
    signed.lines += 1;
    let key_id = short(&key_id);
    if !signed.keys.contains(&key_id) {
        signed.keys.push(key_id);
    }
    Ok(())
}

type Refusal = (Failure, String);

fn agree(signed: &Signed) -> Result<Evidence, Refusal> {
    let sanitized: Statement<SanitizedDataset> = only(&signed.sanitized, SANITIZED_DATASET)?;
    let slsa: Statement<SlsaProvenance> = only(&signed.slsa, SLSA_PROVENANCE)?;
    let subjects = subjects(&sanitized.subject)?;
    let differ = |what: &str| Err((Failure::Changed, format!("the two statements differ in {what}")));
    if subjects != self::subjects(&slsa.subject)? {
        return differ("their subjects");
    }
    let manifest = sanitized.predicate;
    let definition = &slsa.predicate.build_definition;
    let details = &slsa.predicate.run_details;
    if definition.build_type != BUILD_TYPE || details.builder.id != BUILDER {
        return Err((Failure::Undecided, "the SLSA statement is of a builder unknown to this version".to_owned()));
    }
    if details.metadata.invocation_id != manifest.run_id {
        return differ("the run");
    }
    if details.metadata.started_on != manifest.started_at || details.metadata.finished_on != manifest.finished_at {
        return differ("the times");
    }
    let parameters = &definition.external_parameters;
    if parameters.dataset != manifest.dataset {
        return differ("the dataset");
    }
    let policy = &parameters.policy;
    if (policy.digest, &policy.name, policy.version)
        != (manifest.policy.digest, &manifest.policy.name, manifest.policy.version)
    {
        return differ("the policy");
    }
    let stated: Vec<(&str, String)> =
        manifest.inputs.iter().map(|input| (input.alias.as_str(), input.digest.salted_sha256.0.to_string())).collect();
    let resolved: Vec<(&str, String)> = definition
        .resolved_dependencies
        .iter()
        .filter_map(|item| Some((item.name.as_str(), item.digest.get("saltedSha256")?.clone())))
        .collect();
    if stated != resolved {
        return differ("the inputs");
    }
    Ok(Evidence { manifest, subjects })
}

/// The one statement of a type.
fn only<P: serde::de::DeserializeOwned>(statements: &[Json], predicate_type: &str) -> Result<Statement<P>, Refusal> {
    match statements {
        [] => Err((Failure::Absent, format!("{FILE}: no statement of type {predicate_type}"))),
        [statement] => statement
            .read()
            .map_err(|_| (Failure::Undecided, format!("{FILE}: a field of {predicate_type} is missing or malformed"))),
        _ => Err((Failure::Undecided, format!("{FILE}: more than one statement of type {predicate_type}"))),
    }
}

fn subjects(subjects: &[Subject]) -> Result<BTreeMap<String, Digest>, Refusal> {
    let mut files = BTreeMap::new();
    for subject in subjects {
        let malformed = || (Failure::Undecided, "a subject has no SHA-256 digest".to_owned());
        let digest = wire::digest(&subject.digest.sha256).ok_or_else(malformed)?;
        if files.insert(subject.name.clone(), digest).is_some() {
            return Err((Failure::Undecided, "a subject stands twice".to_owned()));
        }
    }
    if files.is_empty() { Err((Failure::Absent, "the statements have no subject".to_owned())) } else { Ok(files) }
}

fn short(key_id: &str) -> String {
    key_id.chars().take(16).collect()
}

const FILE: &str = crate::attest::sums::STATEMENTS;
const SIGNATURE: &str = "signature";
const STATEMENTS: &str = "statements";
