//! `Web.Contents` and `Web.Headers`.

use std::sync::Arc;
use std::time::Duration;

use pqm::Engine;
use pqm::eval::Limits;
use pqm::host::http::{Credential, HostGrants, HttpClient, Secret};
use pqm::host::{LocalHost, NoHost};
use pqm::value::Stop;

use crate::host::{Impatient, evaluate};
use crate::server::{Ending, Server, answer, raw};

fn text(code: &str) -> String {
    evaluate(Impatient::everywhere(), code)
}

#[test]
fn a_document_is_read_from_one_request() {
    let server = Server::start(|_, _| {
        answer(200, &[("Content-Type", "text/csv; charset=utf-8")], "id,name\n1,a\n2,\u{e9}\n")
    });
    let address = &server.address;
    let shown = text(&format!(
        "let Source = Web.Contents(\"{address}\", [RelativePath = \"data/x.csv\", Query = [q = \"a b\", n = {{\"1\", \"2\"}}, \
         none = {{}}]]),
             Table = Table.PromoteHeaders(Csv.Document(Source))
         in [Rows = Table.RowCount(Table), Name = Table{{1}}[name], Status = Value.Metadata(Source)[Response.Status],
             Type = Value.Metadata(Source)[Content.Type], Again = Text.FromBinary(Source)]"
    ));
    assert_eq!(
        shown,
        "[Rows = 2, Name = \"\u{e9}\", Status = 200, Type = \"text/csv\", Again = \"id,name#(lf)1,a#(lf)2,\u{e9}#(lf)\"]"
    );
    assert_eq!(server.paths(), ["GET /data/x.csv?q=a%20b&n=1&n=2"]);
}

