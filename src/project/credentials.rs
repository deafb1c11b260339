//! The secrets of connections: kept outside of project files under a name, and looked up when a system first asks.

use crate::host::credentials::{CredentialStore, Variables};
use crate::host::http::Credential;

/// Where secrets are found, by the names that connections give in `credential`.
pub trait CredentialSource: Send + Sync {
    /// The credential of that name.
    ///
    /// # Errors
    /// There is none, or it cannot be read: why, in words that hold no part of it.
    fn credential(&self, name: &str) -> Result<Credential, String>;
}

/// The credentials of the user who runs the program.
#[derive(Clone, Copy, Debug, Default)]
pub struct UserCredentials;

impl CredentialSource for UserCredentials {
    fn credential(&self, name: &str) -> Result<Credential, String> {
        let store = CredentialStore::of_environment(Variables::of_process());
        store.and_then(|store| store.get(name)).map_err(|error| error.to_string())
    }
}
