//! Facets of types: what a source said of precision, length and native type.

use std::sync::Arc;

use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::value::{Error, Member, Record, Result, Text, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Type.Facets",
        "(type as type) as record",
        "The facets of a type; those that were not set are null.",
        &[example("Type.Facets(type number)[MaxLength]", "null")],
        |_, arguments| Ok(Value::Record(Arc::new(facets_of(&*arguments.ty(0)?)))),
    ),
    native(
        "Type.ReplaceFacets",
        "(type as type, facets as record) as type",
        "The type with other facets in place of its own.",
        &[
            example("Type.Facets(Type.ReplaceFacets(type text, [MaxLength = 10]))[MaxLength]", "10"),
            example(
                "Type.ReplaceFacets(type text, [Color = 1])",
                "error: Expression.Error: The facet 'Color' is not supported. | Detail: [Color = 1]",
            ),
        ],
        replace_facets,
    ),
];

/// The facets there are, in order.
pub(super) const NAMES: [&str; 10] = [
    "NumericPrecisionBase",
    "NumericPrecision",
    "NumericScale",
    "IsSigned",
    "DateTimePrecision",
    "MaxLength",
    "IsVariableLength",
    "NativeTypeName",
    "NativeDefaultExpression",
    "NativeExpression",
];

/// All facets of a type.
pub(super) fn facets_of(ty: &Type) -> Record {
    let facet = |name: &str| ty.facets.as_ref().and_then(|facets| facets.get(name));
    Record::from_members(
        NAMES.iter().map(|name| (Text::new(name), facet(name).unwrap_or(Member::Ready(Value::Null)))),
    )
}

fn replace_facets(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (ty, facets) = (arguments.ty(0)?, arguments.record(1)?);
    if let Some(unknown) = facets.names().iter().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(Error::expression(format!("The facet '{unknown}' is not supported."))
            .with_format("The facet '#{0}' is not supported.", vec![Value::Text(unknown.clone())])
            .with_detail(Value::Record(facets)));
    }
    Ok(Value::Type(Arc::new(Type { facets: Some(facets), ..(*ty).clone() })))
}