#[test]
fn nothing_is_asked_for_what_is_not_read_and_only_once_for_what_is() {
    let server = Server::start(|_, before| answer(200, &[], &before.to_string()));
    let address = &server.address;
    assert_eq!(text(&format!("let a = Web.Contents(\"{address}\") in 1")), "1");
    assert_eq!(server.paths().len(), 0);
    let shown = text(&format!(
        "let ask = (options) => Text.FromBinary(Web.Contents(\"{address}\", options))
         in {{ask([]), ask([]), ask([Headers = [a = \"1\"]]), ask([Headers = [a = \"2\"], \
         ExcludedFromCacheKey = {{\"A\"}}]), ask([IsRetry = true]), ask([])}}"
    ));
    assert_eq!(shown, "{\"0\", \"0\", \"1\", \"0\", \"2\", \"2\"}");
}

#[test]
fn a_post_sends_its_content() {
    let server = Server::start(|asked, _| answer(200, &[], &format!("{} {}", asked.method, asked.body)));
    let shown = text(&format!(
        "Text.FromBinary(Web.Contents(\"{}\", [Content = Json.FromValue([x = 1]), \
         Headers = [#\"Content-Type\" = \"application/json\"]]))",
        server.address
    ));
    assert_eq!(shown, "\"POST {\"\"x\"\":1}\"");
    assert_eq!(server.asked.lock().unwrap()[0].headers["content-type"], "application/json");
}

#[test]
fn a_busy_server_is_asked_again_as_it_says() {
    let server = Server::start(|_, before| match before {
        0 => answer(429, &[("Retry-After", "7")], ""),
        1 => answer(503, &[("Retry-After", "0")], ""),
        2 => answer(504, &[], ""),
        _ => answer(200, &[], "at last"),
    });
    let host = Impatient::everywhere();
    let code = format!("Text.FromBinary(Web.Contents(\"{}\"))", server.address);
    assert_eq!(evaluate(host.clone(), &code), "\"at last\"");
    // As said; not less than half a second; the third wait when nothing is said.
    assert_eq!(*host.waited.lock().unwrap(), Duration::from_millis(7000 + 500 + 4000));
}

#[test]
fn a_server_that_stays_busy_is_given_up() {
    let server = Server::start(|_, _| answer(503, &[], ""));
    let address = &server.address;
    let code = format!("Text.FromBinary(Web.Contents(\"{address}/a?b=c\"))");
    assert_eq!(
        text(&code),
        format!(
            "error: DataSource.Error: Web.Contents failed to get contents from '{address}/a?b=c' (503): Service \
             Unavailable"
        )
    );
    assert_eq!(server.paths().len(), 4);
}

#[test]
fn errors_say_what_was_asked() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/500" => answer(500, &[], "broken"),
        "/401" => answer(401, &[], ""),
        "/403" => answer(403, &[], ""),
        _ => answer(404, &[], "nothing here"),
    });
    let address = &server.address;
    let shown = text(&format!(
        "let e = (try Text.FromBinary(Web.Contents(\"{address}/x?y=1\")))[Error] in [M = e[Message], R = e[Reason], D = e[Detail]]"
    ));
    assert_eq!(
        shown,
        format!(
            "[M = \"Web.Contents failed to get contents from '{address}/x?y=1' (404): Not Found\", \
             R = \"DataSource.Error\", D = [DataSourceKind = \"Web\", DataSourcePath = \"{address}/x\", \
             Url = \"{address}/x?y=1\"]]"
        )
    );
    let error = |path: &str| text(&format!("Binary.Length(Web.Contents(\"{address}{path}\"))"));
    assert!(error("/500").contains("(500): Internal Server Error"), "{}", error("/500"));
    assert!(error("/401").contains("credentials provided for the Web source are invalid"));
    assert!(error("/403").contains("Access to the resource is forbidden."));
    // Not one of them is worth another try.
    assert_eq!(server.paths().len(), 4);
    let manual = text(&format!(
        "let r = Web.Contents(\"{address}/x\", [ManualStatusHandling = {{404, 500}}])
         in {{Value.Metadata(r)[Response.Status], Text.FromBinary(r)}}"
    ));
    assert_eq!(manual, "{404, \"nothing here\"}");
    assert!(text("Web.Contents(\"ftp://a/b\")").contains("must be a valid 'http:' or 'https:' URL"));
    assert!(
        text("Web.Contents(\"http://a/\", [Timeout = 3])")
            .contains("We cannot convert the value 3 to type Duration")
    );
    let gone = text("Text.FromBinary(Web.Contents(\"http://127.0.0.1:1/\"))");
    assert!(gone.contains("Unable to connect to the remote server"), "{gone}");
}

#[test]
fn redirections_are_followed_as_documented() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/see" => answer(303, &[("Location", "/got")], ""),
        "/keep" => answer(307, &[("Location", "got")], ""),
        "/loop" => answer(302, &[("Location", "/loop")], ""),
        "/nowhere" => answer(302, &[], ""),
        _ => answer(200, &[], &format!("{} {}", asked.method, asked.body)),
    });
    let address = &server.address;
    let post = |path: &str| {
        text(&format!("Text.FromBinary(Web.Contents(\"{address}{path}\", [Content = Text.ToBinary(\"c\")]))"))
    };
    assert_eq!(post("/see"), "\"GET \"");
    assert_eq!(post("/keep"), "\"POST c\"");
    assert!(post("/loop").contains("More than 20 redirections"), "{}", post("/loop"));
    assert!(post("/nowhere").contains("no Location header"), "{}", post("/nowhere"));
}

#[test]
fn only_granted_names_are_reached_even_by_redirection() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/away" => answer(302, &[("Location", "http://localhost:1/secret")], ""),
        _ => answer(200, &[], "here"),
    });
    let address = &server.address;
    let port: String = address.chars().skip("http://127.0.0.1:".len()).collect();
    let granted = |names: &[&str], path: &str| {
        let host = Impatient::new(HttpClient::new(HostGrants::named(names.iter().copied())));
        evaluate(host, &format!("Text.FromBinary(Web.Contents(\"{address}{path}\"))"))
    };
    assert_eq!(granted(&["127.0.0.1"], "/"), "\"here\"");
    assert_eq!(granted(&[&format!("127.0.0.1:{port}")], "/"), "\"here\"");
    let denied = granted(&["example.com"], "/");
    assert!(
        denied.contains(&format!("Access to the network address '127.0.0.1:{port}' isn't granted")),
        "{denied}"
    );
    let away = granted(&["127.0.0.1"], "/away");
    assert!(away.contains("'localhost:1' isn't granted"), "{away}");
    let none = evaluate(NoHost, &format!("Text.FromBinary(Web.Contents(\"{address}\"))"));
    assert!(none.contains("isn't granted"), "{none}");
}

