//! DSSE: a payload, its type and its signatures on one line of JSON.
//!
//! # Promises
//!
//! - What is signed is `PAE(type, payload)`, so a payload cannot be taken for one of another type.
//! - `keyid` is the lower-case hexadecimal SHA-256 of the key's SubjectPublicKeyInfo in DER. It is a hint and proves
//!   nothing.
//! - A payload is handed out only together with the key that signed it.
//!
//! # What this module does not know
//!
//! What a payload says, and who is trusted.
//!
//! SPEC: DSSE v1.0.2 (`secure-systems-lab/dsse`, `protocol.md`, `envelope.md`); Ed25519 of RFC 8032 over the PAE, no
//! prehash.

use counterfoil_crypto::sign::{SigningKey, VerifyingKey};
use data_encoding::{BASE64, BASE64URL};
use serde::{Deserialize, Serialize};

use crate::attest::canonical::{Json, NotCanonical};

/// The payload type of in-toto statements.
pub(crate) const IN_TOTO: &str = "application/vnd.in-toto+json";

/// A DSSE envelope.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    pub(crate) payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Signature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// What the signatures of an envelope are worth to someone who trusts certain keys.
#[derive(Debug)]
pub(crate) enum Authenticity {
    /// Neither payload nor signatures are base64.
    Malformed,
    /// Signed by this trusted key; the payload follows.
    Signed { key_id: String, payload: Vec<u8> },
    /// Names a trusted key that did not sign this payload: one of both was altered.
    Spoiled { key_id: String },
    /// No signature names or fits a trusted key.
    Unknown,
}

/// `PAE(type, body) = "DSSEv1" + SP + LEN(type) + SP + type + SP + LEN(body) + SP + body`
pub(crate) fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    let mut message = Vec::with_capacity(head.len() + payload.len());
    message.extend_from_slice(head.as_bytes());
    message.extend_from_slice(payload);
    message
}

impl Envelope {
    /// Signs a payload.
    pub(crate) fn sign(payload_type: &str, payload: &[u8], key: &SigningKey) -> Self {
        let signature = key.sign(&pae(payload_type, payload));
        Self {
            payload: BASE64.encode(payload),
            payload_type: payload_type.to_owned(),
            signatures: vec![Signature {
                keyid: key.verifying_key().key_id(),
                sig: BASE64.encode(signature.as_slice()),
            }],
        }
    }

    /// Reads one line.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, NotCanonical> {
        Json::parse(line)?.read()
    }

    /// The line, without its end.
    pub(crate) fn to_line(&self) -> Result<Vec<u8>, NotCanonical> {
        Json::of(self)?.to_bytes()
    }

    /// Looks for a signature by one of `trusted`.
    pub(crate) fn open(&self, trusted: &[VerifyingKey]) -> Authenticity {
        let Some(payload) = decode(&self.payload) else { return Authenticity::Malformed };
        let message = pae(&self.payload_type, &payload);
        let mut spoiled = None;
        for signature in &self.signatures {
            let Some(bytes) = decode(&signature.sig) else { return Authenticity::Malformed };
            let signed = <[u8; 64]>::try_from(bytes.as_slice()).ok();
            for key in trusted {
                let key_id = key.key_id();
                if signed.is_some_and(|bytes| key.verify_strict(&message, &bytes).is_ok()) {
                    return Authenticity::Signed { key_id, payload };
                }
                if key_id == signature.keyid {
                    spoiled = Some(key_id);
                }
            }
        }
        match spoiled {
            Some(key_id) => Authenticity::Spoiled { key_id },
            None => Authenticity::Unknown,
        }
    }
}

/// DSSE lets a writer choose either base64 alphabet.
fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.as_bytes()).or_else(|_| BASE64URL.decode(text.as_bytes())).ok()
}

#[cfg(test)]
mod tests {
    use counterfoil_crypto::secret::Secret;

    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(&Secret::<32>::fill(|bytes| bytes.fill(seed)))
    }

    #[test]
    fn the_encoding_is_that_of_the_dsse_document() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
    }

    #[test]
    fn a_line_survives_its_own_text() {
        let envelope = Envelope::sign(IN_TOTO, b"{}", &key(1));
        let line = envelope.to_line().unwrap();
        assert!(!line.contains(&b'\n'));
        let read = Envelope::parse(&line).unwrap();
        assert!(matches!(
            read.open(&[key(2).verifying_key(), key(1).verifying_key()]),
            Authenticity::Signed { payload, .. } if payload == b"{}"
        ));
    }

    #[test]
    fn an_altered_envelope_is_spoiled_and_a_foreign_one_unknown() {
        let trusted = [key(1).verifying_key()];
        let mut altered = Envelope::sign(IN_TOTO, b"{}", &key(1));
        altered.payload = BASE64.encode(b"[]");
        assert!(matches!(altered.open(&trusted), Authenticity::Spoiled { .. }));
        let mut other_type = Envelope::sign("text/plain", b"{}", &key(1));
        other_type.payload_type = IN_TOTO.to_owned();
        assert!(matches!(other_type.open(&trusted), Authenticity::Spoiled { .. }));
        assert!(matches!(Envelope::sign(IN_TOTO, b"{}", &key(2)).open(&trusted), Authenticity::Unknown));
    }

    #[test]
    fn a_wrong_hint_does_not_hide_a_good_signature() {
        let mut envelope = Envelope::sign(IN_TOTO, b"{}", &key(1));
        if let Some(signature) = envelope.signatures.first_mut() {
            signature.keyid = "00".repeat(32);
        }
        assert!(matches!(envelope.open(&[key(1).verifying_key()]), Authenticity::Signed { .. }));
    }

    #[test]
    fn an_envelope_without_signatures_is_unknown() {
        let mut envelope = Envelope::sign(IN_TOTO, b"{}", &key(1));
        envelope.signatures.clear();
        assert!(matches!(envelope.open(&[key(1).verifying_key()]), Authenticity::Unknown));
        assert!(matches!(envelope.open(&[]), Authenticity::Unknown));
    }
}
