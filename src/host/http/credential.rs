use super::{HttpError, Secret};

/// What a host proves itself with to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// Nothing: the server is known to ask for none.
    Anonymous,
    /// A user name and a password.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token that is sent as it is.
    Bearer(Secret),
    /// A key that goes into the query parameter which the script names (`ApiKeyName`).
    ApiKey(Secret),
    /// A token that is fetched, and fetched again when it ends.
    ClientCredentials(ClientCredentials),
}

/// OAuth 2.0 client credentials (RFC 6749, section 4.4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientCredentials {
    /// The token end-point.
    pub token_url: String,
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: Secret,
    /// What the token is for, such as `https://org.crm.dynamics.com/.default`.
    pub scope: String,
}

impl std::hash::Hash for Secret {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.reveal().hash(state);
    }
}

/// Where a host keeps its credentials. Scripts never see them: they name an address, and the host adds what it has
/// for it.
pub trait Credentials: Send + Sync {
    /// The credential for an address; `None` if there is none.
    ///
    /// # Errors
    /// The store cannot be read.
    fn credential(&self, url: &str) -> Result<Option<Credential>, HttpError>;
}

/// Credentials by the beginning of the address they are for; of several the longest counts.
impl Credentials for Vec<(String, Credential)> {
    fn credential(&self, url: &str) -> Result<Option<Credential>, HttpError> {
        let fits = |prefix: &str| {
            // A prefix ends at a part of the address: `https://a.example` is not one of `https://a.example.evil.net`.
            url.strip_prefix(prefix).is_some_and(|rest| {
                rest.is_empty() || prefix.ends_with('/') || rest.starts_with(['/', '?', '#'])
            })
        };
        let best = self.iter().filter(|(prefix, _)| fits(prefix)).max_by_key(|(prefix, _)| prefix.len());
        Ok(best.map(|(_, credential)| credential.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_address_counts_and_ends_at_a_part() {
        let key = |text: &str| Credential::ApiKey(Secret::new(text));
        let known = vec![
            ("https://a.example".to_owned(), key("1")),
            ("https://a.example/deep".to_owned(), key("2")),
            ("https://b.example/".to_owned(), key("3")),
        ];
        let found = |url: &str| known.credential(url).unwrap();
        assert_eq!(found("https://a.example"), Some(key("1")));
        assert_eq!(found("https://a.example/deep?x"), Some(key("2")));
        assert_eq!(found("https://a.example/deeper"), Some(key("1")));
        assert_eq!(found("https://b.example/x"), Some(key("3")));
        assert_eq!(found("https://a.example.evil.net/"), None);
        assert_eq!(found("http://a.example/"), None);
    }
}
