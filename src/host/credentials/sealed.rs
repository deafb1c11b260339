//! The sealed file: ChaCha20-Poly1305 over all credentials at once, under a key that is made anew for each writing.
//!
//! A passphrase becomes a key by Argon2id with the parameters that RFC 9106 recommends second (64 MiB, three passes,
//! four lanes); the content of a key file, which is random, by HKDF. Either way the salt is new each time, so that no
//! key meets the same nonce twice. The head of the file is authenticated along.

use argon2::{Algorithm, Argon2, Params, Version};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf;
use ring::rand::{SecureRandom, SystemRandom};

use super::CredentialError;
use crate::host::http::Secret;

const HEAD: &str = "pqm credentials 1";
const SALT: usize = 32;
/// Kibibytes, passes and lanes of Argon2id. Other values would be another version of the file.
const MEMORY: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;
/// Characters; a key that we make has twice as many.
pub(super) const SHORTEST_KEY: usize = 32;

/// What opens a file.
pub(super) enum Key {
    Passphrase(Secret),
    File(Secret),
}

impl Key {
    /// What people call it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Key::Passphrase(_) => "passphrase",
            Key::File(_) => "key",
        }
    }

    fn mark(&self) -> &'static str {
        match self {
            Key::Passphrase(_) => PASSPHRASE,
            Key::File(_) => KEY_FILE,
        }
    }

    fn derive(&self, salt: &[u8]) -> Result<LessSafeKey, CredentialError> {
        let mut bytes = [0; 32];
        match self {
            Key::Passphrase(passphrase) => {
                let failed = |error: argon2::Error| CredentialError::NotSealed(error.to_string());
                let params = Params::new(MEMORY, PASSES, LANES, Some(bytes.len())).map_err(failed)?;
                let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                argon.hash_password_into(passphrase.reveal().as_bytes(), salt, &mut bytes).map_err(failed)?;
            }
            Key::File(key) => {
                let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(key.reveal().as_bytes());
                let purpose = [HEAD.as_bytes()];
                let made = secret.expand(&purpose, hkdf::HKDF_SHA256).map_err(|_| broken())?;
                made.fill(&mut bytes).map_err(|_| broken())?;
            }
        }
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| broken())?;
        Ok(LessSafeKey::new(key))
    }
}

const PASSPHRASE: &str = "passphrase";
const KEY_FILE: &str = "key-file";

/// A key to write into a file.
pub(super) fn new_key() -> Result<Secret, CredentialError> {
    Ok(Secret::new(hex(&random::<32>()?)))
}

/// Seals a text.
pub(super) fn seal(plain: &Secret, key: &Key) -> Result<String, CredentialError> {
    let (salt, nonce) = (random::<SALT>()?, random::<NONCE_LEN>()?);
    let head = format!("{HEAD} {}", key.mark());
    let mut sealed = plain.reveal().as_bytes().to_vec();
    key.derive(&salt)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(head.as_bytes()),
            &mut sealed,
        )
        .map_err(|_| broken())?;
    Ok(format!("{head}\n{}\n{}\n{}\n", hex(&salt), hex(&nonce), hex(&sealed)))
}

/// A file that was read and not opened yet.
pub(super) struct Sealed {
    head: String,
    salt: Vec<u8>,
    nonce: [u8; NONCE_LEN],
    content: Vec<u8>,
}

impl Sealed {
    pub(super) fn parse(text: &str) -> Result<Sealed, String> {
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default().to_owned();
        if head != format!("{HEAD} {PASSPHRASE}") && head != format!("{HEAD} {KEY_FILE}") {
            return Err(format!("it does not begin with {HEAD:?}"));
        }
        let mut bytes = |what: &str| {
            let line = lines.next().and_then(unhex);
            line.ok_or_else(|| format!("its {what} cannot be read"))
        };
        let salt = bytes("salt")?;
        let nonce = bytes("nonce")?.try_into().map_err(|_| "its nonce has another length".to_owned())?;
        Ok(Sealed { head, salt, nonce, content: bytes("content")? })
    }

    pub(super) fn needs_passphrase(&self) -> bool {
        self.head.ends_with(PASSPHRASE)
    }

    /// What was sealed; none if the key does not fit.
    pub(super) fn open(mut self, key: &Key) -> Result<Option<Secret>, CredentialError> {
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let key = key.derive(&self.salt)?;
        let opened = key.open_in_place(nonce, Aad::from(self.head.as_bytes()), &mut self.content);
        let text = opened.ok().and_then(|bytes| std::str::from_utf8(bytes).ok());
        Ok(text.map(Secret::new))
    }
}

fn random<const N: usize>() -> Result<[u8; N], CredentialError> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| CredentialError::NotSealed("no randomness".to_owned()))?;
    Ok(bytes)
}

fn broken() -> CredentialError {
    CredentialError::NotSealed("the cipher refused".to_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let byte = |at: usize| text.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    (0..text.len()).step_by(2).map(byte).collect()
}
