//! Which types are part of which, and what several have in common.

use std::sync::Arc;

use crate::value::Type;
use crate::value::types::{Form, FunctionType, RecordType};

/// Whether every value of `ty` is a value of `of`.
pub(super) fn is_compatible(ty: &Type, of: &Type) -> bool {
    match (&ty.form, &of.form) {
        (_, Form::Any) | (Form::None, _) => return !ty.admits_null() || of.admits_null(),
        (Form::Null, _) => return of.admits_null(),
        _ => {}
    }
    if ty.admits_null() && !of.admits_null() {
        return false;
    }
    // A type the library tells apart by name is a part of the primitive type, not the other way round.
    if of.name.is_some() && ty.name != of.name {
        return false;
    }
    match (&ty.form, &of.form) {
        (Form::Any, _) => false,
        (_, Form::AnyNonNull) => true,
        (Form::List(_), Form::List(None)) => true,
        (Form::List(item), Form::List(Some(of))) => item.as_ref().is_some_and(|item| is_compatible(item, of)),
        (Form::Record(_), Form::Record(None)) => true,
        (Form::Record(record), Form::Record(Some(of))) => {
            record.as_ref().is_some_and(|record| fields_compatible(record, of))
        }
        (Form::Table(_), Form::Table(None)) => true,
        (Form::Table(table), Form::Table(Some(of))) => {
            table.as_ref().is_some_and(|table| fields_compatible(&table.row, &of.row))
        }
        (Form::Function(_), Form::Function(None)) => true,
        (Form::Function(function), Form::Function(Some(of))) => {
            function.as_ref().is_some_and(|function| calls_compatible(function, of))
        }
        _ => ty.primitive_name() == of.primitive_name(),
    }
}

fn fields_compatible(record: &RecordType, of: &RecordType) -> bool {
    let known = |wanted: &str| record.fields.iter().find(|field| field.name.as_str() == wanted);
    let all_there = of.fields.iter().all(|wanted| match known(&wanted.name) {
        Some(field) => (wanted.optional || !field.optional) && is_compatible(&field.ty, &wanted.ty),
        None => wanted.optional && !record.open,
    });
    let nothing_else = || {
        !record.open
            && record.fields.iter().all(|field| of.fields.iter().any(|wanted| wanted.name == field.name))
    };
    all_there && (of.open || nothing_else())
}

fn calls_compatible(function: &FunctionType, of: &FunctionType) -> bool {
    function.required <= of.required
        && function.parameters.len() >= of.parameters.len()
        && function
            .parameters
            .iter()
            .zip(&of.parameters)
            .all(|(own, wanted)| is_compatible(&wanted.ty, &own.ty))
        && is_compatible(&function.returns, &of.returns)
}

/// The smallest of the types at hand that holds the values of both: one of the two, their primitive type, or `any`.
pub(super) fn union(left: &Arc<Type>, right: &Arc<Type>) -> Arc<Type> {
    if is_compatible(left, right) {
        return Arc::clone(right);
    }
    if is_compatible(right, left) {
        return Arc::clone(left);
    }
    let nullable = left.admits_null() || right.admits_null();
    let (bare_left, bare_right) = (left.without_null(), right.without_null());
    let common = if is_compatible(&bare_left, &bare_right) {
        bare_right
    } else if is_compatible(&bare_right, &bare_left) {
        bare_left
    } else {
        match (&left.form, &right.form) {
            (Form::List(_), Form::List(_)) => Type::new(Form::List(None)),
            (Form::Record(_), Form::Record(_)) => Type::new(Form::Record(None)),
            (Form::Table(_), Form::Table(_)) => Type::new(Form::Table(None)),
            (Form::Function(_), Form::Function(_)) => Type::new(Form::Function(None)),
            (a, b) if std::mem::discriminant(a) == std::mem::discriminant(b) => Type::new(a.clone()),
            _ => return Type::any(),
        }
    };
    Arc::new(if nullable { common.with_null() } else { common })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ty(text: &str) -> Arc<Type> {
        let query = crate::Engine::new().compile("test", text).unwrap();
        let ctx = query.start();
        match query.evaluate(&ctx).unwrap() {
            crate::value::Value::Type(ty) => ty,
            other => panic!("{other:?} is no type"),
        }
    }

    #[test]
    fn parts_are_compatible_with_wholes() {
        for (part, whole, both_ways) in [
            ("type number", "type any", false),
            ("type none", "type text", false),
            ("type null", "type nullable text", false),
            ("type text", "type nullable text", false),
            ("type nullable any", "type any", true),
            ("Int64.Type", "type number", false),
            ("type {number}", "type list", false),
            ("type {number}", "type {any}", false),
            ("type [a = number]", "type record", false),
            ("type [a = number]", "type [a = any, ...]", false),
            ("type [a = number]", "type [a = number, optional b = text]", false),
            ("type [a = number, b = text]", "type [b = text, a = number]", true),
            ("type table [a = number]", "type table", false),
            ("type function (a as any) as number", "type function (a as number) as any", false),
            ("type number", "type anynonnull", false),
        ] {
            assert!(is_compatible(&ty(part), &ty(whole)), "{part} in {whole}");
            assert_eq!(is_compatible(&ty(whole), &ty(part)), both_ways, "{whole} in {part}");
        }
        assert!(!is_compatible(&ty("type number"), &ty("type text")));
    }
}
