//! Where credentials are kept: an encrypted file of the user's, and environment variables for machines without one.
//!
//! Project files name a credential; the secret is only here. A variable counts before the file, so that a build
//! server needs no file at all. The file is sealed as a whole: without its key not even the names can be read.
#![allow(clippy::disallowed_methods)] // The user's credentials are files of the machine, which only the host may touch.

mod entry;
mod keyring;
mod sealed;
mod variables;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use entry::CredentialKind;
pub use variables::Variables;

use super::http::{Credential, Secret};
use sealed::Key;

/// The variable that names the file of credentials.
pub const FILE_VARIABLE: &str = "PQM_CREDENTIALS_FILE";
/// The variable that holds the passphrase of the file.
pub const PASSPHRASE_VARIABLE: &str = "PQM_CREDENTIALS_PASSPHRASE";
/// The variable that names the file with the key of the file.
pub const KEY_FILE_VARIABLE: &str = "PQM_CREDENTIALS_KEY_FILE";

/// The variable that says where the key of the file is kept if it is not in a file: `keyring`.
pub const KEY_VARIABLE: &str = "PQM_CREDENTIALS_KEY";
/// The value for the keyring of the system.
const KEYRING: &str = "keyring";

/// Why a credential cannot be had or kept. No message holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// Nothing says where the file is.
    #[error("there is no place for credentials: set HOME, or {FILE_VARIABLE} to the path of a file")]
    NoPlace,
    /// The operating system refused something.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// Others may read the key.
    #[error("the key file {} may be read by others: take their rights away (chmod 600), then replace the \
             credentials, as they may be known", .path.display())]
    KeyIsOpen {
        /// The key file.
        path: PathBuf,
    },
    /// The file is there and nothing says its key.
    #[error("the credentials in {} cannot be read without their key: {advice}", .path.display())]
    NoKey {
        /// The file of credentials.
        path: PathBuf,
        /// What to do.
        advice: String,
    },
    /// The key is another one, or the file was changed.
    #[error("the credentials in {} do not open with this {key}: it is another one, or the file was damaged",
        .path.display())]
    WrongKey {
        /// The file of credentials.
        path: PathBuf,
        /// What the key is.
        key: &'static str,
    },
    /// The file is no file of credentials.
    #[error("{} is no file of credentials: {what}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Some of the variables of a credential are there and others are not.
    #[error("the environment has a part of the credential {name:?} only: {missing} is not set")]
    Incomplete {
        /// The credential.
        name: String,
        /// The variable that lacks.
        missing: String,
    },
    /// There is no such credential.
    #[error(
        "there is no credential {name:?}: keep it with pqm credential set, or set the environment variables that \
         begin with {variable}"
    )]
    Unknown {
        /// The name.
        name: String,
        /// The beginning of the variables it may stand in.
        variable: String,
    },
    /// The keyring of the system cannot be used.
    #[error(
        "the keyring of the system, where {KEY_VARIABLE} says that the key of the credentials is, fails: {0}"
    )]
    Keyring(String),
    /// A key is said to be where none can be.
    #[error("{KEY_VARIABLE} is {0:?}: the only value it may have is {KEYRING}")]
    KeyPlace(String),
    /// The system gave no randomness or memory for sealing.
    #[error("the credentials cannot be sealed: {0}")]
    NotSealed(String),
}

/// What can be told of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: CredentialKind,
    /// Who it is for, as far as that is no secret: a user, the id of an application.
    pub identity: Option<String>,
}

/// The credentials of a user on a machine.
#[derive(Clone, Debug)]
pub struct CredentialStore {
    file: PathBuf,
    passphrase: Option<Secret>,
    key_file: PathBuf,
    /// Whether the key is in the keyring of the system, not in the key file.
    in_keyring: bool,
    variables: Variables,
}

impl CredentialStore {
    /// The store that the environment names; `~/.config/pqm/credentials` with its key beside it if it names none.
    ///
    /// # Errors
    /// [`CredentialError::NoPlace`], [`CredentialError::KeyPlace`].
    pub fn of_environment(variables: Variables) -> Result<CredentialStore, CredentialError> {
        let file = match variables.get(FILE_VARIABLE) {
            Some(path) => PathBuf::from(path),
            None => folder(&variables).ok_or(CredentialError::NoPlace)?.join("credentials"),
        };
        let key_file = match variables.get(KEY_FILE_VARIABLE) {
            Some(path) => PathBuf::from(path),
            None => file.with_extension("key"),
        };
        let passphrase = variables.get(PASSPHRASE_VARIABLE).map(Secret::new);
        let in_keyring = match variables.get(KEY_VARIABLE) {
            None => false,
            Some(KEYRING) => true,
            Some(other) => return Err(CredentialError::KeyPlace(other.to_owned())),
        };
        Ok(CredentialStore { file, passphrase, key_file, in_keyring, variables })
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// A credential.
    ///
    /// # Errors
    /// There is none of that name, or the file cannot be read.
    pub fn get(&self, name: &str) -> Result<Credential, CredentialError> {
        if let Some(found) = entry::from_variables(&self.variables, name)? {
            return Ok(found);
        }
        let unknown =
            || CredentialError::Unknown { name: name.to_owned(), variable: entry::variable(name, "") };
        self.read()?.remove(name).ok_or_else(unknown)
    }

    /// The credentials in the file, by name. Those in variables are not among them: their names cannot be told from
    /// the variables.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, CredentialError> {
        let listed = |(name, credential): (String, Credential)| {
            let (kind, identity) = credential.describe();
            Listed { name, kind, identity }
        };
        Ok(self.read()?.into_iter().map(listed).collect())
    }

