//! Credentials go in and do what they are for; the secrets come out nowhere.

use std::path::Path;

use super::program::{Ran, command, finish};

const SECRET: &str = "hunter2-s3cret";

fn credential(folder: &Path, arguments: &[&str], input: &str) -> Ran {
    let mut command = command();
    command.arg("credential").args(arguments).env("PQM_CREDENTIALS_FILE", folder.join("kept"));
    for name in ["PQM_CREDENTIALS_PASSPHRASE", "PQM_CREDENTIALS_KEY_FILE"] {
        command.env_remove(name);
    }
    finish(&mut command, input)
}

#[test]
fn a_credential_is_kept_listed_tested_and_forgotten_and_tells_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let mut said = String::new();
    let mut run = |arguments: &[&str], input: &str, code: i32, expected: &str| {
        let ran = credential(folder.path(), arguments, input);
        let all = format!("{}{}", ran.out, ran.err);
        assert_eq!(ran.code, code, "{arguments:?}: {all}");
        assert!(all.contains(expected), "{arguments:?}: {all}");
        said.push_str(&all);
    };
    run(&["list"], "", 0, "No credential is kept");
    run(&["set", "Sales", "--user", "ann"], &format!("{SECRET}\n"), 0, "Sales is kept");
    run(&["set", "Sales", "--user", "bob"], &format!("{SECRET}\r\n"), 0, "Sales is replaced");
    run(&["set", "Hook", "--kind", "bearer"], SECRET, 0, "kept");
    run(&["list"], "", 0, "Sales: basic for bob");
    run(&["list", "--json"], "", 0, "\"kind\": \"bearer\"");
    run(&["test", "Sales"], "", 0, "Sales is there: basic for bob");
    run(&["test", "sales"], "", 2, "PQM_CREDENTIAL_SALES_");
    run(&["set", "Empty", "--user", "u"], "\n", 2, "is empty");
    run(&["set", "Nobody"], SECRET, 2, "needs --user");
    run(&["delete", "Hook"], "", 0, "forgotten");
    run(&["delete", "Hook"], "", 2, "no credential");
    std::fs::write(folder.path().join("kept.key"), "0123456789abcdef0123456789abcdef").unwrap();
    run(&["list"], "", 5, "do not open with this key");
    assert!(!said.contains(SECRET), "{said}");
    for file in ["kept", "kept.key"] {
        let bytes = std::fs::read(folder.path().join(file)).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "{file}");
    }
}

/// The keyring that `tests/servers/keyring.sh` has started holds the key, and no file does.
#[cfg(feature = "keyring")]
#[test]
#[ignore = "needs a keyring: tests/servers/keyring.sh"]
fn the_key_of_credentials_may_be_in_the_keyring() {
    let folder = tempfile::tempdir().unwrap();
    let run = |keyring: bool, arguments: &[&str]| {
        let mut command = command();
        command.arg("credential").args(arguments).env("PQM_CREDENTIALS_FILE", folder.path().join("kept"));
        if keyring {
            command.env("PQM_CREDENTIALS_KEY", "keyring");
        }
        let ran = finish(&mut command, SECRET);
        (ran.code, format!("{}{}", ran.out, ran.err))
    };
    for _ in 0..2 {
        assert_eq!(run(true, &["set", "Sales", "--user", "ann"]).0, 0);
        let (code, said) = run(true, &["list"]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("Sales: basic for ann"), "{said}");
    }
    assert!(folder.path().join("kept").exists() && !folder.path().join("kept.key").exists());
    // Whoever does not look there has no key.
    assert_eq!(run(false, &["list"]).0, 5);
}

/// The password is asked for by an address, and a credential is used for the connections that name it.
#[cfg(feature = "http")]
#[test]
fn a_credential_is_tried_on_an_address_and_on_a_project() {
    let folder = tempfile::tempdir().unwrap();
    credential(folder.path(), &["set", "Sales", "--user", "ann"], SECRET);
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", server.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let mut asked = String::new();
        for answer in ["401 Unauthorized", "200 OK"] {
            let (mut stream, _) = server.accept().unwrap();
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap();
            asked.push_str(&String::from_utf8_lossy(&buffer[..read]));
            let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
        }
        asked
    });
    let test = |rest: &[&str]| credential(folder.path(), &[&["test", "Sales"], rest].concat(), "");
    let refused = test(&["--address", &address]);
    assert_eq!(refused.code, 5, "{}", refused.err);
    let accepted = test(&["--address", &address]);
    assert!(accepted.code == 0 && accepted.out.contains("accepts it: status 200"), "{accepted:?}");
    // "ann:hunter2-s3cret" in Base64.
    assert_eq!(served.join().unwrap().matches("Basic YW5uOmh1bnRlcjItczNjcmV0").count(), 2);

    std::fs::write(
        folder.path().join("project.yaml"),
        "name: P\nconnections: [{ name: Files, kind: csv, address: ., credential: Sales }]\nconnection_set:\n  \
         name: S\n  source: { connections: [Files] }\n  destination: { connections: [Files] }\ntasks: []\n",
    )
    .unwrap();
    let reached = test(&["--project", folder.path().to_str().unwrap()]);
    assert!(reached.code == 0 && reached.out.contains("Files accepts it"), "{reached:?}");
    assert!(!format!("{refused:?}{accepted:?}{reached:?}").contains(SECRET));
}
