use super::*;
use crate::host::http::ClientCredentials;

fn store(folder: &Path, variables: &[(&str, &str)]) -> CredentialStore {
    let file = folder.join("deep/credentials");
    let named = [(FILE_VARIABLE, file.to_str().unwrap())];
    let all = named.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    CredentialStore::of_environment(all.collect()).unwrap()
}

fn all_kinds() -> Vec<Credential> {
    vec![
        Credential::Anonymous,
        Credential::Basic { user: "ann".into(), password: "pässword-1".into() },
        Credential::Bearer("token-2".into()),
        Credential::ApiKey("key-3".into()),
        Credential::ClientCredentials(ClientCredentials {
            token_url: "https://login.example/token".into(),
            client_id: "app".into(),
            client_secret: "secret-4".into(),
            scope: "s".into(),
        }),
    ]
}

#[test]
fn what_is_kept_comes_back_and_the_file_tells_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &[]);
    for (i, credential) in all_kinds().into_iter().enumerate() {
        assert!(!store.set(&format!("Name {i}"), credential.clone()).unwrap());
        assert_eq!(store.get(&format!("Name {i}")).unwrap(), credential);
    }
    let text = std::fs::read_to_string(store.file()).unwrap();
    for plain in ["Name", "ann", "word-1", "token-2", "key-3", "secret-4"] {
        assert!(!text.contains(plain), "{text}");
    }
    let listed = store.list().unwrap();
    assert_eq!(listed[1].identity.as_deref(), Some("ann"));
    assert_eq!(listed[4].kind, CredentialKind::ClientCredentials);
    assert!(store.set("Name 1", Credential::Anonymous).unwrap());
    assert!(store.delete("Name 1").unwrap() && !store.delete("Name 1").unwrap());
    assert!(matches!(store.get("Name 1"), Err(CredentialError::Unknown { .. })));
    #[cfg(unix)]
    for file in [store.file.clone(), store.key_file.clone()] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn another_key_or_a_changed_byte_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let keyed = store(folder.path(), &[]);
    keyed.set("a", Credential::Bearer("t".into())).unwrap();
    let text = std::fs::read_to_string(keyed.file()).unwrap();
    let changed = |line: usize, from: usize| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let old = lines[line].remove(from);
        lines[line].insert(from, if old == '0' { '1' } else { '0' });
        lines.join("\n")
    };
    for (line, at) in [(1, 0), (2, 3), (3, 0), (3, 40)] {
        std::fs::write(keyed.file(), changed(line, at)).unwrap();
        assert!(matches!(keyed.get("a"), Err(CredentialError::WrongKey { .. })), "line {line}");
    }
    for damaged in ["", "nonsense", "pqm credentials 1 key-file\n00\n", "pqm credentials 1 key-file\nxx\n"] {
        std::fs::write(keyed.file(), damaged).unwrap();
        assert!(matches!(keyed.get("a"), Err(CredentialError::Damaged { .. })), "{damaged}");
    }
    std::fs::write(keyed.file(), &text).unwrap();
    std::fs::remove_file(&keyed.key_file).unwrap();
    assert!(matches!(keyed.get("a"), Err(CredentialError::NoKey { .. })));
}

#[test]
fn a_passphrase_takes_the_place_of_the_key_file() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path(), &[]).set("a", Credential::Bearer("t".into())).unwrap();
    let with = store(folder.path(), &[(PASSPHRASE_VARIABLE, "correct horse")]);
    with.set("b", Credential::Bearer("u".into())).unwrap();
    assert_eq!(with.get("a").unwrap(), Credential::Bearer("t".into()));
    let wrong = store(folder.path(), &[(PASSPHRASE_VARIABLE, "battery staple")]);
    let message = wrong.get("a").unwrap_err().to_string();
    assert!(message.contains("this passphrase") && !message.contains("staple"), "{message}");
    assert!(matches!(store(folder.path(), &[]).get("a"), Err(CredentialError::NoKey { .. })));
}

#[test]
#[cfg(unix)]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &[]);
    store.set("a", Credential::Anonymous).unwrap();
    std::fs::set_permissions(&store.key_file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(store.get("a"), Err(CredentialError::KeyIsOpen { .. })));
}

#[test]
fn variables_count_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path(), &[]).set("sales db", Credential::Bearer("file".into())).unwrap();
    let found = |variables: &[(&str, &str)]| store(folder.path(), variables).get("sales db");
    assert_eq!(found(&[]).unwrap(), Credential::Bearer("file".into()));
    let basic = found(&[("PQM_CREDENTIAL_SALES_DB_USER", "u"), ("PQM_CREDENTIAL_SALES_DB_PASSWORD", "p")]);
    assert_eq!(basic.unwrap(), Credential::Basic { user: "u".into(), password: "p".into() });
    let error = found(&[("PQM_CREDENTIAL_SALES_DB_PASSWORD", "hunter2")]).unwrap_err().to_string();
    assert!(error.contains("PQM_CREDENTIAL_SALES_DB_USER") && !error.contains("hunter2"), "{error}");
    let shown = format!("{:?}", store(folder.path(), &[("PQM_CREDENTIAL_A_TOKEN", "hunter2")]));
    assert!(!shown.contains("hunter2"), "{shown}");
}
