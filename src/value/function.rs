use std::any::Any;
use std::sync::{Arc, OnceLock};

use super::drop::{Nested, drop_nested};
use super::types::{Form, FunctionType, Kinds, ParameterType};
use super::{Member, Result, Text, Type, Value};
use crate::eval::{Arguments, Context};
use crate::ir::Lambda;
use crate::table::Kernel;

/// A function value.
pub struct Function {
    callable: Callable,
    /// The type given by `Value.ReplaceType`, or worked out when first asked for.
    ty: OnceLock<Arc<Type>>,
}

/// What calling a function runs.
#[derive(Clone)]
pub enum Callable {
    /// M.
    Closure(Closure),
    /// Rust: the library's, or the host's.
    Native(Arc<Native>),
}

/// A function written in M with what it captured.
#[derive(Clone)]
pub struct Closure {
    /// The functions that were defined together, and refer to each other.
    pub group: Arc<[Lambda]>,
    /// Which of them this is.
    pub index: u32,
    /// The captured members, in the order the code says.
    pub captures: Arc<[Member]>,
}

impl Drop for Closure {
    fn drop(&mut self) {
        if !self.captures.is_empty() {
            drop_nested(Nested::Captures(std::mem::replace(&mut self.captures, no_captures())));
        }
    }
}

/// What functions without captures share.
fn no_captures() -> Arc<[Member]> {
    static NONE: OnceLock<Arc<[Member]>> = OnceLock::new();
    Arc::clone(NONE.get_or_init(|| Arc::from([])))
}

impl Closure {
    /// The function's code.
    #[inline]
    pub fn lambda(&self) -> &Lambda {
        // The compiler never makes an index outside of the group it makes with it.
        &self.group[self.index as usize]
    }
}

/// A function written in Rust.
pub struct Native {
    /// The name that errors show.
    pub name: Text,
    /// The parameters and how they are checked.
    pub parameters: Parameters,
    /// What it runs.
    pub body: NativeBody,
    /// What it does to whole columns, where that is known.
    pub kernel: Option<Kernel>,
    /// What the engine knows of the function beside how to call it, for functions that are told apart by that.
    pub data: Option<Arc<dyn Any + Send + Sync>>,
}

/// A function with data of its own.
pub type NativeFunction = dyn Fn(&Context, Arguments<'_>) -> Result<Value> + Send + Sync;

/// The code of a function written in Rust. It gets as many arguments as there are parameters, checked, those
/// not given as `null`, metadata removed.
pub enum NativeBody {
    /// A plain function.
    Function(fn(&Context, Arguments<'_>) -> Result<Value>),
    /// A function with data of its own.
    Closure(Box<NativeFunction>),
}

/// Parameters as a call checks them.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The types as the function's type shows them.
    pub ty: Arc<FunctionType>,
    /// For each parameter the kinds it takes.
    pub kinds: Vec<Kinds>,
    /// Whether every parameter takes any value, so that calls need check none.
    pub take_any: bool,
}

impl Parameters {
    /// The checks that a function type asks for. An optional parameter takes `null` too.
    pub fn new(ty: Arc<FunctionType>) -> Parameters {
        let kinds: Vec<Kinds> = ty
            .parameters
            .iter()
            .enumerate()
            .map(
                |(at, parameter)| {
                    if at >= ty.required { parameter.ty.with_null().kinds() } else { parameter.ty.kinds() }
                },
            )
            .collect();
        let take_any = kinds.iter().all(|kinds| *kinds == Kinds::ALL);
        Parameters { ty, kinds, take_any }
    }

    /// Parameters of type `any`, all required.
    pub fn untyped(names: &[&str]) -> Parameters {
        Parameters::new(Arc::new(FunctionType {
            parameters: names
                .iter()
                .map(|name| ParameterType { name: Text::new(name), ty: Type::any() })
                .collect(),
            required: names.len(),
            returns: Type::any(),
        }))
    }
}

impl Function {
    /// A function written in M.
    pub fn closure(group: Arc<[Lambda]>, index: u32, captures: Arc<[Member]>) -> Function {
        Function { callable: Callable::Closure(Closure { group, index, captures }), ty: OnceLock::new() }
    }

    /// A function written in Rust.
    pub fn native(native: Arc<Native>) -> Function {
        Function { callable: Callable::Native(native), ty: OnceLock::new() }
    }

    /// A function of the engine with data of its own, such as a splitter.
    pub fn from_rust(
        name: &str,
        parameters: Parameters,
        body: impl Fn(&Context, Arguments<'_>) -> Result<Value> + Send + Sync + 'static,
    ) -> Value {
        let body = NativeBody::Closure(Box::new(body));
        let name = Text::new(name);
        Value::Function(Arc::new(Function::native(Arc::new(Native {
            name,
            parameters,
            body,
            kernel: None,
            data: None,
        }))))
    }

    /// The same, with `data` that [`Function::data`] gives back.
    pub fn with_data(
        name: &str,
        parameters: Parameters,
        data: Arc<dyn Any + Send + Sync>,
        body: impl Fn(&Context, Arguments<'_>) -> Result<Value> + Send + Sync + 'static,
    ) -> Value {
        let body = NativeBody::Closure(Box::new(body));
        let name = Text::new(name);
        Value::Function(Arc::new(Function::native(Arc::new(Native {
            name,
            parameters,
            body,
            kernel: None,
            data: Some(data),
        }))))
    }

    /// The data that the function was made with, if it is of this type.
    pub fn data<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        match &self.callable {
            Callable::Native(native) => native.data.clone()?.downcast().ok(),
            Callable::Closure(_) => None,
        }
    }

    /// What a call runs.
    #[inline]
    pub fn callable(&self) -> &Callable {
        &self.callable
    }

    /// The same function with another type.
    pub fn with_type(&self, ty: Arc<Type>) -> Function {
        Function { callable: self.callable.clone(), ty: OnceLock::from(ty) }
    }

    /// The function's type.
    pub fn function_type(&self) -> Arc<Type> {
        Arc::clone(self.ty.get_or_init(|| {
            let ty = match &self.callable {
                Callable::Closure(closure) => Arc::clone(&closure.lambda().parameters.ty),
                Callable::Native(native) => Arc::clone(&native.parameters.ty),
            };
            Arc::new(Type::new(Form::Function(Some(ty))))
        }))
    }

    /// The parameters as the code declares them.
    pub fn parameters(&self) -> &Parameters {
        match &self.callable {
            Callable::Closure(closure) => &closure.lambda().parameters,
            Callable::Native(native) => &native.parameters,
        }
    }

    /// The name that traces show, if the function has one.
    pub fn name(&self) -> Option<&str> {
        match &self.callable {
            Callable::Closure(closure) => closure.lambda().name.as_deref(),
            Callable::Native(native) => Some(native.name.as_str()),
        }
    }

    /// Whether both run the same code over the same captures: what `=` on functions goes by.
    pub fn same(&self, other: &Function) -> bool {
        match (&self.callable, &other.callable) {
            (Callable::Closure(a), Callable::Closure(b)) => {
                Arc::ptr_eq(&a.group, &b.group) && a.index == b.index && Arc::ptr_eq(&a.captures, &b.captures)
            }
            (Callable::Native(a), Callable::Native(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}
