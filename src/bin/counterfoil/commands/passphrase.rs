//! Where a passphrase comes from: a file that the environment names, or a person at a terminal.
//!
//! # Promises
//!
//! - Never an argument of a command line; never echoed.
//!
//! # What this module does not know
//!
//! What the passphrase opens.

use std::io::IsTerminal;

use counterfoil::{
    KeysError, NoPassphrase, PassphraseFile, PassphraseReason, PassphraseRequest, PassphraseSource, SecretBytes,
};

/// Asks the file that the environment names, else the terminal; where there is neither, refuses.
pub(crate) struct AskPerson;

impl PassphraseSource for AskPerson {
    fn passphrase(&self, request: &PassphraseRequest<'_>) -> Result<SecretBytes, KeysError> {
        if let Some(file) = PassphraseFile::from_environment() {
            return file.passphrase(request);
        }
        if !std::io::stdin().is_terminal() {
            return NoPassphrase.passphrase(request);
        }
        let typed = ask(request, &format!("Passphrase of keyset `{}`: ", request.keyset))?;
        if request.reason == PassphraseReason::New {
            let again = ask(request, "The same again: ")?;
            if !typed.ct_eq(&again) {
                return NoPassphrase.passphrase(request);
            }
        }
        Ok(typed)
    }
}

fn ask(request: &PassphraseRequest<'_>, prompt: &str) -> Result<SecretBytes, KeysError> {
    match rpassword::prompt_password(prompt) {
        Ok(typed) => Ok(SecretBytes::new(typed.into_bytes())),
        Err(_) => NoPassphrase.passphrase(request),
    }
}
