//! Values of a host's documents: Embedded.Value, and what members of cubes say of themselves.

use crate::library::{Declaration, example, native};
use crate::value::Value;

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Cube.AttributeMemberId",
        "(attribute as any) as any",
        "The identifier of a member of a cube. There are no cubes here, and of any other value it is null.",
        &[example("Cube.AttributeMemberId(\"Bikes\")", "null")],
        |_, _| Ok(Value::Null),
    ),
    native(
        "Embedded.Value",
        "(value as any, path as text) as any",
        "The value itself; `path` only says in which part of a document the host keeps it.",
        &[example("Embedded.Value({1, 2}, \"/parts/1\")", "{1, 2}")],
        |_, mut arguments| Ok(arguments.take(0)),
    ),
];
