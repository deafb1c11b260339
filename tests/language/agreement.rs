//! Generated programs give what a naive, eager evaluator gives for them: the resolver's slots, captures, cells and
//! groups must not be visible.

use std::rc::Rc;

use proptest::prelude::*;

use super::shown;

/// A program. Variables are numbered from the outside in.
#[derive(Clone, Debug)]
enum Program {
    Number(i64),
    /// One of the variables in scope, counted from the innermost.
    Variable(usize),
    Add(Box<Program>, Box<Program>),
    Less(Box<Program>, Box<Program>, Box<Program>, Box<Program>),
    Let(Vec<Program>, Box<Program>),
    /// A function of one parameter, called at once or through a variable.
    Apply(Box<Program>, Box<Program>),
    /// `{a, b, c}{i}`
    Pick(Vec<Program>, usize),
    /// `[x = a, y = b + x][y]`
    Field(Box<Program>, Box<Program>),
    /// A recursive function that adds the numbers up to a small one and a captured value.
    Sum(Box<Program>, Box<Program>),
}

fn programs() -> impl Strategy<Value = Program> {
    let leaf = prop_oneof![(-9i64..10).prop_map(Program::Number), (0usize..6).prop_map(Program::Variable)];
    leaf.prop_recursive(6, 60, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            (boxed.clone(), boxed.clone()).prop_map(|(a, b)| Program::Add(a, b)),
            (boxed.clone(), boxed.clone(), boxed.clone(), boxed.clone())
                .prop_map(|(a, b, c, d)| Program::Less(a, b, c, d)),
            (prop::collection::vec(inner.clone(), 1..4), boxed.clone()).prop_map(|(a, b)| Program::Let(a, b)),
            (boxed.clone(), boxed.clone()).prop_map(|(a, b)| Program::Apply(a, b)),
            (prop::collection::vec(inner, 1..4), 0usize..4).prop_map(|(a, at)| Program::Pick(a, at)),
            (boxed.clone(), boxed.clone()).prop_map(|(a, b)| Program::Field(a, b)),
            (boxed.clone(), boxed).prop_map(|(a, b)| Program::Sum(a, b)),
        ]
    })
}

/// The program as M text; `depth` variables are in scope.
fn text(program: &Program, depth: usize) -> String {
    match program {
        Program::Number(number) => format!("({number})"),
        Program::Variable(_) if depth == 0 => "1".to_owned(),
        Program::Variable(back) => format!("v{}", depth - 1 - back % depth),
        Program::Add(a, b) => format!("({} + {})", text(a, depth), text(b, depth)),
        Program::Less(a, b, c, d) => {
            let parts = [a, b, c, d].map(|part| text(part, depth));
            format!("(if {} < {} then {} else {})", parts[0], parts[1], parts[2], parts[3])
        }
        Program::Let(values, body) => {
            let bindings: Vec<String> = values
                .iter()
                .enumerate()
                .map(|(at, value)| format!("v{} = {}", depth + at, text(value, depth + at)))
                .collect();
            format!("(let {} in {})", bindings.join(", "), text(body, depth + values.len()))
        }
        Program::Apply(body, argument) => {
            format!("((v{depth}) => {})({})", text(body, depth + 1), text(argument, depth))
        }
        Program::Pick(items, at) => {
            let all: Vec<String> = items.iter().map(|item| text(item, depth)).collect();
            format!("{{{}}}{{{}}}", all.join(", "), at % items.len())
        }
        Program::Field(a, b) => {
            format!("[v{depth} = {}, r = {} + v{depth}][r]", text(a, depth), text(b, depth + 1))
        }
        Program::Sum(seed, item) => format!(
            "(let f = (v{depth}) => if v{depth} <= 0 then {} else {} + @f(v{depth} - 1) in f(3))",
            text(seed, depth + 1),
            text(item, depth + 1)
        ),
    }
}

/// What the program comes to when everything is evaluated in the order it is written, variables in a plain stack.
fn reference(program: &Program, scope: &Rc<Vec<i64>>) -> i64 {
    let with = |value: i64| {
        let mut inner = (**scope).clone();
        inner.push(value);
        Rc::new(inner)
    };
    match program {
        Program::Number(number) => *number,
        Program::Variable(_) if scope.is_empty() => 1,
        Program::Variable(back) => scope[scope.len() - 1 - back % scope.len()],
        Program::Add(a, b) => reference(a, scope) + reference(b, scope),
        Program::Less(a, b, c, d) => {
            reference(if reference(a, scope) < reference(b, scope) { c } else { d }, scope)
        }
        Program::Let(values, body) => {
            let mut inner = (**scope).clone();
            for value in values {
                let value = reference(value, &Rc::new(inner.clone()));
                inner.push(value);
            }
            reference(body, &Rc::new(inner))
        }
        Program::Apply(body, argument) => reference(body, &with(reference(argument, scope))),
        Program::Pick(items, at) => reference(&items[at % items.len()], scope),
        Program::Field(a, b) => {
            let first = reference(a, scope);
            reference(b, &with(first)) + first
        }
        Program::Sum(seed, item) => {
            let mut total = reference(seed, &with(0));
            for number in 1..=3 {
                total += reference(item, &with(number));
            }
            total
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn generated_programs_agree_with_the_reference(program in programs()) {
        let code = text(&program, 0);
        prop_assert_eq!(shown(&code), reference(&program, &Rc::new(Vec::new())).to_string(), "{}", code);
    }
}
