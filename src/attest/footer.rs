//! What every data file says about its origin in its own footer: a hint for who finds a file alone, never proof.
//!
//! # Promises
//!
//! - Only what policy, key versions and tool fix: no run, no time, no digest of a file, so equal runs give equal bytes.
//! - The writer and the verifier take the entries from the same function.
//!
//! # What this module does not know
//!
//! How a footer is written.

use counterfoil_crypto::digest::Digest;

/// File-level metadata of every data file, in the order of writing.
pub fn footer_entries(
    policy_sha256: Digest,
    keys: &[(String, u32)],
    tool: &str,
    version: &str,
) -> Vec<(String, String)> {
    let mut keys = keys.to_vec();
    keys.sort();
    keys.dedup();
    let keys: Vec<String> = keys.iter().map(|(id, version)| format!("{id}:{version}")).collect();
    vec![
        (MANIFEST.to_owned(), "../_provenance/run.intoto.jsonl".to_owned()),
        (POLICY.to_owned(), policy_sha256.to_string()),
        (KEY_VERSIONS.to_owned(), keys.join(",")),
        (TOOL.to_owned(), format!("{tool} {version}")),
    ]
}

const KEY_VERSIONS: &str = "counterfoil.keyVersions";
const MANIFEST: &str = "counterfoil.manifest";
const POLICY: &str = "counterfoil.policySha256";
const TOOL: &str = "counterfoil.tool";

#[cfg(test)]
mod tests {
    use counterfoil_crypto::digest::sha256;

    use super::*;

    #[test]
    fn the_order_of_the_keys_does_not_matter() {
        let key = |id: &str, version| (id.to_owned(), version);
        let one = footer_entries(sha256(b"p"), &[key("b", 1), key("a", 2), key("b", 1)], "counterfoil", "0.1.0");
        let other = footer_entries(sha256(b"p"), &[key("a", 2), key("b", 1)], "counterfoil", "0.1.0");
        assert_eq!(one, other);
        assert!(one.contains(&("counterfoil.keyVersions".to_owned(), "a:2,b:1".to_owned())));
    }
}
