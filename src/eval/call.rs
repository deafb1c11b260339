//! Calls: arguments, checks, frames.

use std::sync::Arc;

use super::evaluate::{Frame, Slot};
use super::operators::apply_numbers;
use super::{Arguments, Context, convert::conversion_error};
use crate::ir::{Code, Lambda, Node, Site};
use crate::value::{
    Callable, Closure, Error, Function, Member, Native, NativeBody, Parameters, Result, TraceFrame, Value,
};

/// Runs code that has no parameters: a cell, or a document.
pub(super) fn run(
    ctx: &Context,
    code: &Code,
    captures: &[Member],
    function: Option<&Closure>,
) -> Result<Value> {
    with_slots(code.slots, |slots| {
        let mut frame = Frame { ctx, code, slots, captures, function };
        frame.evaluate(&code.body)
    })
}

/// Up to this many arguments of a library function stay on the stack.
pub(super) const FEW_ARGUMENTS: usize = 4;

/// Gives `inside` that many empty slots, on the stack where they are few.
#[inline]
fn with_slots<T>(count: usize, inside: impl FnOnce(&mut [Slot]) -> T) -> T {
    match count {
        0 => inside(&mut []),
        1..=2 => inside(&mut [const { Slot::Empty }; 2]),
        3..=4 => inside(&mut [const { Slot::Empty }; 4]),
        _ => with_many_slots(count, inside),
    }
}

/// A function of its own, so that calls of few slots, which nest deepest, do not hold room for many.
#[inline(never)]
fn with_many_slots<T>(count: usize, inside: impl FnOnce(&mut [Slot]) -> T) -> T {
    if count <= 12 {
        return inside(&mut [const { Slot::Empty }; 12]);
    }
    let mut slots: Vec<Slot> = std::iter::repeat_with(|| Slot::Empty).take(count).collect();
    inside(&mut slots)
}

/// `1 arguments were passed to a function which expects 2.`
#[cold]
pub(super) fn wrong_count(given: usize, parameters: &Parameters) -> Error {
    let (least, most) = (parameters.ty.required, parameters.ty.parameters.len());
    let expected = if least == most { format!("{most}") } else { format!("between {least} and {most}") };
    let pattern = if least == most {
        "#{0} arguments were passed to a function which expects #{1}."
    } else {
        "#{0} arguments were passed to a function which expects between #{1} and #{2}."
    };
    let mut values = vec![Value::Int64(given as i64), Value::Int64(least as i64)];
    if least != most {
        values.push(Value::Int64(most as i64));
    }
    Error::expression(format!("{given} arguments were passed to a function which expects {expected}."))
        .with_format(pattern, values)
}

#[inline]
fn check_argument(parameters: &Parameters, at: usize, value: &Value) -> Result<()> {
    match parameters.kinds.get(at) {
        Some(kinds) if !kinds.contains(value.kind()) => Err(wrong_kind(parameters, at, value)),
        _ => Ok(()),
    }
}

#[cold]
fn wrong_kind(parameters: &Parameters, at: usize, value: &Value) -> Error {
    match parameters.ty.parameters.get(at) {
        Some(parameter) => {
            conversion_error(value, &parameter.ty).with_parameter(&parameter.name, &parameter.ty)
        }
        None => conversion_error(value, &crate::value::Type::any()),
    }
}

impl Context {
    /// Calls a function with `arguments`; those it also takes and that are not given are `null`.
    ///
    /// # Errors
    /// A wrong number or kind of arguments, whatever the function raises, and stops.
    pub fn call(&self, function: &Function, arguments: &[Value]) -> Result<Value> {
        self.step()?;
        match function.callable() {
            Callable::Closure(closure) => self.nested(|| {
                call_closure(self, closure, arguments.len(), |at, _| {
                    Ok(arguments.get(at).cloned().unwrap_or(Value::Null))
                })
            }),
            Callable::Native(native) => {
                let most = native.parameters.ty.parameters.len();
                if arguments.len() < native.parameters.ty.required || arguments.len() > most {
                    return Err(wrong_count(arguments.len(), &native.parameters));
                }
                if most <= FEW_ARGUMENTS {
                    let mut values = [const { Value::Null }; FEW_ARGUMENTS];
                    values[..arguments.len()].clone_from_slice(arguments);
                    return self.nested(|| call_native(self, native, &mut values[..most]));
                }
                let mut values = arguments.to_vec();
                values.resize(most, Value::Null);
                self.nested(|| call_native(self, native, &mut values))
            }
        }
    }

