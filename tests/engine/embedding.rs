//! The programs of `docs/embedding.md`, run.

#[path = "../../examples/embedding/etl_service.rs"]
#[cfg(feature = "tokio")]
mod etl_service;
#[path = "../../examples/embedding/rules_engine.rs"]
mod rules_engine;
#[path = "../../examples/embedding/tenants.rs"]
mod tenants;

use pqm::value::Stop;
use serde_json::json;

use crate::leaks::{alone, in_use};
use tenants::Outcome;

#[test]
fn rules_judge_orders() {
    let rules = rules_engine::rules().unwrap();
    let judge = |order: serde_json::Value| rules_engine::judge(&rules, &order.to_string());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let large = judge(json!({"customer": {"id": 1, "country": "NL"},
                                         "lines": [{"price": 600, "quantity": 2}]}));
                let expected = json!({"total": 1200, "discount": 60, "shipping": 0,
                                      "rules": ["volume discount", "free shipping"]});
                assert_eq!(large, Ok(expected));
                let held = judge(json!({"customer": {"id": 7, "country": "BE"},
                                        "lines": [{"price": 9.5, "quantity": 1}]}));
                let expected = json!({"total": 9.5, "hold": true, "reason": "more than three open invoices",
                                      "rules": ["credit check"]});
                assert_eq!(held, Ok(expected));
            });
        }
    });
    let error = judge(json!({"customer": {"id": 2}, "lines": []})).unwrap_err();
    assert_eq!(error, "Expression.Error: The field 'country' of the record wasn't found.");
    assert!(rules_engine::judge(&rules, "{").unwrap_err().starts_with("DataFormat.Error"));
}

#[cfg(feature = "tokio")]
#[test]
fn the_service_answers_with_rows() {
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpStream};

    fn post(address: SocketAddr, path: &str, body: &str) -> (u16, serde_json::Value) {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        (status, serde_json::from_str(body).unwrap())
    }

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let service = etl_service::service(runtime.handle()).unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0))).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move { axum::serve(listener, service).await });

    let order = |product: &str, region: &str, amount: f64, currency: &str| json!({"product": product, "region": region, "amount": amount, "currency": currency});
    let orders = json!([
        order("tea", "north", 10.0, "EUR"),
        order("cake", "north", 4.0, "USD"),
        order("tea", "north", 8.0, "USD"),
        order("tea", "south", 100.0, "???")
    ])
    .to_string();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let rows = json!([{"product": "cake", "euros": 2}, {"product": "tea", "euros": 14}]);
                assert_eq!(post(address, "/totals/north", &orders), (200, rows));
            });
        }
    });
    assert_eq!(post(address, "/totals/west", &orders), (200, json!([])));
    let (status, error) = post(address, "/totals/south", &orders);
    assert_eq!((status, error["error"].as_str()), (422, Some("There is no rate for '???'.")));
    // A body that is no list does not even start the script.
    assert_eq!(post(address, "/totals/north", "{}").0, 422);
}

#[test]
fn bad_neighbours_are_stopped_and_the_others_finish() {
    if !alone("embedding::bad_neighbours_are_stopped_and_the_others_finish") {
        return;
    }
    let check = || {
        for (tenant, outcome) in tenants::run_all(1_000, 4) {
            let expected = match tenant % 50 {
                0 | 10 | 30 | 40 => matches!(outcome, Outcome::Stopped(Stop::Steps(_) | Stop::Depth(_))),
                20 => outcome == Outcome::Stopped(Stop::Rows(10_000)),
                _ => outcome == Outcome::Finished((1..=50).sum::<u32>() as f64 * 2.0 + tenant as f64),
            };
            assert!(expected, "tenant {tenant}: {outcome:?}");
        }
    };
    check();
    let before = in_use();
    check();
    let grown = in_use() - before;
    assert!(grown < 64 * 1024, "{grown} bytes stay after a thousand scripts");
}
