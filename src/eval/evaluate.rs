//! The heart: one frame evaluates nodes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::compare;
use super::convert::conversion_error;
use super::{Context, access, messages, operators};
use crate::ir::{
    Capture, Code, Environment, FieldAccess, Item, MemberNode, Node, Operator, Scope, Site, ThunkNode,
};
use crate::table::noted;
use crate::value::types::Form;
use crate::value::{
    Callable, Cell, Closure, Error, Function, List, Member, Members, Raised, Record, Result, Thunk, Type,
    Value,
};

/// A place in a frame.
pub(super) enum Slot {
    /// A variable that nothing has asked for yet.
    Empty,
    /// A variable that is being evaluated.
    InProgress,
    /// A parameter, or an evaluated variable.
    Value(Value),
    /// A variable that something outliving the frame may refer to.
    Cell(Arc<Cell>),
}

const _: () = assert!(size_of::<Slot>() == 16);

/// One activation of some code.
pub(super) struct Frame<'a> {
    pub(super) ctx: &'a Context,
    pub(super) code: &'a Code,
    pub(super) slots: &'a mut [Slot],
    pub(super) captures: &'a [Member],
    /// The closure whose body this is, unless it is a cell or a document.
    pub(super) function: Option<&'a Closure>,
}

impl Frame<'_> {
    /// Evaluates a node. Branches and bodies in last place loop rather than recur, to spare the stack.
    pub(super) fn evaluate(&mut self, node: &Node) -> Result<Value> {
        let mut node = node;
        loop {
            match node {
                Node::Constant(value) => return Ok(value.clone()),
                Node::Parameter(slot) | Node::LastUse(slot) => return Ok(self.parameter(*slot).clone()),
                Node::If(parts, site) => {
                    node = if self.condition(&parts.0, *site)? { &parts.1 } else { &parts.2 };
                }
                Node::Let(scope, body) => {
                    self.open(scope);
                    node = body;
                }
                Node::Coalesce(parts) => {
                    let left = self.operand(&parts.0)?;
                    if !left.is_null() {
                        return Ok(left);
                    }
                    node = &parts.1;
                }
                Node::Binary(operator, operands, site) => return self.binary(*operator, operands, *site),
                Node::Call(callee, arguments, site) => return self.call(callee, arguments, *site),
                Node::CallNative(native, arguments, site) => {
                    return self.call_native(native, arguments, *site);
                }
                Node::CallItself(arguments, site) => return self.call_itself(arguments, *site),
                Node::Field(target, field, site) => return self.field(target, field, *site),
                Node::Captured(..) | Node::Variable(..) => {
                    return match self.leaf(node) {
                        Some(value) => Ok(value.clone()),
                        None => self.rarer(node),
                    };
                }
                other => return self.rarer(other),
            }
        }
    }

    /// Evaluates an operand. Calls make sure of the stack themselves: going to them directly, and not by a function
    /// between, is what keeps deep recursion small.
    #[inline]
    pub(super) fn operand(&mut self, node: &Node) -> Result<Value> {
        match node {
            Node::CallItself(arguments, site) => self.call_itself(arguments, *site),
            Node::CallNative(native, arguments, site) => self.call_native(native, arguments, *site),
            _ => self.other_operand(node),
        }
    }

    /// Operators and selectors that follow one another nest as deep as the chain is long, so each level makes sure of
    /// its stack.
    fn other_operand(&mut self, node: &Node) -> Result<Value> {
        match node {
            Node::Binary(..)
            | Node::And(..)
            | Node::Or(..)
            | Node::Coalesce(..)
            | Node::Unary(..)
            | Node::Field(..)
            | Node::Item(..)
            | Node::Projection(..)
            | Node::Call(..)
            | Node::If(..)
            | Node::Let(..)
            | Node::Meta(..)
            | Node::Is(..)
            | Node::As(..)
            | Node::Error(..)
            | Node::Try(..)
            | Node::TryOtherwise(..)
            | Node::TryCatch(..) => {
                let ctx = self.ctx;
                ctx.nested(|| self.evaluate(node))
            }
            _ => self.evaluate(node),
        }
    }

    fn call_itself(&mut self, arguments: &[Node], site: Site) -> Result<Value> {
        match self.function {
            Some(closure) => self.enter(closure, arguments, site),
            None => Err(Error::expression("There is no function to call here.")),
        }
    }

    fn rarer(&mut self, node: &Node) -> Result<Value> {
        match node {
            Node::Variable(slot, site) => self.variable(*slot, *site),
            Node::CellVariable(slot, site) => match self.slots.get(*slot as usize) {
                Some(Slot::Cell(cell)) => {
                    let cell = Arc::clone(cell);
                    cell.force(self.ctx).map_err(|error| self.placed(error, *site))
                }
                _ => Err(Error::expression("The variable isn't in scope.")),
            },
            Node::Captured(index, site) => match self.captures.get(*index as usize) {
                Some(member) => {
                    member.force_with_metadata(self.ctx).map_err(|error| self.placed(error, *site))
                }
                None => Err(Error::expression("The variable isn't in scope.")),
            },
            Node::Itself => Ok(self.itself()),
            Node::Sibling(index) => Ok(self.sibling(*index)),
            Node::Member { section, member, site } => {
                let cell = self.ctx.evaluation().member(*section as usize, *member as usize);
                match cell {
                    Some(cell) => cell.force(self.ctx).map_err(|error| self.placed(error, *site)),
                    None => Err(Error::expression("The section member isn't part of this program.")),
                }
            }
            Node::Environment(Environment::Shared) => Ok(access::shared(self.ctx)),
            Node::Environment(Environment::Sections) => Ok(access::sections(self.ctx)),
            Node::Unary(operator, operand, site) => {
                let operand = self.operand(operand)?;
                operators::apply_unary(*operator, &operand).map_err(|error| self.placed(error, *site))
            }
            Node::And(parts, site) => self.logic(&parts.0, &parts.1, false, *site),
            Node::Or(parts, site) => self.logic(&parts.0, &parts.1, true, *site),
            Node::Meta(parts, site) => {
                let value = self.operand(&parts.0)?;
                let added = self.operand(&parts.1)?;
                operators::combine_metadata(value, &added).map_err(|error| self.placed(error, *site))
            }
            Node::Is(value, check) => {
                let value = self.operand(value)?;
                Ok(Value::Logical(check.kinds.contains(value.kind())))
            }
            Node::As(value, check, site) => {
                let value = self.operand(value)?;
                if check.kinds.contains(value.kind()) {
                    Ok(value)
                } else {
                    Err(self.placed(conversion_error(&value, &check.ty), *site))
                }
            }
            Node::Lambda(group, index, captures) => {
                let captures = self.capture(captures)?;
                Ok(Value::Function(Arc::new(Function::closure(Arc::clone(group), *index, captures))))
            }
            Node::Projection(target, fields, site) => {
                let target = self.operand(target)?;
                access::project(self.ctx, &target, &fields.shape, fields.optional)
                    .map_err(|error| self.placed(error, *site))
            }
            Node::Item(parts, optional, site) => {
                let target = self.operand(&parts.0)?;
                let index = self.operand(&parts.1)?;
                access::item_of(self.ctx, &target, &index, *optional)
                    .map_err(|error| self.placed(error, *site))
            }
            Node::List(items, site) => self.list(items, *site),
            Node::Record(shape, scope, members) => {
                self.open(scope);
                let members =
                    members.iter().map(|member| self.member(member)).collect::<Result<Members>>()?;
                Ok(Value::Record(Arc::new(Record::new(Arc::clone(shape), members))))
            }
            Node::Error(value, site) => {
                let value = self.operand(value)?;
                Err(self.placed(raise(self.ctx, &value), *site))
            }
            Node::Try(body) => match self.operand(body) {
                Ok(value) => Ok(Value::record([("HasError", Value::Logical(false)), ("Value", value)])),
                Err(error) => {
                    let record = caught(error)?;
                    Ok(Value::record([("HasError", Value::Logical(true)), ("Error", record)]))
                }
            },
            Node::TryOtherwise(parts) => match self.operand(&parts.0) {
                Ok(value) => Ok(value),
                Err(error) if error.is_stop() => Err(error),
                Err(_) => self.operand(&parts.1),
            },
            Node::TryCatch(parts, site) => match self.operand(&parts.0) {
                Ok(value) => Ok(value),
                Err(error) => {
                    let record = caught(error)?;
                    let handler = self.operand(&parts.1)?;
                    let Value::Function(function) = handler.as_plain() else {
                        return Err(Error::expression("The handler of a catch isn't a function."));
                    };
                    let arguments =
                        if function.parameters().kinds.is_empty() { vec![] } else { vec![record] };
                    self.ctx.call(function, &arguments).map_err(|error| self.placed(error, *site))
                }
            },
            Node::NotImplemented(site) => {
                Err(self.placed(Error::expression("Value was not specified."), *site))
            }
            Node::Invalid(message, site) => {
                let raised = Raised::new(Value::text(&message.0), Value::text(&message.1));
                Err(self.placed(Error::raised(raised), *site))
            }
            Node::Noted(inside, note) => {
                let value = self.operand(inside)?;
                Ok(noted(self.ctx, value, note))
            }
            Node::Type(node, site) => {
                let ty = self.type_expression(node).map_err(|error| self.placed(error, *site))?;
                Ok(ty.to_value())
            }
            // `evaluate` has handled all the others.
            _ => Err(Error::expression("The expression can't be evaluated.")),
        }
    }

    fn parameter(&self, slot: u32) -> &Value {
        match self.slots.get(slot as usize) {
            Some(Slot::Value(value)) => value,
            _ => &Value::Null,
        }
    }

    /// The value of a node that needs no evaluation, borrowed: operands are mostly of this kind.
    pub(super) fn leaf<'n>(&'n self, node: &'n Node) -> Option<&'n Value> {
        match node {
            Node::Constant(value) => Some(value),
            Node::Parameter(slot) | Node::LastUse(slot) => Some(self.parameter(*slot)),
            Node::Variable(slot, _) => match self.slots.get(*slot as usize) {
                Some(Slot::Value(value)) => Some(value),
                _ => None,
            },
            Node::Captured(index, _) => self.captures.get(*index as usize).and_then(Member::ready),
            _ => None,
        }
    }

    fn variable(&mut self, slot: u32, site: Site) -> Result<Value> {
        let index = slot as usize;
        match self.slots.get(index) {
            Some(Slot::Value(value)) => return Ok(value.clone()),
            Some(Slot::InProgress) => return Err(self.placed(messages::cyclic_reference(), site)),
            _ => {}
        }
        let code = self.code;
        let Some(Some(node)) = code.variables.get(index) else {
            return Err(Error::expression("The variable isn't in scope."));
        };
        self.set(index, Slot::InProgress);
        let result = self.ctx.nested(|| self.evaluate(node));
        match result {
            Ok(value) => {
                self.set(index, Slot::Value(value.clone()));
                Ok(value)
            }
            Err(error) => {
                // The frame ends with this error unless a `try` in it catches it: then evaluating the
                // variable again raises the same error again.
                self.set(index, Slot::Empty);
                Err(self.placed(error, site))
            }
        }
    }

    fn set(&mut self, index: usize, slot: Slot) {
        if let Some(place) = self.slots.get_mut(index) {
            *place = slot;
        }
    }

    fn itself(&self) -> Value {
        match self.function {
            Some(closure) => self.function_of(closure, closure.index),
            None => Value::Null,
        }
    }

    fn sibling(&self, index: u32) -> Value {
        self.function.map_or(Value::Null, |closure| self.function_of(closure, index))
    }

    fn function_of(&self, closure: &Closure, index: u32) -> Value {
        let function = Function::closure(Arc::clone(&closure.group), index, Arc::clone(&closure.captures));
        Value::Function(Arc::new(function))
    }

    #[inline]
    fn binary(&mut self, operator: Operator, operands: &(Node, Node), site: Site) -> Result<Value> {
        if operator == Operator::Concatenate {
            return self.concatenation(operands, site);
        }
        let result = match (self.leaf(&operands.0), self.leaf(&operands.1)) {
            (Some(left), Some(right)) => operators::apply(self.ctx, operator, left, right),
            (None, Some(_)) => {
                let left = self.operand(&operands.0)?;
                match self.leaf(&operands.1) {
                    Some(right) => operators::apply(self.ctx, operator, &left, right),
                    None => return Ok(Value::Null),
                }
            }
            _ => {
                let left = self.operand(&operands.0)?;
                let right = self.operand(&operands.1)?;
                operators::apply(self.ctx, operator, &left, &right)
            }
        };
        // Values that are well are not taken out of their result and put back: that would cost as much as the sum.
        if result.is_ok() { result } else { result.map_err(|error| self.placed(error, site)) }
    }

    #[inline]
    fn condition(&mut self, node: &Node, site: Site) -> Result<bool> {
        let value = match node {
            // A comparison makes sure of the stack of its operands.
            Node::Binary(..) => self.evaluate(node)?,
            other => self.operand(other)?,
        };
        match value {
            Value::Logical(logical) => Ok(logical),
            other => match other.as_plain() {
                Value::Logical(logical) => Ok(*logical),
                wrong => Err(self.placed(conversion_error(wrong, &logical_type()), site)),
            },
        }
    }

    /// `and` (`decisive` false) and `or` (`decisive` true), with `null` as the unknown.
    fn logic(&mut self, left: &Node, right: &Node, decisive: bool, site: Site) -> Result<Value> {
        let left = self.logical_operand(left, site)?;
        if left == Some(decisive) {
            return Ok(Value::Logical(decisive));
        }
        let right = self.logical_operand(right, site)?;
        Ok(match (left, right) {
            (_, Some(value)) if value == decisive => Value::Logical(decisive),
            (Some(_), Some(_)) => Value::Logical(!decisive),
            _ => Value::Null,
        })
    }

    fn logical_operand(&mut self, node: &Node, site: Site) -> Result<Option<bool>> {
        let value = self.operand(node)?;
        match value.as_plain() {
            Value::Logical(logical) => Ok(Some(*logical)),
            Value::Null => Ok(None),
            wrong => Err(self.placed(conversion_error(wrong, &logical_type()), site)),
        }
    }

    fn field(&mut self, target: &Node, field: &FieldAccess, site: Site) -> Result<Value> {
        let evaluated;
        let record = match self.leaf(target) {
            Some(value) => value,
            None => {
                evaluated = self.operand(target)?;
                &evaluated
            }
        };
        let result = match record {
            Value::Record(record) => cached_field(self.ctx, record, field),
            other => access::field_of(self.ctx, other, &field.name, field.optional),
        };
        if result.is_ok() { result } else { result.map_err(|error| self.placed(error, site)) }
    }

    fn list(&mut self, items: &[Item], site: Site) -> Result<Value> {
        if let [Item::Range(from, to, site)] = items {
            let (from, to) = (self.evaluate(from)?, self.evaluate(to)?);
            return match access::range(&from, &to) {
                Ok(list) => Ok(Value::List(Arc::new(list))),
                Err(error) => Err(self.placed(error, *site)),
            };
        }
        let mut members = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::One(member) => members.push(self.member(member)?),
                Item::Range(from, to, site) => {
                    let (from, to) = (self.evaluate(from)?, self.evaluate(to)?);
                    let list =
                        Arc::new(access::range(&from, &to).map_err(|error| self.placed(error, *site))?);
                    let mut numbers = list.items();
                    while let Some(number) = numbers.next(self.ctx)? {
                        members.push(number);
                    }
                }
            }
        }
        let _ = site;
        Ok(Value::List(Arc::new(List::Items(members))))
    }

    pub(super) fn member(&mut self, node: &MemberNode) -> Result<Member> {
        match node {
            MemberNode::Ready(node) => self.evaluate(node).map(Member::Ready),
            MemberNode::Share(capture) => self.captured(capture),
            MemberNode::Thunk(thunk) => {
                if let Some(node) = &thunk.prompt
                    && let Some(value) = self.prompt(node)
                {
                    return Ok(Member::Ready(value));
                }
                let cell = Cell::suspended(self.thunk(thunk)?);
                if !thunk.cyclic {
                    return Ok(Member::Lazy(Arc::new(cell)));
                }
                let cell = Arc::new(cell.circular());
                self.ctx.register_cyclic(&cell);
                Ok(Member::Lazy(cell))
            }
        }
    }

    /// Makes the cells of a `let` or record: first all, empty, since they may refer to each other.
    fn open(&mut self, scope: &Scope) {
        for node in &scope.cells {
            let cell = if node.thunk.cyclic {
                let cell = Arc::new(Cell::empty().circular());
                self.ctx.register_cyclic(&cell);
                cell
            } else {
                Arc::new(Cell::empty())
            };
            self.set(node.slot as usize, Slot::Cell(cell));
        }
        for node in &scope.cells {
            let thunk = self.thunk(&node.thunk);
            if let (Some(Slot::Cell(cell)), Ok(thunk)) = (self.slots.get(node.slot as usize), thunk) {
                cell.suspend(thunk);
            }
        }
    }

    fn thunk(&mut self, node: &ThunkNode) -> Result<Thunk> {
        Ok(Thunk::Expression { code: Arc::clone(&node.code), captures: self.capture(&node.captures)? })
    }

    fn capture(&mut self, captures: &[Capture]) -> Result<Arc<[Member]>> {
        captures.iter().map(|capture| self.captured(capture)).collect()
    }

    fn captured(&mut self, capture: &Capture) -> Result<Member> {
        Ok(match capture {
            Capture::Parameter(slot) => Member::Ready(self.parameter(*slot).clone()),
            Capture::Cell(slot) => match self.slots.get(*slot as usize) {
                Some(Slot::Cell(cell)) => Member::Lazy(Arc::clone(cell)),
                _ => Member::Ready(Value::Null),
            },
            Capture::Lambda(slot) => Member::Ready(self.variable(*slot, Site(0))?),
            Capture::Captured(index) => {
                self.captures.get(*index as usize).cloned().unwrap_or(Member::Ready(Value::Null))
            }
            Capture::Itself => Member::Ready(self.itself()),
            Capture::Sibling(index) => Member::Ready(self.sibling(*index)),
        })
    }
}

