//! Calls of library functions, taken from their documentation. The page on coverage counts by them too.

use pqm::Engine;
use pqm::library::Declaration;
use pqm::syntax::{Node, NodeId, Tree, parse_expression};
use pqm::value::types::Form;
use pqm::value::{Function, Kind};

/// Values that arguments are made of where the documentation shows no call that stands by itself.
const PLAIN: &[(Kind, &str)] = &[
    (Kind::Text, "\"a\""),
    (Kind::Number, "1"),
    (Kind::Logical, "true"),
    (Kind::List, "{1, 2}"),
    (Kind::Record, "[a = 1]"),
    (Kind::Table, "#table({\"a\"}, {{1}})"),
    (Kind::Function, "(optional x, optional y, optional z) => x"),
    (Kind::Type, "type text"),
    (Kind::Binary, "#binary({65, 66})"),
    (Kind::Date, "#date(2024, 2, 29)"),
    (Kind::Time, "#time(1, 2, 3)"),
    (Kind::DateTime, "#datetime(2024, 2, 29, 1, 2, 3)"),
    (Kind::DateTimeZone, "#datetimezone(2024, 2, 29, 1, 2, 3, 2, 0)"),
    (Kind::Duration, "#duration(1, 2, 3, 4)"),
];

/// Arguments that a function is called with: those of the first example that gives a value and calls it with nothing
/// but what stands in the call (no variable, nothing of the host), else an ordinary value of each parameter's type.
pub fn arguments(engine: &Engine, declaration: &Declaration, function: &Function) -> Vec<String> {
    let examples = declaration.examples.iter().filter(|example| !example.result.starts_with("error: "));
    let known = |argument: &String| {
        engine.compile("argument", argument).is_ok_and(|query| query.evaluate(&query.start()).is_ok())
    };
    let shown = examples
        .filter_map(|example| arguments_in(example.usage, declaration.name))
        .find(|arguments| !arguments.is_empty() && arguments.iter().all(known));
    shown.unwrap_or_else(|| {
        let parameters = function.parameters();
        let kinds = parameters.kinds.iter().take(parameters.ty.required.max(1));
        kinds.map(|kinds| plain(|kind| kinds.contains(kind)).unwrap_or("null").to_owned()).collect()
    })
}

/// A value of the first kind that is admitted.
pub fn plain(admitted: impl Fn(Kind) -> bool) -> Option<&'static str> {
    PLAIN.iter().find(|(kind, _)| admitted(*kind)).map(|(_, text)| *text)
}

/// How many parameters a function has.
pub fn parameter_count(function: &Function) -> usize {
    match &function.function_type().form {
        Form::Function(Some(ty)) => ty.parameters.len(),
        _ => 0,
    }
}

/// The arguments of the first call of `name` in a text.
fn arguments_in(text: &str, name: &str) -> Option<Vec<String>> {
    let tree = parse_expression(text).tree;
    let mut found = None;
    find(&tree, tree.root(), text, name, &mut found);
    found
}

fn find(tree: &Tree, id: NodeId, text: &str, name: &str, found: &mut Option<Vec<String>>) {
    if let Node::Call { callee, arguments } = tree.node(id)
        && tree.span(callee).of(text) == name
    {
        let spans = tree.list(arguments).iter().map(|argument| tree.span(*argument));
        found.get_or_insert_with(|| spans.map(|span| span.of(text).to_owned()).collect());
    }
    tree.visit_children(id, |child| {
        if found.is_none() {
            find(tree, child, text, name, found);
        }
    });
}
