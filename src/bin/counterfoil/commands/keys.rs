//! `keys`: make and list.
//!
//! # What this module does not know
//!
//! Key bytes.

use std::path::Path;

use comfy_table::Table;
use counterfoil::{Keyset, Keystore, Purpose, Workspace};
use serde_json::{Value, json};

use super::{
    init::{choice, keyset_name},
    passphrase::AskPerson,
};
use crate::{
    args::KeysCommand,
    render::{Failure, Talk, data, json_data},
};

pub(crate) fn keys(command: KeysCommand, workspace: Option<&Path>, talk: Talk) -> Result<u8, Failure> {
    let workspace = match workspace {
        Some(named) => Workspace::open(named)?,
        None => Workspace::find(Path::new("."))?,
    };
    let store = Keystore::open(&workspace)?;
    match command {
        KeysCommand::List { json } => list(&store, json),
        KeysCommand::New { name, provider, add_version, json } => {
            let name = keyset_name(&name)?;
            let made = if add_version {
                store.add_version(&name, &AskPerson)?
            } else {
                store.new_keyset(&name, Purpose::Tokenize, choice(provider), &AskPerson)?
            };
            let keyset = made.keyset();
            if json {
                json_data(&as_json(keyset));
            } else {
                data(&format!("keyset {} has version {}, which writes from now on\n", keyset.name(), keyset.primary()));
            }
            if keyset.purpose() == Purpose::Attest {
                store.export_public(&made)?;
                talk.say("the new public key was written to the trust folder: hand it to your auditors");
            } else if keyset.versions().len() > 1 {
                talk.warn("datasets that were written by an earlier version no longer join with new ones");
            }
            Ok(0)
        }
    }
}

fn list(store: &Keystore, as_data: bool) -> Result<u8, Failure> {
    let mut keysets = Vec::new();
    for name in store.names()? {
        keysets.push(store.keyset(&name)?);
    }
    if as_data {
        json_data(&json!({ "keysets": keysets.iter().map(as_json).collect::<Vec<_>>() }));
        return Ok(0);
    }
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["keyset", "purpose", "provider", "version", "status", "created", ""]);
    for keyset in &keysets {
        for version in keyset.versions() {
            let primary = if version.version() == keyset.primary() { "primary" } else { "" };
            table.add_row([
                keyset.name().to_string(),
                keyset.purpose().to_string(),
                keyset.provider().to_string(),
                version.version().to_string(),
                version.status().to_string(),
                version.created().to_owned(),
                primary.to_owned(),
            ]);
        }
    }
    data(&format!("{}\n", table.trim_fmt()));
    Ok(0)
}

fn as_json(keyset: &Keyset) -> Value {
    let versions: Vec<Value> = keyset
        .versions()
        .iter()
        .map(|version| {
            json!({
                "version": version.version().0,
                "status": version.status().to_string(),
                "algorithm": version.algorithm().to_string(),
                "created": version.created(),
                "kcv": version.kcv(),
            })
        })
        .collect();
    json!({
        "name": keyset.name().to_string(),
        "purpose": keyset.purpose().to_string(),
        "provider": keyset.provider().to_string(),
        "primary": keyset.primary().0,
        "versions": versions,
    })
}