/// Where the field was found last, if that was in a record of the same shape.
#[inline]
pub(super) fn remembered(record: &Record, field: &FieldAccess) -> Option<usize> {
    let cached = field.cache.load(Ordering::Relaxed);
    ((cached >> 32) as u32 == record.shape().id()).then_some(cached as u32 as usize)
}

/// Notes where the field was found.
pub(super) fn remember(record: &Record, field: &FieldAccess, position: usize) {
    field.cache.store((u64::from(record.shape().id()) << 32) | position as u64, Ordering::Relaxed);
}

#[inline]
fn cached_field(ctx: &Context, record: &Arc<Record>, field: &FieldAccess) -> Result<Value> {
    let shape = record.shape();
    if let Some(position) = remembered(record, field)
        && let Some(value) = record.force_at(position, ctx)?
    {
        return Ok(value);
    }
    match shape.position(&field.name) {
        Some(position) => {
            remember(record, field, position);
            record.force_at(position, ctx).map(|value| value.unwrap_or(Value::Null))
        }
        None if field.optional => Ok(Value::Null),
        None => Err(messages::field_not_found(&field.name, record)),
    }
}

fn logical_type() -> Arc<Type> {
    Arc::new(Type::new(Form::Logical))
}

/// The record of a caught error; a stop goes on.
fn caught(error: Error) -> Result<Value> {
    match error.as_raised() {
        Some(raised) => Ok(Value::Record(Arc::new(raised.to_record()))),
        None => Err(error),
    }
}

