//! Each kernel against its function, called row by row with the same arguments.

use std::sync::Arc;

use super::call::by_kernel;
use super::tests::{Dice, SORTS, Sort, number_from, sort_of, value};
use super::{Fate, Vector};
use crate::Engine;
use crate::eval::Context;
use crate::host::{Host, HostError, Now};
use crate::library::{Library, declarations};
use crate::table::Column;
use crate::value::types::ParameterType;
use crate::value::{Callable, Kind, Member, Native, Value, literal_text};

/// A moment among those that the tests make.
struct Clock;

impl Host for Clock {
    fn now(&self) -> Result<Now, HostError> {
        Ok(Now { utc_ticks: 638_513_658_000_000_000, offset_minutes: 120 })
    }
}

/// A column of one kind, with some nulls.
fn column(dice: &mut Dice, sort: Sort, len: usize) -> Vector {
    let nulls = *dice.pick(&[0, 0, 20]);
    let cells: Column = (0..len)
        .map(|_| match dice.chance(nulls) {
            true => Member::Ready(Value::Null),
            false => Member::Ready(value(dice, sort)),
        })
        .collect();
    Vector::from_input(&Arc::new(cells))
}

/// What is given in each row for a parameter that columns are seldom given for.
fn constant(dice: &mut Dice, parameter: &ParameterType) -> Value {
    let texts = |dice: &mut Dice, texts: &[&str]| match dice.pick(texts) {
        &"" => Value::Null,
        text => Value::text(text),
    };
    match parameter.name.as_str() {
        "culture" | "options" => texts(dice, &["", "", "de-DE", "fr-FR", "xx-YY"]),
        "format" => texts(dice, &["", "N2", "0.00", "X", "%%%"]),
        "comparer" => Value::Null,
        "character" => texts(dice, &["", "0", "é", "😀"]),
        "removeChars" | "selectChars" | "trim" | "characters" => match dice.below(3) {
            0 => Value::text("a"),
            1 => Value::list(["a", " ", "é"].map(Value::text)),
            _ => texts(dice, &["", "b"]),
        },
        "index" | "startIndex" | "endIndex" | "occurrence" | "precision" | "roundingMode" => {
            match dice.below(3) {
                0 => Value::Int64(dice.below(4) as i64),
                _ => Value::Null,
            }
        }
        _ => match sort_of(&parameter.ty.form) {
            Some(Sort::Number) => match dice.below(8) {
                0 => Value::Int64(dice.next() as i64),
                1 => Value::Double(1.5),
                2 => Value::Null,
                _ => Value::Int64(dice.below(7) as i64),
            },
            Some(Sort::Text) if dice.chance(70) => texts(dice, &["a", " ", ",", "1", "e", "x y", "-"]),
            Some(sort) => value(dice, sort),
            None => {
                let sort = *dice.pick(&SORTS);
                value(dice, sort)
            }
        },
    }
}

fn arguments(dice: &mut Dice, native: &Native, len: usize) -> Vec<Vector> {
    let ty = &native.parameters.ty;
    let optional = ty.parameters.len() - ty.required;
    let count = ty.required + dice.below(optional + 1);
    let parameters = ty.parameters.iter().take(count).enumerate();
    parameters
        .map(|(at, parameter)| match sort_of(&parameter.ty.form) {
            Some(sort) if at == 0 || dice.chance(20) => column(dice, sort, len),
            None if at == 0 => {
                let sort = *dice.pick(&SORTS);
                column(dice, sort, len)
            }
            _ => Vector::same(constant(dice, parameter), len),
        })
        .collect()
}

fn shown(ctx: &Context, value: &Value) -> String {
    format!("{value:?} {}", literal_text(ctx, value).unwrap_or_default())
}

/// Compares a kernel with its function for some arguments: whether it had an answer for some row.
fn compare(ctx: &Context, native: &Native, given: &[Vector], len: usize) -> bool {
    let Some(made) = by_kernel(ctx, native, given).unwrap() else { return false };
    assert_eq!(made.len(), len, "{}", native.name);
    let mut answered = false;
    for row in 0..len {
        let mut values: Vec<Value> = given.iter().map(|vector| vector.value(row)).collect();
        let call = format!("{}({values:?})", native.name);
        values.resize(native.parameters.kinds.len(), Value::Null);
        let called = ctx.call_native(native, &mut values);
        match (made.fate(row), called) {
            (Fate::Unknown, _) => {}
            (Fate::Raises, called) => assert!(called.is_err(), "{call} gives {called:?}"),
            (Fate::Value, Ok(value)) => {
                assert_eq!(shown(ctx, &made.value(row)), shown(ctx, &value), "{call}");
                answered |= value.kind() != Kind::Null;
            }
            (Fate::Value, Err(error)) => panic!("{call} raises {error} and not {:?}", made.value(row)),
        }
    }
    answered
}

#[test]
fn a_kernel_gives_what_its_function_gives() {
    let query = Engine::new().with_host(Clock).compile("test", "null").unwrap();
    let ctx = query.start();
    let rounds = number_from("PQM_KERNEL_ROUNDS").unwrap_or(150);
    let (mut count, mut silent) = (0, Vec::new());
    for (at, declared) in declarations().filter(|declared| declared.kernel.is_some()).enumerate() {
        let Some(Value::Function(function)) = Library::get().lookup(declared.name) else {
            panic!("{} is no function", declared.name)
        };
        let Callable::Native(native) = function.callable() else { panic!("{} is not native", declared.name) };
        let mut dice = Dice(number_from("PQM_VECTOR_SEED").unwrap_or(1) + ((at as u64) << 32));
        let mut answered = false;
        for _ in 0..rounds {
            let len = 1 + dice.below(24);
            let given = arguments(&mut dice, native, len);
            answered |= compare(&ctx, native, &given, len);
        }
        match answered {
            true => count += 1,
            false => silent.push(declared.name),
        }
    }
    // Of dates made of numbers hardly any is one, and there are no binary values and no lists for formats here.
    silent.retain(|name| !name.starts_with('#') && !name.starts_with("Binary.") && *name != "Text.Format");
    assert!(silent.is_empty(), "these kernels never had an answer: {silent:?}");
    assert!(count >= 120, "{count} kernels have answers");
}