#[test]
fn credentials_come_from_the_host_and_stay_with_it() {
    let server = Server::start(|asked, _| {
        let sent = asked.headers.get("authorization").map_or("", String::as_str);
        answer(200, &[], &format!("{sent}|{}", asked.path))
    });
    let address = &server.address;
    let with = |credential: Credential, code: &str| {
        let known = vec![(format!("{address}/"), credential)];
        let network = HttpClient::new(HostGrants::Everything).with_credentials(Arc::new(known));
        evaluate(Impatient::new(network), &code.replace("ADDRESS", &format!("{address}/x")))
    };
    let basic = || Credential::Basic { user: "u".into(), password: Secret::new("p") };
    let get = "Text.FromBinary(Web.Contents(\"ADDRESS\"))";
    assert_eq!(with(basic(), get), "\"Basic dTpw|/x\"");
    assert_eq!(with(Credential::Bearer("t".into()), get), "\"Bearer t|/x\"");
    let key = "Text.FromBinary(Web.Contents(\"ADDRESS\", [ApiKeyName = \"k\"]))";
    assert_eq!(with(Credential::ApiKey("s&t".into()), key), "\"|/x?k=s%26t\"");
    assert!(with(Credential::ApiKey("s".into()), get).contains("ApiKeyName"));
    let manual = "Text.FromBinary(Web.Contents(\"ADDRESS\", [ManualCredentials = true]))";
    assert_eq!(with(basic(), manual), "\"|/x\"");
    let post = "Web.Contents(\"ADDRESS\", [Content = Text.ToBinary(\"x\")])";
    assert!(with(basic(), post).contains("only supported when connecting anonymously"));
    let header = "Web.Contents(\"ADDRESS\", [Headers = [Authorization = \"x\"]])";
    assert!(
        with(basic(), header)
            .contains("The 'Authorization' header is only supported when connecting anonymously")
    );
}

#[test]
fn headers_of_an_address() {
    let server = Server::start(|asked, _| {
        answer(
            200,
            &[("X-Method", &asked.method), ("Set-Cookie", "secret"), ("Vary", "a"), ("Vary", "b")],
            "",
        )
    });
    let shown = text(&format!(
        "let h = Web.Headers(\"{}\") in {{h[#\"X-Method\"], h[Vary], Record.HasFields(h, \"Set-Cookie\"), \
         Value.Metadata(h)}}",
        server.address
    ));
    assert_eq!(shown, "{\"HEAD\", \"a, b\", false, [#\"Response.Status\" = 200]}");
}

#[test]
fn a_silent_server_meets_the_timeout_and_the_limits_of_the_evaluation() {
    let address = raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning", Ending::Silence);
    let code = |options: &str| format!("Text.FromBinary(Web.Contents(\"{address}\", {options}))");
    let timed = text(&code("[Timeout = #duration(0, 0, 0, 0.2)]"));
    assert!(timed.contains("The operation has timed out"), "{timed}");
    let limits = Limits { milliseconds: Some(200), ..Limits::default() };
    let engine = Engine::new().with_host(LocalHost::new(".")).with_limits(limits);
    let query = engine.compile("test", &code("[]")).unwrap();
    let error = query.evaluate(&query.start()).unwrap_err();
    assert_eq!(error.as_stop(), Some(Stop::Time(200)), "{error}");
}

#[test]
fn an_answer_that_breaks_off_is_an_error_after_what_came() {
    let address = raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na,b\n1,2\n3", Ending::Close);
    let rows = text(&format!("Table.RowCount(Csv.Document(Web.Contents(\"{address}\")))"));
    assert!(rows.contains("The connection was closed"), "{rows}");
}

#[test]
fn the_network_may_be_let_go_of_inside_another_runtime() {
    let server = Server::start(|_, _| answer(200, &[], "x"));
    let code = format!("Text.FromBinary(Web.Contents(\"{}\"))", server.address);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async move {
        assert_eq!(text(&code), "\"x\"");
    });
}
