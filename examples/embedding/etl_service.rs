//! An ETL step in an axum service: a request brings orders as JSON, the answer is the rows that an M script makes of
//! them.
//!
//! The script is compiled once, when the service starts. Each request runs it off the runtime's workers, with the
//! request's rows and region as parameters, under limits; a client that hangs up cancels its run. The script looks up
//! exchange rates through a host function that is a future.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use pqm::eval::Limits;
use pqm::value::{Error, Value};
use pqm::{Engine, Query};
use serde_json::{Value as JsonValue, json};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

/// From orders to totals by product, in euros, for one region.
const SCRIPT: &str = r#"
let
    Orders = Table.FromRecords(Body, type table [product = text, region = text, amount = number, currency = text]),
    Mine = Table.SelectRows(Orders, each [region] = Region),
    Rates = List.Buffer(List.Distinct(Mine[currency])),
    RateOf = Record.FromList(List.Transform(Rates, Host.Rate), Rates),
    InEuros = Table.AddColumn(Mine, "euros", each [amount] * Record.Field(RateOf, [currency]), type number),
    Totals = Table.Group(InEuros, {"product"}, {{"euros", each List.Sum([euros]), type number}})
in
    Table.Sort(Totals, {"product"})
"#;

/// The service: `POST /totals/{region}` with an array of orders.
///
/// # Errors
/// What is wrong with the script.
pub fn service(runtime: &Handle) -> Result<Router, String> {
    let limits = Limits {
        steps: Some(10_000_000),
        milliseconds: Some(5_000),
        rows: Some(10_000),
        ..Limits::default()
    };
    let engine = Engine::new()
        .with_limits(limits)
        .with_parameters("(Body as list, Region as text)")
        .with_async_function(runtime, "Host.Rate", "(currency as text) as number", |arguments| {
            let currency = arguments.text(0)?;
            Ok(async move {
                // A real service would ask another one.
                tokio::time::sleep(Duration::from_millis(1)).await;
                match currency.as_str() {
                    "EUR" => Ok(Value::from(1.0)),
                    "USD" => Ok(Value::from(0.5)),
                    other => Err(Error::expression(format!("There is no rate for '{other}'."))),
                }
            })
        });
    let query = engine.compile("totals", SCRIPT).map_err(|found| {
        found.iter().map(|diagnostic| diagnostic.message.as_str()).collect::<Vec<_>>().join("\n")
    })?;
    Ok(Router::new().route("/totals/{region}", post(totals)).with_state(query))
}

/// Runs the script and reads all rows in one go, so that no worker evaluates what was left lazy.
async fn totals(
    State(query): State<Query>,
    Path(region): Path<String>,
    Json(body): Json<JsonValue>,
) -> (StatusCode, Json<JsonValue>) {
    let run = query.run().with("Body", body).with("Region", region);
    match run.with_result_async(|result| result.json()).await {
        Ok(rows) => (StatusCode::OK, Json(rows)),
        // A limit is the script's fault, an M error mostly that of the rows.
        Err(error) if error.is_stop() => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"error": error.message().as_str()})))
        }
        Err(error) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Json(json!({"reason": error.reason().as_str(), "error": error.message().as_str()})),
        ),
    }
}

#[allow(dead_code)] // The tests call what is above.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = service(&Handle::current())?;
    let listener = TcpListener::bind(("127.0.0.1", 8080)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, service).await?)
}
