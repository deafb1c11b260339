use std::fmt;

/// A secret: a password, key or token. It prints as `***`, in debug output too, and has no serialised form, so that
/// it cannot reach a log, an error, a file or a history row by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Keeps a secret.
    pub fn new(secret: impl Into<Box<str>>) -> Secret {
        Secret(secret.into())
    }

    /// The secret itself: only for the place that sends or stores it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl From<&str> for Secret {
    fn from(secret: &str) -> Secret {
        Secret::new(secret)
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Secret {
        Secret::new(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ClientCredentials, Credential};
    use super::*;

    #[test]
    fn nothing_prints_a_secret() {
        let secret = Secret::new("hunter2");
        let basic = Credential::Basic { user: "u".into(), password: secret.clone() };
        let oauth = Credential::ClientCredentials(ClientCredentials {
            token_url: "https://login/token".into(),
            client_id: "id".into(),
            client_secret: secret.clone(),
            scope: "s".into(),
        });
        for shown in [format!("{secret}"), format!("{secret:?}"), format!("{basic:?}"), format!("{oauth:#?}")]
        {
            assert!(shown.contains("***") && !shown.contains("hunter2"), "{shown}");
        }
    }
}
