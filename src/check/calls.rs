//! Calls of library functions with too few, too many or the wrong kinds of arguments.

use super::Report;
use super::subject::Subject;
use crate::library::Library;
use crate::resolve::Target;
use crate::syntax::{Node, NodeId, UnaryOp};
use crate::value::types::{Form, FunctionType, Type};
use crate::value::{Kind, Value};

pub(super) fn check(subject: &Subject, report: &mut Report<'_>) {
    for visited in subject.nodes.iter().filter(|visited| !visited.guarded) {
        let Some((name, arguments)) = subject.call(visited.id) else { continue };
        // What is documented only is not checked: the documentation is not exact enough for that.
        if Library::get().is_absent(&name) {
            continue;
        }
        let Some(Value::Function(function)) = Library::get().lookup(&name) else { continue };
        let ty = function.function_type();
        let Form::Function(Some(function)) = &ty.form else { continue };
        number(subject, report, visited.id, &name, function, arguments.len());
        for (parameter, &argument) in function.parameters.iter().zip(arguments) {
            let Some(kind) = kind(subject, argument) else { continue };
            if parameter.ty.kinds().contains(kind) || parameter.ty.kinds().is_all() {
                continue;
            }
            let wanted = crate::value::type_text(&parameter.ty);
            let wanted = wanted.strip_prefix("type ").unwrap_or(&wanted);
            let message = format!("'{}' of {name} takes {wanted}, not {}.", parameter.name, kind.name());
            let label = format!("this is {}", kind.name());
            report
                .add("M0406", subject.span(argument), &message, &label)
                .help(format!("`pqm doc {name}` shows how it is called."));
        }
    }
}

fn number(
    subject: &Subject,
    report: &mut Report<'_>,
    id: NodeId,
    name: &str,
    function: &FunctionType,
    given: usize,
) {
    let (least, most) = (function.required, function.parameters.len());
    if (least..=most).contains(&given) {
        return;
    }
    let wanted = match (least, most) {
        (0, 0) => "no arguments".to_owned(),
        (1, 1) => "1 argument".to_owned(),
        (least, most) if least == most => format!("{least} arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    };
    report
        .add("M0405", subject.span(id), &format!("{name} takes {wanted}, not {given}."), "called here")
        .help(format!("`pqm doc {name}` shows how it is called."));
}

/// The kind of value that an expression certainly gives, if it gives one.
pub(super) fn kind(subject: &Subject, id: NodeId) -> Option<Kind> {
    let at = subject.value(id);
    Some(match subject.node(at) {
        Node::Null => Kind::Null,
        Node::Logical(_) => Kind::Logical,
        Node::Number => Kind::Number,
        Node::Unary { op: UnaryOp::Minus, operand } if matches!(subject.node(operand), Node::Number) => {
            Kind::Number
        }
        Node::Text => Kind::Text,
        Node::List(_) => Kind::List,
        Node::Record(_) => Kind::Record,
        Node::Function { .. } | Node::Each(_) => Kind::Function,
        Node::Type(_) => Kind::Type,
        Node::Name { .. } if subject.meanings.target(at) == Some(Target::Library) => {
            Library::get().lookup(&subject.name(at))?.as_plain().kind()
        }
        Node::Call { callee, .. } => {
            let Value::Function(function) = Library::get().lookup(&subject.library_name(callee)?)? else {
                return None;
            };
            match &function.function_type().form {
                Form::Function(Some(function)) => of_type(&function.returns)?,
                _ => return None,
            }
        }
        _ => return None,
    })
}

fn of_type(ty: &Type) -> Option<Kind> {
    if ty.admits_null() {
        return None;
    }
    Some(match ty.form {
        Form::Logical => Kind::Logical,
        Form::Number => Kind::Number,
        Form::Time => Kind::Time,
        Form::Date => Kind::Date,
        Form::DateTime => Kind::DateTime,
        Form::DateTimeZone => Kind::DateTimeZone,
        Form::Duration => Kind::Duration,
        Form::Text => Kind::Text,
        Form::Binary => Kind::Binary,
        Form::Type => Kind::Type,
        Form::List(_) => Kind::List,
        Form::Record(_) => Kind::Record,
        Form::Table(_) => Kind::Table,
        Form::Function(_) => Kind::Function,
        _ => return None,
    })
}