    /// Calls a function with one argument, which most functions given to the library take.
    pub fn call1(&self, function: &Function, argument: Value) -> Result<Value> {
        self.call_with(function, [argument])
    }

    /// Calls a function with two arguments.
    pub fn call2(&self, function: &Function, first: Value, second: Value) -> Result<Value> {
        self.call_with(function, [first, second])
    }

    /// Calls a function with arguments that are moved into its frame.
    #[inline]
    fn call_with<const N: usize>(&self, function: &Function, mut arguments: [Value; N]) -> Result<Value> {
        let closure = match function.callable() {
            Callable::Closure(closure) => closure,
            Callable::Native(native) => {
                let most = native.parameters.ty.parameters.len();
                if N < native.parameters.ty.required || N > most || most > FEW_ARGUMENTS {
                    return self.call(function, &arguments);
                }
                self.step()?;
                let mut values = [const { Value::Null }; FEW_ARGUMENTS];
                for (value, argument) in values.iter_mut().zip(arguments) {
                    *value = argument;
                }
                return self.nested(|| call_native(self, native, &mut values[..most]));
            }
        };
        self.step()?;
        if let Some(value) = one_operation(closure, &arguments) {
            return Ok(value);
        }
        self.nested(|| {
            call_closure(self, closure, N, |at, _| {
                Ok(arguments.get_mut(at).map_or(Value::Null, std::mem::take))
            })
        })
    }
}

impl Context {
    /// Calls a library function with as many values as it has parameters, those not given as `null`; takes no step and
    /// no depth for it.
    ///
    /// # Errors
    /// A wrong kind of argument, whatever the function raises, and stops.
    pub fn call_native(&self, native: &Native, values: &mut [Value]) -> Result<Value> {
        call_native(self, native, values)
    }
}

pub(super) fn call_native(ctx: &Context, native: &Native, values: &mut [Value]) -> Result<Value> {
    if !native.parameters.take_any {
        for (at, value) in values.iter().enumerate() {
            check_argument(&native.parameters, at, value)
                .map_err(|error| error.with_function(&native.name))?;
        }
    }
    let arguments = Arguments::new(values);
    match &native.body {
        NativeBody::Function(body) => body(ctx, arguments),
        NativeBody::Closure(body) => body(ctx, arguments),
    }
}

/// What a function gives whose body is one operator over two numbers, found without a frame: `each _ + 1`,
/// `(a, b) => a < b`. `None` says nothing of the call.
#[inline]
fn one_operation(closure: &Closure, arguments: &[Value]) -> Option<Value> {
    fn operand<'v>(node: &'v Node, closure: &'v Closure, arguments: &'v [Value]) -> Option<&'v Value> {
        match node {
            Node::Constant(value) => Some(value),
            Node::Parameter(slot) => arguments.get(*slot as usize),
            Node::Captured(index, _) => closure.captures.get(*index as usize)?.ready(),
            _ => None,
        }
    }
    let lambda = closure.lambda();
    let Node::Binary(operator, operands, _) = &lambda.code.body else { return None };
    let (parameters, is_checked) = (&lambda.parameters, lambda.returns.is_some());
    if is_checked || !parameters.take_any || parameters.kinds.len() != arguments.len() {
        return None;
    }
    let left = operand(&operands.0, closure, arguments)?;
    apply_numbers(*operator, left, operand(&operands.1, closure, arguments)?)
}

