//! The keyring of the system, where the key of the credentials file may be kept: the Secret Service of Linux desktops,
//! the keychain of macOS, the credential manager of Windows.

use crate::host::http::Secret;

/// Under which name programs see the key there; the account is the file's path.
#[cfg(feature = "keyring")]
const SERVICE: &str = "pqm credentials";

/// The key; none if there is none yet.
#[cfg(feature = "keyring")]
pub(super) fn read(account: &str) -> Result<Option<Secret>, String> {
    use keyring::v1::Error;
    match entry(account)?.get_password() {
        Ok(key) => Ok(Some(Secret::new(key))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Keeps the key.
#[cfg(feature = "keyring")]
pub(super) fn write(account: &str, key: &Secret) -> Result<(), String> {
    entry(account)?.set_password(key.reveal()).map_err(|error| error.to_string())
}

#[cfg(feature = "keyring")]
fn entry(account: &str) -> Result<keyring::v1::Entry, String> {
    use keyring::v1::Entry;
    if let Err(error) = Entry::store_status() {
        return Err(error.to_string());
    }
    Entry::new(SERVICE, account).map_err(|error| error.to_string())
}

#[cfg(not(feature = "keyring"))]
const ABSENT: &str = "this build has none: it was made without the feature 'keyring'";

#[cfg(not(feature = "keyring"))]
pub(super) fn read(_account: &str) -> Result<Option<Secret>, String> {
    Err(ABSENT.to_owned())
}

#[cfg(not(feature = "keyring"))]
pub(super) fn write(_account: &str, _key: &Secret) -> Result<(), String> {
    Err(ABSENT.to_owned())
}
