//! Who is told how a run ended: mail servers and webhooks of the tests' own take what comes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::workspace::Workspace;

/// A mail server that takes what it is sent, but refuses recipients whose address holds "refused".
fn mail_server(kept: Arc<Mutex<Vec<String>>>) -> u16 {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in server.incoming() {
            let kept = Arc::clone(&kept);
            std::thread::spawn(move || mail_session(stream.unwrap(), &kept));
        }
    });
    port
}

fn mail_session(mut stream: TcpStream, kept: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes());
    let mut whole = String::new();
    let _ = say("220 sink");
    while let Some(Ok(line)) = lines.next() {
        whole.push_str(&format!("{line}\n"));
        let command = line.to_ascii_uppercase();
        let answer = if command.starts_with("EHLO") {
            "250-sink\r\n250 AUTH PLAIN"
        } else if command.starts_with("RCPT") && command.contains("REFUSED") {
            "550 no such mailbox"
        } else if command.starts_with("DATA") {
            let _ = say("354 go on");
            for line in lines.by_ref().map_while(Result::ok).take_while(|line| line != ".") {
                whole.push_str(&format!("{line}\n"));
            }
            kept.lock().unwrap().push(whole.clone());
            "250 taken"
        } else if command.starts_with("AUTH") {
            "235 welcome"
        } else {
            "250 ok"
        };
        if say(answer).is_err() || command.starts_with("QUIT") {
            break;
        }
    }
}

/// A web server that gives these answers in turn, the last one for ever, and keeps what it was asked.
fn web_server(answers: &'static [&'static str], kept: Arc<Mutex<Vec<String>>>) -> String {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook", server.local_addr().unwrap());
    std::thread::spawn(move || {
        for (i, stream) in server.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            kept.lock().unwrap().push(format!("{head}\n{}", String::from_utf8(body).unwrap()));
            let answer = answers.get(i).or(answers.last()).unwrap();
            let text = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(text.as_bytes()).unwrap();
        }
    });
    address
}

/// A project that tells `notifications`; one of its two rows is rejected.
fn project(notifications: &str) -> Workspace {
    let workspace = Workspace::people("id,name,born,country\n1,Ann,,DE\n2,Bob,,Atlantis\n", "QrySourceData");
    workspace.replace("project.yaml", "tasks:\n", &format!("{notifications}tasks:\n"));
    workspace
}

fn notified(workspace: &Workspace) -> Value {
    workspace.pqm(&["history", "--run", "1", "--format", "json"]).json()["notifications"].clone()
}

#[cfg(feature = "smtp")]
#[test]
fn mail_goes_to_each_recipient_and_list_and_one_that_is_refused_keeps_it_from_no_other() {
    const SECRET: &str = "hunter2-s3cret";
    let kept = Arc::new(Mutex::new(Vec::new()));
    let port = mail_server(Arc::clone(&kept));
    let workspace = project(&format!(
        "mailing_lists: {{ Operations: [ann@example.com, refused@example.com, bob@example.com] }}\n\
         notifications:\n  - email:\n      server: 127.0.0.1\n      port: {port}\n      security: none\n      \
         credential: Mail\n      from: Integration <pqm@example.com>\n      to: [Operations, cy@example.com, ann@example.com]\n  \
         - when: [error, completed]\n    email: {{ server: 127.0.0.1, port: {port}, security: none, from: a@b.c, to: [never@example.com] }}\n"
    ));
    let run = |arguments: &[&str]| {
        let mut command = workspace.command(arguments);
        command.env("PQM_CREDENTIAL_MAIL_USER", "pqm").env("PQM_CREDENTIAL_MAIL_PASSWORD", SECRET);
        Workspace::ended(command.output().unwrap())
    };
    let ended = run(&["run"]);
    assert_eq!(ended.code, Some(6), "{}", ended.said());
    assert!(ended.said().contains("Not notified: refused@example.com by email: "), "{}", ended.said());
    let mails = kept.lock().unwrap().clone();
    let to =
        |name: &str| mails.iter().filter(|mail| mail.contains(&format!("To: {name}@example.com"))).count();
    assert_eq!((mails.len(), to("ann"), to("bob"), to("cy")), (3, 1, 1, 1));
    assert!(mails[0].contains("Subject: People: WARNING, 1 row rejected"), "{}", mails[0]);
    assert!(mails[0].contains("rejected 1"), "{}", mails[0]);
    // \0pqm\0hunter2-s3cret in Base64.
    assert!(mails[0].contains("AUTH PLAIN AHBxbQBodW50ZXIyLXMzY3JldA=="), "{}", mails[0]);
    let told = notified(&workspace);
    let errors: Vec<bool> = told.as_array().unwrap().iter().map(|one| one["error"].is_string()).collect();
    assert_eq!(errors, [false, true, false, false]);
    let said = ended.said() + &run(&["history", "--run", "1"]).said();
    assert!(said.contains("Notified ann@example.com by email.") && !said.contains(SECRET), "{said}");
    let database = std::fs::read(workspace.path(".pqm/history.sqlite")).unwrap();
    assert!(!database.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()));
}

#[cfg(feature = "http")]
#[test]
fn a_webhook_is_tried_again_and_a_secret_address_comes_out_nowhere() {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let address = web_server(&["503 Busy", "204 No Content"], Arc::clone(&kept));
    let workspace = project(&format!("notifications: [{{ webhook: {{ address: \"{address}\" }} }}]\n"));
    assert_eq!(workspace.run().code, Some(6));
    let asked = kept.lock().unwrap().clone();
    assert_eq!(asked.len(), 2);
    let body: Value = serde_json::from_str(asked[1].split_once("\n\n").unwrap().1).unwrap();
    assert_eq!(body["status"], "WARNING");
    assert_eq!(body["tasks"][0]["rejected"], 1);
    assert_eq!(body["text"], "People: WARNING, 1 row rejected");
    assert!(notified(&workspace)[0]["error"].is_null());

    let gone = web_server(&["410 Gone"], Arc::new(Mutex::new(Vec::new())));
    let workspace = project("notifications: [{ webhook: { credential: Hook } }]\n");
    let mut command = workspace.command(&["run"]);
    let ended = Workspace::ended(command.env("PQM_CREDENTIAL_HOOK_TOKEN", &gone).output().unwrap());
    assert_eq!(ended.code, Some(6), "{}", ended.said());
    let said = ended.said() + &notified(&workspace).to_string();
    assert!(said.contains("it answered 410 Gone") && !said.contains(&gone), "{said}");
}

#[test]
fn nobody_to_tell_and_nobody_there_fail_no_run() {
    let workspace = project(
        "notifications:\n  - { email: { server: 127.0.0.1, port: 1, credential: None, from: a@b.c, to: [d@e.f] } }\n",
    );
    let ended = workspace.run();
    assert_eq!(ended.code, Some(6), "{}", ended.said());
    assert!(notified(&workspace)[0]["error"].as_str().unwrap().contains("there is no credential \"None\""));
    let mistakes = project(
        "notifications:\n  - { email: { server: s, from: a@b.c, to: [Nobody] } }\n  - { when: [] }\n  \
         - { webhook: { address: \"https://h/?token=hunter2\" } }\n",
    );
    let said = mistakes.pqm(&["check"]).said();
    for expected in ["neither an address", "either by email or by webhook", "never sent", "holds a password"]
    {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
}