/// Calls a closure whose argument `at` is what `argument` gives for it.
#[inline]
fn call_closure(
    ctx: &Context,
    closure: &Closure,
    given: usize,
    mut argument: impl FnMut(usize, &Lambda) -> Result<Value>,
) -> Result<Value> {
    let lambda = closure.lambda();
    let parameters = &lambda.parameters;
    if given < parameters.ty.required || given > parameters.kinds.len() {
        return Err(wrong_count(given, parameters));
    }
    with_slots(lambda.code.slots, |slots| {
        for (at, slot) in slots.iter_mut().enumerate().take(given) {
            let value = argument(at, lambda)?;
            if !parameters.take_any {
                check_argument(parameters, at, &value).map_err(|error| match &lambda.name {
                    Some(name) => error.with_function(name),
                    None => error,
                })?;
            }
            *slot = Slot::Value(value);
        }
        for slot in slots.iter_mut().take(parameters.kinds.len()).skip(given) {
            *slot = Slot::Value(Value::Null);
        }
        let captures = &closure.captures;
        let mut frame = Frame { ctx, code: &lambda.code, slots, captures, function: Some(closure) };
        match &lambda.returns {
            None => frame.evaluate(&lambda.code.body),
            Some(check) => {
                let result = frame.evaluate(&lambda.code.body)?;
                if check.kinds.contains(result.kind()) {
                    Ok(result)
                } else {
                    Err(conversion_error(&result, &check.ty))
                }
            }
        }
    })
}

impl Frame<'_> {
    /// Evaluates a call: the callee, then the arguments from left to right, then the body.
    pub(super) fn call(&mut self, callee: &Node, arguments: &[Node], site: Site) -> Result<Value> {
        let callee = self.operand(callee)?;
        let Value::Function(function) = callee.as_plain() else {
            let ty = Arc::new(crate::value::Type::new(crate::value::types::Form::Function(None)));
            return Err(self.placed(conversion_error(&callee, &ty), site));
        };
        match function.callable() {
            Callable::Closure(closure) => self.enter(closure, arguments, site),
            Callable::Native(native) => self.call_native(native, arguments, site),
        }
    }

    /// Calls a closure with arguments evaluated in this frame.
    pub(super) fn enter(&mut self, closure: &Closure, arguments: &[Node], site: Site) -> Result<Value> {
        let ctx = self.ctx;
        let result = ctx.step().and_then(|()| {
            ctx.nested(|| {
                call_closure(ctx, closure, arguments.len(), |at, _| match arguments.get(at) {
                    Some(node) => self.evaluate(node),
                    None => Ok(Value::Null),
                })
            })
        });
        if result.is_ok() { result } else { result.map_err(|error| self.unwound(error, site)) }
    }

    /// Calls a library function with arguments evaluated in this frame.
    pub(super) fn call_native(&mut self, native: &Native, arguments: &[Node], site: Site) -> Result<Value> {
        let most = native.parameters.ty.parameters.len();
        if arguments.len() < native.parameters.ty.required || arguments.len() > most {
            return Err(self.placed(wrong_count(arguments.len(), &native.parameters), site));
        }
        let result = if most <= FEW_ARGUMENTS {
            let mut values = [const { Value::Null }; FEW_ARGUMENTS];
            self.run_native(native, arguments, &mut values[..most])
        } else {
            let mut values = vec![Value::Null; most];
            self.run_native(native, arguments, &mut values)
        };
        if result.is_ok() { result } else { result.map_err(|error| self.placed(error, site)) }
    }

    fn run_native(&mut self, native: &Native, arguments: &[Node], values: &mut [Value]) -> Result<Value> {
        for (value, node) in values.iter_mut().zip(arguments) {
            *value = self.evaluate(node)?;
        }
        let ctx = self.ctx;
        ctx.step()?;
        ctx.nested(|| call_native(ctx, native, values))
    }

    /// Gives an error that has no place yet this one.
    #[cold]
    pub(super) fn placed(&self, mut error: Error, site: Site) -> Error {
        if !error.is_placed()
            && let Some((source, span)) = self.code.place(site)
        {
            error.push_frame(TraceFrame { source, span, function: self.function_name() });
        }
        error
    }

    #[cold]
    fn unwound(&self, mut error: Error, site: Site) -> Error {
        if let Some((source, span)) = self.code.place(site) {
            error.push_frame(TraceFrame { source, span, function: self.function_name() });
        }
        error
    }

    fn function_name(&self) -> Option<Arc<str>> {
        self.function.and_then(|closure| closure.lambda().name.clone())
    }
}
