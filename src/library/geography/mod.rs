//! Geography.*, Geometry.*: points and shapes as records and as well-known text (OGC).
//!
//! A shape is a record with its `Kind`: points have coordinates, line strings `Points`, polygons `Rings` (line
//! strings), collections `Components`. The live results settle points, line strings and collections; that rings
//! are line strings and that MULTI shapes have `Components` is our reading.

mod read;
mod write;

use super::{Declaration, example, native};
use crate::eval::{Arguments, Context};
use crate::value::{Result, Value};

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "Geography.FromWellKnownText",
        "(input as nullable text) as nullable record",
        "Reads a place on the globe from its well-known text.",
        &[example(
            "Geography.FromWellKnownText(\"POINT (12.5 41.9)\")",
            "[Kind = \"POINT\", Longitude = 12.5, Latitude = 41.9]",
        )],
        |ctx, arguments| read::from_text(ctx, &arguments, &GLOBE),
    ),
    native(
        "Geography.ToWellKnownText",
        "(input as nullable record, optional omitSRID as nullable logical) as nullable text",
        "Writes a place on the globe as well-known text, with its reference system unless that is to be left out.",
        &[example("Geography.ToWellKnownText(GeographyPoint.From(12.5, 41.9))", "\"POINT(12.5 41.9)\"")],
        |ctx, arguments| write::to_text(ctx, &arguments, &GLOBE),
    ),
    native(
        "GeographyPoint.From",
        "(longitude as number, latitude as number, optional z as nullable number, optional m as nullable number, optional srid as nullable number) as record",
        "Makes a point on the globe from its coordinates, an elevation, a measure and a reference system.",
        &[example(
            "GeographyPoint.From(12.5, 41.9, 21)",
            "[Kind = \"POINT\", Longitude = 12.5, Latitude = 41.9, Z = 21]",
        )],
        |_, arguments| point(&arguments, &GLOBE),
    ),
    native(
        "Geometry.FromWellKnownText",
        "(input as nullable text) as nullable record",
        "Reads a shape on a plane from its well-known text.",
        &[example(
            "Geometry.FromWellKnownText(\"LINESTRING (0 0, 3 4)\")[Points]{1}",
            "[Kind = \"POINT\", X = 3, Y = 4]",
        )],
        |ctx, arguments| read::from_text(ctx, &arguments, &PLANE),
    ),
    native(
        "Geometry.ToWellKnownText",
        "(input as nullable record, optional omitSRID as nullable logical) as nullable text",
        "Writes a shape on a plane as well-known text, with its reference system unless that is to be left out.",
        &[example(
            "Geometry.ToWellKnownText(GeometryPoint.From(3, 4, null, null, 4326))",
            "\"SRID=4326;POINT(3 4)\"",
        )],
        |ctx, arguments| write::to_text(ctx, &arguments, &PLANE),
    ),
    native(
        "GeometryPoint.From",
        "(x as number, y as number, optional z as nullable number, optional m as nullable number, optional srid as nullable number) as record",
        "Makes a point on a plane from its coordinates, an elevation, a measure and a reference system.",
        &[example("GeometryPoint.From(3, 4, null, 7)", "[Kind = \"POINT\", X = 3, Y = 4, M = 7]")],
        |_, arguments| point(&arguments, &PLANE),
    ),
];

/// What the two coordinates of a point are called.
struct Axes {
    first: &'static str,
    second: &'static str,
}

const GLOBE: Axes = Axes { first: "Longitude", second: "Latitude" };
const PLANE: Axes = Axes { first: "X", second: "Y" };

fn point(arguments: &Arguments<'_>, axes: &Axes) -> Result<Value> {
    let names = [axes.first, axes.second, "Z", "M", "SRID"];
    let coordinates = names.into_iter().zip(arguments.all()).filter(|(_, value)| !value.is_null());
    let kind = std::iter::once(("Kind", Value::text("POINT")));
    Ok(Value::record(kind.chain(coordinates.map(|(name, value)| (name, value.as_plain().clone())))))
}

/// Up to how many shapes may stand inside each other.
fn deeper<T>(ctx: &Context, inside: impl FnOnce() -> Result<T>) -> Result<T> {
    ctx.nested(inside)
}