/// The error that `error value` raises: from a record of the error's fields, or from a text.
fn raise(ctx: &Context, value: &Value) -> Error {
    match value.as_plain() {
        Value::Record(record) => raise_record(ctx, record).unwrap_or_else(|error| error),
        Value::Text(_) | Value::Null => {
            let message = value.as_plain().clone();
            // The engine keeps the text as the message's format, too.
            Error::raised(Raised {
                message_format: message.clone(),
                ..Raised::new(Value::text("Expression.Error"), message)
            })
        }
        other => conversion_error(other, &Arc::new(Type::new(Form::Text))),
    }
}

fn raise_record(ctx: &Context, record: &Record) -> Result<Error> {
    let field = |name: &str| record.get(name).map_or(Ok(Value::Null), |member| member.force(ctx));
    let reason = match field("Reason")? {
        Value::Null => Value::text("Expression.Error"),
        reason => reason,
    };
    let format = field("Message.Format")?;
    let parameters = field("Message.Parameters")?;
    let message = match (field("Message")?, &format, &parameters) {
        (Value::Null, Value::Text(format), Value::List(list)) => {
            Value::text(compare::fill_format(ctx, format, list)?)
        }
        (message, ..) => message,
    };
    Ok(Error::raised(Raised {
        detail: field("Detail")?,
        message_format: format,
        message_parameters: parameters,
        code: field("ErrorCode")?,
        ..Raised::new(reason, message)
    }))
}

/// What a host needs to know of a function before it calls it.
impl Function {
    /// Whether calling it runs M code.
    pub fn is_closure(&self) -> bool {
        matches!(self.callable(), Callable::Closure(_))
    }
}
