//! A rules engine over JSON: rules are M functions that business users write, each order is a JSON document.
//!
//! The rules are compiled once. Each order is judged by calling the compiled rules, from as many threads as there are.

use pqm::value::Value;
use pqm::{Engine, Evaluated};

/// One rule a row: its name, and a function of an order that says whether the rule applies and what follows.
const RULES: &str = r#"
let
    Total = (order) => List.Sum(List.Transform(order[lines], each [price] * [quantity])) ?? 0,
    Rules = {
        [
            Name = "volume discount",
            Applies = (order) => Total(order) > 1000,
            Then = (order) => [discount = Number.Round(Total(order) * 0.05, 2)]
        ],
        [
            Name = "free shipping",
            Applies = (order) => order[customer][country] = Home and Total(order) >= 50,
            Then = (order) => [shipping = 0]
        ],
        [
            Name = "credit check",
            Applies = (order) => Host.OpenInvoices(order[customer][id]) > 3,
            Then = (order) => [hold = true, reason = "more than three open invoices"]
        ]
    },
    Judge = (order) =>
        let
            hits = List.Select(Rules, each [Applies](order)),
            outcome = Record.Combine({[total = Total(order)]} & List.Transform(hits, each [Then](order)))
        in
            outcome & [rules = List.Transform(hits, each [Name])]
in
    (document as text) => Judge(Json.Document(document))
"#;

/// Compiles the rules and evaluates them to the function that judges an order.
///
/// # Errors
/// What is wrong with the rules, in words for their author.
pub fn rules() -> Result<Evaluated, String> {
    let engine = Engine::new().with_parameters("(Home as text)").with_function(
        "Host.OpenInvoices",
        "(customer as number) as number",
        |_, arguments| {
            // A real host would ask its database.
            let open = if arguments.whole(0, "customer")? == 7 { 5_i64 } else { 1 };
            Ok(Value::from(open))
        },
    );
    let query = engine.compile("rules", RULES).map_err(|found| {
        found.iter().map(|diagnostic| diagnostic.message.as_str()).collect::<Vec<_>>().join("\n")
    })?;
    query.run().with("Home", "NL").evaluate().map_err(|error| error.to_string())
}

/// Judges one order.
///
/// # Errors
/// The error of the document or of a rule, such as a field that is not there.
pub fn judge(rules: &Evaluated, order: &str) -> Result<serde_json::Value, String> {
    let outcome = rules.call(&[Value::text(order)]).and_then(|outcome| outcome.json());
    outcome.map_err(|error| error.to_string())
}

#[allow(dead_code)] // The tests call what is above.
fn main() -> Result<(), String> {
    let rules = rules()?;
    for order in [
        r#"{"customer": {"id": 1, "country": "NL"}, "lines": [{"price": 600, "quantity": 2}]}"#,
        r#"{"customer": {"id": 7, "country": "BE"}, "lines": [{"price": 9.5, "quantity": 1}]}"#,
        r#"{"customer": {"id": 2}, "lines": []}"#,
    ] {
        match judge(&rules, order) {
            Ok(outcome) => println!("{outcome}"),
            Err(error) => println!("{error}"),
        }
    }
    Ok(())
}
