//! Reading a secret.

use std::io::{BufRead, IsTerminal};

use pqm::host::http::Secret;

use super::Failure;

/// The secret that a person types, unseen, or the first line of standard input.
pub(super) fn read(what: &str) -> Result<Secret, Failure> {
    let failed = |error: std::io::Error| Failure::Io(format!("Cannot read the secret: {error}."));
    let text = if std::io::stdin().is_terminal() {
        rpassword::prompt_password(format!("{what}: ")).map_err(failed)?
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(failed)?;
        line
    };
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        let help = "Type it at the prompt, or give it on standard input: pqm credential set NAME < file";
        return Err(Failure::Usage(format!("The {} is empty.", what.to_lowercase()), Some(help.to_owned())));
    }
    Ok(Secret::new(text))
}
