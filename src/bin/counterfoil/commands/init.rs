//! `init`: a workspace, and a first policy to begin from.
//!
//! # What this module does not know
//!
//! How keys are made and kept.

use counterfoil::{KeysetName, PassphraseCost, ProviderChoice, init_workspace};
use serde_json::json;

use super::passphrase::AskPerson;
use crate::{
    args::{InitArgs, Provider},
    render::{Failure, Talk, Usage, data, json_data},
};

/// The keyset that signs.
const RESERVED: &str = "attest";
const POLICY_NAME: &str = "policy.toml";
const POLICY: &str = include_str!("policy.toml");

pub(crate) fn init(args: &InitArgs, talk: Talk) -> Result<u8, Failure> {
    let keyset = keyset_name(&args.keyset)?;
    if args.keyset == RESERVED {
        let message = format!("`{RESERVED}` is the name of the keyset that signs");
        return Err(Usage { message, help: "choose another name with `--keyset NAME`".to_owned() }.into());
    }
    std::fs::create_dir_all(&args.dir).map_err(|error| Usage {
        message: format!("the folder `{}` cannot be made: {}", args.dir.display(), error.kind()),
        help: "name a folder that you may write to".to_owned(),
    })?;
    let root = args.dir.join(".counterfoil");
    if root.join("keystore").exists() {
        let message = format!("there is a workspace in `{}`", root.display());
        return Err(Usage { message, help: "`counterfoil keys new NAME` adds a keyset to it".to_owned() }.into());
    }
    let workspace = init_workspace(&root, &keyset, choice(args.provider), &AskPerson).map_err(Failure::from)?;
    let policy = args.dir.join(POLICY_NAME);
    let written = write_policy(&policy, &args.keyset).map_err(|error| Usage {
        message: format!("`{}` cannot be written: {}", policy.display(), error.kind()),
        help: "the workspace was made; name a folder that you may write to".to_owned(),
    })?;
    if args.json {
        json_data(&json!({
            "workspace": root,
            "trust": workspace.trust_dir(),
            "keyset": args.keyset,
            "policy": written.then_some(&policy),
        }));
        return Ok(0);
    }
    let mut text = format!("workspace  {}\nkeyset     {}\nsigning    attest\n", root.display(), args.keyset);
    if written {
        text.push_str(&format!("policy     {}\n", policy.display()));
    }
    data(&text);
    if args.provider == Provider::File {
        talk.warn(&format!(
            "the key-encryption keys are files in `{}`: they protect nothing from whoever can read this machine's disk",
            root.join("kek").display()
        ));
    }
    talk.say(&format!(
        "\nBack up `{}` and `{}` together, apart from any output: without them no token can be made again or undone.\n\
         Give auditors `{}`. Never copy the rest to where outputs go.",
        root.join("keystore").display(),
        root.join("kek").display(),
        workspace.trust_dir().display(),
    ));
    Ok(0)
}

/// The provider that was asked for, with the cost that guesses shall have.
pub(crate) fn choice(provider: Provider) -> ProviderChoice {
    match provider {
        Provider::File => ProviderChoice::File,
        Provider::Passphrase => ProviderChoice::Passphrase(PassphraseCost::STANDARD),
    }
}

/// A keyset's name from the command line.
pub(crate) fn keyset_name(text: &str) -> Result<KeysetName, Failure> {
    text.parse().map_err(|error| {
        Usage { message: format!("`{text}` cannot name a keyset: {error}"), help: "for example `shop`".to_owned() }
            .into()
    })
}

/// Writes the first policy unless there is one.
fn write_policy(path: &std::path::Path, keyset: &str) -> std::io::Result<bool> {
    use std::io::Write;
    match std::fs::File::create_new(path) {
        Ok(mut file) => {
            file.write_all(POLICY.replace("KEYSET", keyset).as_bytes())?;
            file.sync_all()?;
            Ok(true)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
