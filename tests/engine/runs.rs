//! Parameters, calls, limits and tokens of single runs.

use pqm::eval::Limits;
use pqm::text::Source;
use pqm::value::{Stop, Value};
use pqm::{Engine, Query};

fn discount() -> Query {
    let engine = Engine::new().with_parameters("(price as number, optional code as text)");
    engine.compile("discount", "if code = \"HALF\" then price / 2 else price").unwrap()
}

fn double(value: &Value) -> f64 {
    value.to_double().unwrap()
}

#[test]
fn each_run_has_its_own_parameters() {
    let query = discount();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let query = &query;
            scope.spawn(move || {
                for number in 0..100 {
                    let price = f64::from(thread * 1000 + number);
                    let whole = query.run().with("price", price).evaluate().unwrap();
                    assert_eq!(double(whole.value()), price);
                    let half = query.run().with("price", price).with("code", "HALF").evaluate().unwrap();
                    assert_eq!(double(half.value()), price / 2.0);
                }
            });
        }
    });
}

#[test]
fn parameters_are_checked_before_anything_runs() {
    let query = discount();
    let message = |run: pqm::Run| run.start().err().map(|error| error.message().to_string());
    assert_eq!(message(query.run()), Some("The parameter 'price' was given no value.".into()));
    assert_eq!(
        message(query.run().with("price", "1")),
        Some("We cannot convert the value \"1\" to type Number.".into())
    );
    assert_eq!(
        message(query.run().with("price", 1.0).with("cod", "HALF")),
        Some("The program has no parameter 'cod'.".into())
    );
    assert_eq!(message(query.run().with("price", 1.0).with("code", Value::Null)), None);
}

#[test]
fn names_of_parameters_are_known_to_the_compiler() {
    let engine = Engine::new().with_parameters("(price as number, #\"unit price\" as number)");
    assert!(engine.compile("test", "price + #\"unit price\"").is_ok());
    let found = engine.compile("test", "prise").err().unwrap();
    assert_eq!(found[0].help.as_deref().map(|help| help.contains("price")), Some(true), "{found:?}");
    assert!(Engine::new().compile("test", "price").is_err());
}

#[test]
fn section_members_are_defaults_of_parameters() {
    let engine = Engine::new().with_parameters("(Rate as number)");
    let section = "section Prices; shared Rate = 2; shared Price = (amount) => amount * Rate;";
    let query =
        engine.compile_all(vec![Source::new("prices", section), Source::new("main", "Price(10)")]).unwrap();
    assert_eq!(double(query.run().evaluate().unwrap().value()), 20.0);
    assert_eq!(double(query.run().with("Rate", 3.0).evaluate().unwrap().value()), 30.0);
    assert_eq!(double(query.run().evaluate_member("Rate").unwrap().value()), 2.0);
    assert!(query.run().evaluate_member("Nothing").is_err());
}

#[test]
fn a_program_that_is_a_function_is_called() {
    let query = Engine::new().compile("add", "(a as number, optional b) => a + (b ?? 1)").unwrap();
    assert_eq!(double(query.call(&[1.0.into(), 2.0.into()]).unwrap().value()), 3.0);
    assert_eq!(double(query.call(&[1.0.into()]).unwrap().value()), 2.0);
    assert!(query.call(&["x".into()]).is_err());
    assert!(query.call(&[]).is_err());
    // Kept, it is called again without evaluating the program again.
    let add = query.run().evaluate().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..100 {
                    let sum = add.call(&[f64::from(number).into(), 5.0.into()]).unwrap();
                    assert_eq!(double(sum.value()), f64::from(number + 5));
                }
            });
        }
    });
    let number = Engine::new().compile("one", "1").unwrap();
    assert!(number.call(&[]).err().unwrap().message().contains("type Function"));
}

#[test]
fn what_is_lazy_is_read_after_the_run() {
    let query = Engine::new().compile("lazy", "[a = 1 + 1, b = a * 10, c = error \"never read\"]").unwrap();
    let result = query.run().evaluate().unwrap();
    let result = std::thread::spawn(move || {
        assert_eq!(double(&result.field("b").unwrap().unwrap()), 20.0);
        result
    });
    let result = result.join().unwrap();
    assert_eq!(result.field("c").err().unwrap().message().as_str(), "never read");
    assert!(result.field("d").unwrap().is_none());
}

#[test]
fn a_run_is_limited_and_cancelled_alone() {
    let engine = Engine::new();
    let query =
        engine.compile("endless", "List.Count(List.Generate(() => 0, each true, each _ + 1))").unwrap();
    let limited = query.run().with_limits(Limits { steps: Some(5_000), ..Limits::default() });
    assert_eq!(limited.evaluate().err().and_then(|error| error.as_stop()), Some(Stop::Steps(5_000)));

    let run = query.run();
    let token = run.cancel_token();
    let running = std::thread::spawn(move || run.evaluate().err().and_then(|error| error.as_stop()));
    token.cancel();
    assert_eq!(running.join().unwrap(), Some(Stop::Cancelled));
    let one = engine.compile("one", "1").unwrap();
    assert!(one.run().evaluate().is_ok());

    // The engine's token ends them all.
    let run = query.run();
    engine.cancel_token().cancel();
    assert_eq!(run.evaluate().err().and_then(|error| error.as_stop()), Some(Stop::Cancelled));
}

#[test]
fn short_readings_count_against_the_limits_of_their_run() {
    let query =
        Engine::new().compile("calls", "(n) => List.Count(List.Select({1..100}, each _ > n))").unwrap();
    let run = query.run().with_limits(Limits { steps: Some(10_000), ..Limits::default() });
    let function = run.evaluate().unwrap();
    let stopped = (0..1_000).find_map(|_| function.call(&[50.0.into()]).err());
    assert_eq!(stopped.and_then(|error| error.as_stop()), Some(Stop::Steps(10_000)));
}
