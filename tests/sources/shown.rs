//! What a message shows of a path: no cell out of a partition folder, and no value of an environment variable.

use super::*;

const CANARY: &str = "canary-7c1f@x.org";

/// The words of the error that reading gives.
fn words(base: &Path, location: &str, shown: &str) -> String {
    let spec = SourceSpec { shown: shown.to_owned(), ..spec(base, location, plain()) };
    rendered(&open(&spec).and_then(read_all).err().unwrap())
}

#[test]
fn a_partition_folder_is_shown_without_its_cell() {
    let deep = format!("in/team/email={CANARY}/n=1");
    let good = format!("{deep}/a.csv");
    for (bad, text, named) in [
        ("b.csv", &b"x\n1,2\n"[..], true),
        ("b.csv", b"y\n1\n", true),
        ("b.csv", b"", true),
        ("b.csv", b"x\n\xff\n", true),
        ("b.csv.gz", b"\x1f\x8bx", true),
        ("b.txt", b"x", true),
        ("b.parquet", b"x", false),
    ] {
        let path = format!("{deep}/{bad}");
        let folder = folder(&[(&good, b"x\n1\n"), (&path, text)]);
        for location in ["in", "in/*/*/*/*"] {
            let words = words(folder.path(), location, location);
            assert!(!words.contains(CANARY), "{words}");
            assert_eq!(words.contains(&format!("`team/email=…/n=…/{bad}`")), named, "{words}");
        }
    }
    let folder = folder(&[(&good, b"x\n1\n")]);
    let link = folder.path().join(format!("in/team/phone={CANARY}"));
    std::os::unix::fs::symlink(folder.path().join("in/team"), &link).unwrap();
    let words = words(folder.path(), "in", "in");
    assert!(words.contains("team/phone=…") && !words.contains(CANARY), "{words}");
}

#[test]
fn a_location_is_shown_as_the_policy_writes_it() {
    let name = format!("{CANARY}/{CANARY}.csv");
    let folder = folder(&[(&name, b"x\n1,2\n"), ("empty/_x", b"")]);
    let words = |location: &str, shown: &str| {
        let words = words(folder.path(), location, shown);
        assert!(!words.contains(CANARY) && words.contains(shown), "{words}");
    };
    words(&name, "${WHOLE}");
    words(&format!("{CANARY}/gone.csv"), "${DIR}/gone.csv");
    words(&format!("{CANARY}/gone-*.csv"), "${DIR}/gone-*.csv");
    words(&format!("{CANARY}://bucket"), "${SCHEME}");
    words("empty", "empty");
}