    /// Keeps a credential, in place of one of the same name; answers whether there was one.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn set(&self, name: &str, credential: Credential) -> Result<bool, CredentialError> {
        self.change(|all| all.insert(name.to_owned(), credential).is_some())
    }

    /// Forgets a credential; answers whether there was one.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn delete(&self, name: &str) -> Result<bool, CredentialError> {
        if !self.file.exists() {
            return Ok(false);
        }
        self.change(|all| all.remove(name).is_some())
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Credential>) -> T,
    ) -> Result<T, CredentialError> {
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|source| io_error("create", folder, source))?;
        // Two changes at once: the second waits, so that it doesn't take the first one back.
        let lock_path = self.file.with_extension("lock");
        let lock = private().open(&lock_path).map_err(|source| io_error("open", &lock_path, source))?;
        lock.lock().map_err(|source| io_error("lock", &lock_path, source))?;
        let mut all = self.read()?;
        let answer = change(&mut all);
        let key = self.key_for_writing()?;
        let text = sealed::seal(&entry::to_json(&all), &key)?;
        let write = || -> io::Result<()> {
            let mut file = tempfile::Builder::new().prefix(".credentials").tempfile_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            // Temporary files are the user's alone, and stay so under their new name.
            file.persist(&self.file).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|source| io_error("write", &self.file, source))?;
        Ok(answer)
    }

    fn read(&self) -> Result<BTreeMap<String, Credential>, CredentialError> {
        let text = match std::fs::read_to_string(&self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(source) => return Err(io_error("read", &self.file, source)),
        };
        let damaged = |what: String| CredentialError::Damaged { path: self.file.clone(), what };
        let sealed = sealed::Sealed::parse(&text).map_err(damaged)?;
        let key = self.key_for_reading(&sealed)?;
        let Some(plain) = sealed.open(&key)? else {
            return Err(CredentialError::WrongKey { path: self.file.clone(), key: key.name() });
        };
        entry::from_json(&plain).map_err(damaged)
    }

    fn key_for_reading(&self, sealed: &sealed::Sealed) -> Result<Key, CredentialError> {
        let missing = |advice: String| CredentialError::NoKey { path: self.file.clone(), advice };
        if sealed.needs_passphrase() {
            let passphrase = self.passphrase.clone();
            return passphrase
                .map(Key::Passphrase)
                .ok_or_else(|| missing(format!("set {PASSPHRASE_VARIABLE} to their passphrase")));
        }
        let found = self.kept_key()?;
        found.ok_or_else(|| {
            missing(match self.in_keyring {
                true => format!("the keyring has none for it; if it is in a file, take {KEY_VARIABLE} away"),
                false => format!(
                    "the key file {} is not there; set {KEY_FILE_VARIABLE} to where it is",
                    self.key_file.display()
                ),
            })
        })
    }

    /// A passphrase that is given counts: so a file changes from a key file to a passphrase by being written.
    fn key_for_writing(&self) -> Result<Key, CredentialError> {
        if let Some(passphrase) = &self.passphrase {
            return Ok(Key::Passphrase(passphrase.clone()));
        }
        if let Some(key) = self.kept_key()? {
            return Ok(key);
        }
        let key = sealed::new_key()?;
        if self.in_keyring {
            keyring::write(&self.account(), &key).map_err(CredentialError::Keyring)?;
            return Ok(Key::File(key));
        }
        let write = || -> io::Result<()> {
            let mut file = private().create_new(true).open(&self.key_file)?;
            file.write_all(key.reveal().as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        };
        write().map_err(|source| io_error("write", &self.key_file, source))?;
        Ok(Key::File(key))
    }

    /// The key in the keyring, or in the key file; none if there is none yet.
    fn kept_key(&self) -> Result<Option<Key>, CredentialError> {
        if self.in_keyring {
            let found = keyring::read(&self.account()).map_err(CredentialError::Keyring)?;
            return Ok(found.map(Key::File));
        }
        self.key_file()
    }

    /// What the keyring knows the key by.
    fn account(&self) -> String {
        std::path::absolute(&self.file).unwrap_or_else(|_| self.file.clone()).display().to_string()
    }

    fn key_file(&self) -> Result<Option<Key>, CredentialError> {
        let path = &self.key_file;
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(io_error("read", path, source)),
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let found = std::fs::metadata(path).map_err(|source| io_error("read", path, source))?;
            if found.permissions().mode() & 0o077 != 0 {
                return Err(CredentialError::KeyIsOpen { path: path.clone() });
            }
        }
        if text.trim().len() < sealed::SHORTEST_KEY {
            let what = format!("a key has at least {} characters", sealed::SHORTEST_KEY);
            return Err(CredentialError::Damaged { path: path.clone(), what });
        }
        Ok(Some(Key::File(Secret::new(text.trim()))))
    }
}

/// How a file that is the user's alone is opened for writing.
fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

fn folder(variables: &Variables) -> Option<PathBuf> {
    let set = |name: &str| variables.get(name).filter(|text| !text.is_empty()).map(PathBuf::from);
    let base = set("XDG_CONFIG_HOME")
        .or_else(|| if cfg!(windows) { set("APPDATA") } else { None })
        .or_else(|| set("HOME").map(|home| home.join(".config")));
    base.map(|base| base.join("pqm"))
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> CredentialError {
    CredentialError::Io { action, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests;
