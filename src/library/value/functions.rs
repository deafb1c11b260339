//! Function.*.

use std::sync::Arc;
use std::time::Duration;

use crate::eval::{Arguments, Context, conversion_error, not_enough_elements};
use crate::library::{Declaration, example, native};
use crate::table;
use crate::value::types::{FieldType, Form, FunctionType, RecordType, TableType};
use crate::value::{Callable, Function, Member, Parameters, Result, Shape, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Function.Invoke",
        "(function as function, args as list) as any",
        "Calls a function with the items of a list as its arguments.",
        &[example("Function.Invoke((a, b) => a - b, {5, 3})", "2")],
        invoke,
    ),
    native(
        "Function.InvokeAfter",
        "(function as function, delay as duration) as any",
        "Waits, then calls a function without arguments.",
        &[example("Function.InvokeAfter(() => 1, #duration(0, 0, 0, 0.01))", "1")],
        invoke_after,
    ),
    native(
        "Function.InvokeWithErrorContext",
        "(function as function, context as text) as any",
        "Calls a function without arguments.",
        &[example("Function.InvokeWithErrorContext(() => 1, \"reading\")", "1")],
        |ctx, arguments| ctx.call(&*arguments.function(0)?, &[]),
    ),
    native(
        "Function.IsDataSource",
        "(function as function) as logical",
        "Whether a function reads a data source.",
        &[
            example("Function.IsDataSource(File.Contents)", "true"),
            example("Function.IsDataSource(List.Sum)", "false"),
        ],
        is_data_source,
    ),
    native(
        "Function.From",
        "(functionType as type, function as function) as function",
        "A function of a type that makes a list of its arguments and gives that to a function.",
        &[example(
            "Function.From(type function (a as text, b as text) as text, (items) => items{1} & items{0})(\"x\", \"y\")",
            "\"yx\"",
        )],
        from,
    ),
    native(
        "Function.ScalarVector",
        "(scalarFunctionType as type, vectorFunction as function) as function",
        "A function for single values from one that takes a table of arguments and gives a list of results.",
        &[example(
            "Function.ScalarVector(type function (a as number) as number, (rows) => List.Transform(rows[a], each _ * 2))(4)",
            "8",
        )],
        scalar_vector,
    ),
];

fn invoke(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let members = arguments.list(1)?.members(ctx)?;
    let values = members.iter().map(|member| member.force_with_metadata(ctx)).collect::<Result<Vec<_>>>()?;
    ctx.call(&*arguments.function(0)?, &values)
}

fn invoke_after(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    const SLICE: Duration = Duration::from_millis(10);
    let Value::Duration(delay) = arguments.value(1) else {
        return Err(conversion_error(arguments.value(1), &Arc::new(Type::new(Form::Duration))));
    };
    let mut left = Duration::from_nanos(u64::try_from(delay.0).unwrap_or(0).saturating_mul(100));
    // In slices, so that a cancelled evaluation does not sit the whole time out.
    while !left.is_zero() {
        ctx.check_limits()?;
        std::thread::sleep(left.min(SLICE));
        left = left.saturating_sub(SLICE);
    }
    ctx.call(&*arguments.function(0)?, &[])
}

/// Families of library functions that reach out of the program.
const SOURCES: [&str; 20] = [
    "AzureStorage.",
    "DB2.",
    "Excel.CurrentWorkbook",
    "File.",
    "Folder.",
    "Hdfs.",
    "Informix.",
    "MySQL.",
    "OData.",
    "Odbc.",
    "OleDb.",
    "Oracle.",
    "PostgreSQL.",
    "Salesforce.",
    "SapHana.",
    "SharePoint.",
    "Sql.",
    "Sqlite.",
    "Sybase.",
    "Web.",
];

fn is_data_source(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let function = arguments.function(0)?;
    let name = match function.callable() {
        Callable::Native(native) => native.name.as_str(),
        Callable::Closure(_) => "",
    };
    Ok(Value::Logical(SOURCES.iter().any(|source| name.starts_with(source))))
}

fn function_type(arguments: &Arguments<'_>) -> Result<(Arc<Type>, Arc<FunctionType>)> {
    let ty = arguments.ty(0)?;
    match &ty.form {
        Form::Function(Some(function)) => {
            let function = Arc::clone(function);
            Ok((ty, function))
        }
        _ => Err(super::wrong_form(&ty, Form::Function(None))),
    }
}

/// A function value under a type of its own.
fn typed(value: Value, ty: Arc<Type>) -> Value {
    match value {
        Value::Function(function) => Value::Function(Arc::new(function.with_type(ty))),
        other => other,
    }
}

fn from(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (ty, signature) = function_type(&arguments)?;
    let function = arguments.function(1)?;
    let made = Function::from_rust("Function.From", Parameters::new(signature), move |ctx, arguments| {
        ctx.call1(&function, Value::list(arguments.all().iter().cloned()))
    });
    Ok(typed(made, ty))
}

fn scalar_vector(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (ty, signature) = function_type(&arguments)?;
    let vector = arguments.function(1)?;
    let fields = signature.parameters.iter().map(|parameter| FieldType {
        name: parameter.name.clone(),
        ty: Arc::clone(&parameter.ty),
        optional: false,
    });
    let row = Arc::new(RecordType { fields: fields.collect(), open: false });
    let shape = Arc::new(Shape::new(signature.parameters.iter().map(|parameter| parameter.name.clone())));
    let parameters = Parameters::new(signature);
    let made = Function::from_rust("Function.ScalarVector", parameters, move |ctx, arguments| {
        let cells = arguments.all().iter().cloned();
        let columns = cells.map(|cell| table::Column::any(vec![Member::Ready(cell)])).collect();
        let input = table::from_columns(Arc::clone(&shape), columns, 1)
            .with_type(&TableType { row: Arc::clone(&row), keys: Vec::new() });
        let results = ctx.call1(&vector, Value::Table(Arc::new(input)))?;
        let Value::List(results) = results.as_plain() else {
            return Err(conversion_error(&results, &Arc::new(Type::new(Form::List(None)))));
        };
        match results.get(0, ctx)? {
            Some(result) => result.force_with_metadata(ctx),
            None => Err(not_enough_elements().with_detail(Value::List(Arc::clone(results)))),
        }
    });
    Ok(typed(made, ty))
}
