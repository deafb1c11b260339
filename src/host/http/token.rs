//! Tokens of OAuth 2.0: fetched once however many callers want one, and again when they end.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{ClientCredentials, GoOn, HttpError, Secret};

/// The tokens of a client, one for each credential.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<ClientCredentials, Arc<Slot>>>);

#[derive(Default)]
struct Slot {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// Whether a caller is fetching one; the others wait for it.
    fetching: bool,
}

struct Token {
    secret: Secret,
    ends: Instant,
}

/// How long before its end a token is no longer used, at most.
const LEEWAY: Duration = Duration::from_secs(60);
/// How long a caller waits for another one's token before it is asked whether to go on.
const LOOK: Duration = Duration::from_millis(10);

impl Tokens {
    /// A token for `client`, from `fetch` if there is none that lasts, other than the one that a server `refused`.
    pub(super) fn get(
        &self,
        client: &ClientCredentials,
        refused: Option<&Secret>,
        fetch: impl FnOnce() -> Result<(Secret, Duration), HttpError>,
        go_on: GoOn<'_>,
    ) -> Result<Secret, HttpError> {
        let slot = Arc::clone(lock(&self.0).entry(client.clone()).or_default());
        let mut state = lock(&slot.state);
        loop {
            if let Some(token) = &state.token
                && Instant::now() < token.ends
                && Some(&token.secret) != refused
            {
                return Ok(token.secret.clone());
            }
            if !state.fetching {
                break;
            }
            state = slot.changed.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
            if !go_on() {
                return Err(HttpError::GivenUp);
            }
        }
        state.fetching = true;
        drop(state);
        let fetched = fetch();
        let mut state = lock(&slot.state);
        state.fetching = false;
        slot.changed.notify_all();
        let (secret, lasts) = fetched?;
        let ends = Instant::now() + lasts.saturating_sub(LEEWAY.min(lasts / 5));
        state.token = Some(Token { secret: secret.clone(), ends });
        Ok(secret)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The body of the request for a token.
pub(super) fn form(client: &ClientCredentials) -> String {
    let mut url = reqwest::Url::parse("http://form/").ok();
    if let Some(url) = &mut url {
        url.query_pairs_mut()
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &client.client_id)
            .append_pair("client_secret", client.client_secret.reveal())
            .append_pair("scope", &client.scope);
    }
    url.as_ref().and_then(|url| url.query()).unwrap_or_default().to_owned()
}

/// The token in an answer (RFC 6749, sections 5.1 and 5.2), and how long it lasts.
pub(super) fn read(
    client: &ClientCredentials,
    status: u16,
    body: &[u8],
) -> Result<(Secret, Duration), HttpError> {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| json.get(name).and_then(serde_json::Value::as_str);
    match text("access_token") {
        Some(token) if status == 200 => {
            // Some servers write the seconds as a text.
            let seconds = json.get("expires_in").and_then(|seconds| match seconds {
                serde_json::Value::String(text) => text.parse().ok(),
                other => other.as_u64(),
            });
            Ok((Secret::new(token), Duration::from_secs(seconds.unwrap_or(300).min(86_400 * 30))))
        }
        _ => {
            let error = text("error").unwrap_or("no access token in the answer");
            let about = text("error_description").map(|text| format!(": {text}")).unwrap_or_default();
            let message = format!(
                "The token end-point '{}' refused the client '{}' ({status}, {error}{about}). Check the credential.",
                client.token_url, client.client_id
            );
            // A server that repeats what it was sent must not bring the secret into a message.
            Err(HttpError::Credential(message.replace(client.client_secret.reveal(), "***")))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn client() -> ClientCredentials {
        ClientCredentials {
            token_url: "https://login.example/token".into(),
            client_id: "app".into(),
            client_secret: Secret::new("s3cr&t"),
            scope: "https://org.example/.default".into(),
        }
    }

    #[test]
    fn many_callers_fetch_one_token() {
        let (tokens, fetches) = (Tokens::default(), AtomicUsize::new(0));
        let (tokens, fetches) = (&tokens, &fetches);
        let get = |refused: Option<&Secret>| {
            let fetch = || {
                let number = fetches.fetch_add(1, Ordering::SeqCst) + 1;
                std::thread::sleep(Duration::from_millis(20));
                Ok((Secret::new(format!("token {number}")), Duration::from_secs(3600)))
            };
            tokens.get(&client(), refused, fetch, &|| true).unwrap()
        };
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..20).map(|_| scope.spawn(|| get(None))).collect();
            for caller in callers {
                assert_eq!(caller.join().unwrap(), Secret::new("token 1"));
            }
        });
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
        let refused = Secret::new("token 1");
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..20).map(|_| scope.spawn(|| get(Some(&refused)))).collect();
            for caller in callers {
                assert_eq!(caller.join().unwrap(), Secret::new("token 2"));
            }
        });
        assert_eq!(get(Some(&refused)), Secret::new("token 2"));
        assert_eq!(fetches.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_token_that_ended_or_failed_is_fetched_again() {
        let tokens = Tokens::default();
        let get = |outcome| tokens.get(&client(), None, || outcome, &|| true);
        let gone = HttpError::NotConnected("x".into());
        assert_eq!(get(Err(gone.clone())), Err(gone));
        assert_eq!(get(Ok((Secret::new("1"), Duration::ZERO))), Ok(Secret::new("1")));
        assert_eq!(get(Ok((Secret::new("2"), Duration::from_secs(60)))), Ok(Secret::new("2")));
        assert_eq!(get(Ok((Secret::new("3"), Duration::from_secs(60)))), Ok(Secret::new("2")));
    }

    #[test]
    fn answers_of_the_token_end_point() {
        assert_eq!(
            form(&client()),
            "grant_type=client_credentials&client_id=app&client_secret=s3cr%26t&scope=https%3A%2F%2Forg.example%2F.default"
        );
        let good = br#"{"access_token":"t","token_type":"Bearer","expires_in":"3"}"#;
        assert_eq!(read(&client(), 200, good), Ok((Secret::new("t"), Duration::from_secs(3))));
        let bad = br#"{"error":"invalid_client","error_description":"wrong secret s3cr&t"}"#;
        let error = read(&client(), 401, bad).unwrap_err().to_string();
        assert!(error.contains("invalid_client") && !error.contains("s3cr&t"), "{error}");
        assert!(read(&client(), 200, b"<html>").is_err());
    }
}
