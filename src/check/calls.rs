//! Calls of library functions with too few, too many or the wrong kinds of arguments.

use super::Report;
use super::gives::{gives, words};
use super::subject::Subject;
use crate::library::Library;
use crate::syntax::{Node, NodeId};
use crate::value::Value;
use crate::value::types::{Form, FunctionType};

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
        // `f(...)` in a text that shows how a call looks.
        if arguments.iter().any(|&argument| matches!(subject.node(argument), Node::NotImplemented)) {
            continue;
        }
        number(subject, report, visited.id, &name, function, arguments.len());
        for (parameter, &argument) in function.parameters.iter().zip(arguments) {
            let (wanted, given) = (parameter.ty.kinds(), gives(subject, argument));
            if given.is_none() || !given.and(wanted).is_none() {
                continue;
            }
            let message =
                format!("'{}' of {name} takes {}, not {}.", parameter.name, words(wanted), words(given));
            report
                .add("M0406", subject.span(argument), &message, &format!("this is {}", words(given)))
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
