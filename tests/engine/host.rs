//! What hosts bind: values and functions of their own, and what they grant.

use pqm::Engine;
use pqm::value::Value;

fn number(engine: &Engine, code: &str) -> Result<f64, String> {
    let query = engine.compile("host", code).map_err(|found| found[0].message.clone())?;
    let ctx = query.start();
    let value = query.evaluate(&ctx).map_err(|error| error.to_string())?;
    value.to_double().ok_or_else(|| format!("{value:?}"))
}

#[test]
fn bound_values_and_functions_are_names_of_the_program() {
    let engine = Engine::new().with_value("Rate", Value::from(0.5)).with_function(
        "Host.Scale",
        "(amount as number, optional factor as nullable number) as number",
        |_, arguments| Ok(Value::from(arguments.double(0)? * arguments.optional_double(1)?.unwrap_or(10.0))),
    );
    assert_eq!(number(&engine, "Host.Scale(4) + Rate"), Ok(40.5));
    assert_eq!(number(&engine, "Host.Scale(4, 2)"), Ok(8.0));
    assert_eq!(
        number(&engine, "Host.Scale(\"4\")"),
        Err("Expression.Error: We cannot convert the value \"4\" to type Number.".to_owned())
    );
    assert_eq!(
        number(&engine, "Host.Scale()"),
        Err("Expression.Error: 0 arguments were passed to a function which expects between 1 and 2."
            .to_owned())
    );
}

#[test]
fn a_bound_name_goes_before_the_librarys() {
    let engine = Engine::new().with_value("Number.PI", Value::from(3.0));
    assert_eq!(number(&engine, "Number.PI"), Ok(3.0));
}

#[test]
fn nothing_is_granted_unless_the_host_grants_it() {
    let query = Engine::new().compile("host", "1").unwrap();
    let error = query.start().now().unwrap_err();
    assert!(error.message().contains("clock"), "{error}");
}
