//! Function types.

use std::sync::Arc;

use super::wrong_form;
use crate::eval::{Arguments, Context, conversion_error, field_not_found};
use crate::library::{Declaration, example, native};
use crate::value::types::{Form, FunctionType, ParameterType};
use crate::value::{Error, Member, Record, Result, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Type.ForFunction",
        "(signature as record, min as number) as type",
        "A function type from the `ReturnType` and the record of `Parameters`, of which the first `min` must be given.",
        &[example(
            "Type.ForFunction([ReturnType = type text, Parameters = [a = type number, b = type number]], 1)",
            "type function (a as number, optional b as nullable number) as text",
        )],
        for_function,
    ),
    native(
        "Type.FunctionParameters",
        "(type as type) as record",
        "The types of the parameters of a function type, by name. Optional ones are nullable.",
        &[example(
            "Type.FunctionParameters(type function (a as text, optional b as number) as any)",
            "[a = type text, b = type nullable number]",
        )],
        parameters,
    ),
    native(
        "Type.FunctionRequiredParameters",
        "(type as type) as number",
        "How many arguments must be given to a function of the type.",
        &[example(
            "Type.FunctionRequiredParameters(type function (a as text, optional b as number) as any)",
            "1",
        )],
        |_, arguments| Ok(Value::Int64(read(&arguments)?.required as i64)),
    ),
    native(
        "Type.FunctionReturn",
        "(type as type) as type",
        "The type of what a function of the type gives.",
        &[example("Type.FunctionReturn(type function () as number)", "type number")],
        |_, arguments| Ok(read(&arguments)?.returns.to_value()),
    ),
];

fn read(arguments: &Arguments<'_>) -> Result<Arc<FunctionType>> {
    let ty = arguments.ty(0)?;
    match &ty.form {
        Form::Function(Some(function)) => Ok(Arc::clone(function)),
        Form::Function(None) => {
            Err(Error::expression("Function.Type is abstract and has no defined parameters."))
        }
        _ => Err(wrong_form(&ty, Form::Function(None))),
    }
}

fn as_type(value: &Value) -> Result<Arc<Type>> {
    Type::from_value(value).ok_or_else(|| conversion_error(value, &Arc::new(Type::new(Form::Type))))
}

fn for_function(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (signature, required) = (arguments.record(0)?, arguments.count(1, "min")?);
    let part = |name: &str| match signature.get(name) {
        Some(member) => member.force_with_metadata(ctx),
        None => Err(field_not_found(name, &signature)),
    };
    let returns = as_type(&part("ReturnType")?)?;
    let described = part("Parameters")?;
    let Value::Record(described) = described.as_plain() else {
        return Err(conversion_error(&described, &Arc::new(Type::new(Form::Record(None)))));
    };
    let mut parameters = Vec::new();
    for (at, (name, member)) in described.fields().enumerate() {
        let ty = as_type(&member.force_with_metadata(ctx)?)?;
        let ty = if at >= required { Arc::new(ty.with_null()) } else { ty };
        parameters.push(ParameterType { name: name.clone(), ty });
    }
    if required > parameters.len() {
        return Err(
            Error::expression("The 'min' argument is out of range.").with_detail(arguments.value(1).clone())
        );
    }
    let function = FunctionType { parameters, required, returns };
    Ok(Value::Type(Arc::new(Type::new(Form::Function(Some(Arc::new(function)))))))
}

fn parameters(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let function = read(&arguments)?;
    let fields = function.parameters.iter().enumerate().map(|(at, parameter)| {
        let ty = if at >= function.required {
            Arc::new(parameter.ty.with_null())
        } else {
            Arc::clone(&parameter.ty)
        };
        (parameter.name.clone(), Member::Ready(ty.to_value()))
    });
    Ok(Value::Record(Arc::new(Record::from_members(fields))))
}
