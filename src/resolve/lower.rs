//! The second pass: writes the nodes.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use super::scan::{BindingId, Class, Meaning, Scanned};
use super::{Document, shared_name};
use super::{in_place, prompt};
use crate::eval::apply_unary;
use crate::ir::{
    Capture, CellNode, Check, Code, Environment, FieldAccess, Item, Lambda, MemberNode, Node, Note, Operator,
    ProjectedFields, Scope, SectionMember, Site, ThunkNode, Unit,
};
use crate::syntax::literal::{NumberLiteral, number};
use crate::syntax::{self, BinaryOp, NodeId, NodeList, Tree};
use crate::text::Span;
use crate::value::types::{Form, FunctionType, ParameterType};
use crate::value::{Callable, List, Member, Parameters, Record, Shape, Text, Type, Value};

/// What a document becomes.
pub(super) enum Lowered {
    /// The code of an expression.
    Expression(Arc<Code>),
    /// The members of a section.
    Section(Vec<SectionMember>),
}

/// Writes the nodes of a document.
pub(super) fn lower(document: &Document, scanned: &Scanned) -> Lowered {
    let tree = &document.tree;
    let syntax::Node::Section { members, .. } = tree.node(tree.root()) else {
        return Lowered::Expression(lower_expression(document, tree.root(), scanned));
    };
    let mut lowerer = Lowerer::new(document, scanned);
    let mut written = Vec::new();
    for &member in tree.list(members) {
        if let syntax::Node::SectionMember { shared, name, value, .. } = tree.node(member) {
            let name = Text::new(&tree.name(name, document.source.text()));
            let code = Arc::new(lowerer.document(value, Some(&name)));
            written.push(SectionMember { name, shared, code });
        }
    }
    lowerer.finish(document);
    Lowered::Section(written)
}

/// Writes the nodes of one expression of a document.
pub(super) fn lower_expression(document: &Document, root: NodeId, scanned: &Scanned) -> Arc<Code> {
    let mut lowerer = Lowerer::new(document, scanned);
    let code = Arc::new(lowerer.document(root, None));
    lowerer.finish(document);
    code
}

/// The node, observed if it is a call of a library function or has a name. It stands at `places` in the text.
fn noted(node: Node, name: Option<&str>, places: usize) -> Node {
    let call = match &node {
        Node::CallNative(native, ..) => Some(native.name.clone()),
        Node::Constant(_) | Node::Lambda(..) | Node::Noted(..) => return node,
        _ if name.is_none() => return node,
        _ => None,
    };
    Node::Noted(Box::new(node), Arc::new(Note { name: name.map(shared_name), call, places }))
}

/// The frame being written: of a function, a cell or the document.
#[derive(Default)]
struct Frame {
    slots: u32,
    variables: Vec<Option<Node>>,
    captures: Vec<(BindingId, Capture)>,
    /// The group of functions whose body this is, and which of them.
    group: Option<(BindingId, u32)>,
}

pub(super) struct Lowerer<'a> {
    pub(super) tree: &'a Tree,
    pub(super) text: &'a str,
    scanned: &'a Scanned,
    unit: Arc<OnceLock<Unit>>,
    spans: Vec<Span>,
    frames: Vec<Frame>,
    /// For each binding the frame and slot it got.
    placed: Vec<Option<(usize, u32)>>,
    /// How many cyclic variables' values we are inside of.
    cyclic: usize,
    /// Whether tables are to be observed.
    observes: bool,
    /// How many functions we are inside of.
    functions: usize,
    /// For each binding from where to where in the text its name is used.
    used: Vec<Option<Span>>,
    /// How many values of variables that live in their frame we are inside of: they may be evaluated again after an
    /// error.
    variables: usize,
}

impl<'a> Lowerer<'a> {
    fn new(document: &'a Document, scanned: &'a Scanned) -> Lowerer<'a> {
        Lowerer {
            tree: &document.tree,
            text: document.source.text(),
            scanned,
            unit: Arc::new(OnceLock::new()),
            spans: vec![document.tree.span(document.tree.root())],
            frames: Vec::new(),
            placed: vec![None; scanned.bindings.len()],
            cyclic: 0,
            observes: document.observed,
            functions: 0,
            used: used(document, scanned),
            variables: 0,
        }
    }

    fn finish(self, document: &Document) {
        // Nobody else sets it: the lock was made with this lowerer.
        let _ = self.unit.set(Unit { source: document.source.clone(), spans: self.spans });
    }

    fn document(&mut self, value: NodeId, name: Option<&str>) -> Code {
        self.frames.push(Frame::default());
        let body = self.named(value, name);
        let frame = self.frames.pop().unwrap_or_default();
        self.code(frame, body)
    }

    fn code(&self, frame: Frame, body: Node) -> Code {
        Code { unit: Arc::clone(&self.unit), slots: frame.slots as usize, variables: frame.variables, body }
    }

    pub(super) fn site(&mut self, id: NodeId) -> Site {
        self.spans.push(self.tree.span(id));
        Site(self.spans.len() as u32 - 1)
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn new_slot(&mut self) -> u32 {
        let frame = self.frame();
        frame.slots += 1;
        frame.variables.push(None);
        frame.slots - 1
    }

    pub(super) fn expression(&mut self, id: NodeId) -> Node {
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.lower(id, None))
    }

    /// Lowers the value of something called `name`.
    fn named(&mut self, id: NodeId, name: Option<&str>) -> Node {
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.lower(id, name))
    }

    fn lower(&mut self, id: NodeId, name: Option<&str>) -> Node {
        if let Some(binding) = self.shared(id) {
            let node = self.binding(id, binding);
            return self.observed(node, name, 1);
        }
        use syntax::Node as S;
        let scope = match self.tree.node(id) {
            // These open their own scope.
            S::Let { .. } | S::Record(_) | S::Function { .. } | S::Each(_) => Scope::default(),
            _ => self.open(id, &[]),
        };
        let node = self.plain(id, name);
        let node = self.observed(node, name, 1);
        if scope.cells.is_empty() { node } else { Node::Let(Box::new(scope), Box::new(node)) }
    }

    /// What runs for each row is not observed: it would cost more than it does.
    fn observed(&self, node: Node, name: Option<&str>, places: usize) -> Node {
        if !self.observes || self.functions > 0 { node } else { noted(node, name, places) }
    }

    /// The variable that a shared expression is read from.
    fn shared(&self, id: NodeId) -> Option<BindingId> {
        match (self.tree.node(id), self.scanned.meanings.get(&id)) {
            (syntax::Node::Call { .. }, Some(Meaning::Binding(binding))) => Some(*binding),
            _ => None,
        }
    }

    /// The value of a variable: that of one without a name stands where it is used first.
    fn value_of(&mut self, binding: BindingId, name: Option<&str>) -> Node {
        let value = self.scanned.bindings[binding as usize].value;
        if self.shared(value) != Some(binding) {
            return self.named(value, name);
        }
        let places = if self.observes { self.scanned.places_of(binding) } else { 1 };
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || {
            let node = self.plain(value, None);
            self.observed(node, None, places)
        })
    }

    fn plain(&mut self, id: NodeId, name: Option<&str>) -> Node {
        use syntax::Node as S;
        match self.tree.node(id) {
            S::Null => Node::Constant(Value::Null),
            S::Logical(logical) => Node::Constant(Value::Logical(logical)),
            S::Number => self.number(id),
            S::Text => Node::Constant(Value::text(self.tree.text_value(id, self.text))),
            S::Verbatim => self.invalid(
                id,
                "The text between #!\" and \" couldn't be understood by the program that wrote it.",
            ),
            S::Name { .. } | S::SectionAccess { .. } => self.reference(id),
            S::Paren(inner) => self.named(inner, name),
            S::NotImplemented => Node::NotImplemented(self.site(id)),
            S::Call { callee, arguments } => self.call(id, callee, arguments),
            S::List(items) => self.list(id, items),
            S::Record(fields) => self.record(id, fields),
            S::Item { target, index, optional } => {
                let parts = Box::new((self.expression(target), self.expression(index)));
                Node::Item(parts, optional, self.site(id))
            }
            S::Field { target, name, optional } => {
                let target = self.target(id, target);
                let name = Text::new(&self.tree.name(name, self.text));
                let access = FieldAccess { name, optional, cache: AtomicU64::new(0) };
                Node::Field(Box::new(target), Box::new(access), self.site(id))
            }
            S::Projection { target, names, optional } => {
                let target = self.target(id, target);
                let names =
                    self.tree.list(names).iter().map(|name| Text::new(&self.tree.name(*name, self.text)));
                let fields = ProjectedFields { shape: Arc::new(Shape::new(names)), optional };
                Node::Projection(Box::new(target), Box::new(fields), self.site(id))
            }
            S::Unary { op, operand } => {
                let operand = self.expression(operand);
                if let Node::Constant(value) = &operand
                    && let Ok(value) = apply_unary(op, value)
                {
                    return Node::Constant(value);
                }
                Node::Unary(op, Box::new(operand), self.site(id))
            }
            S::Binary { op, left, right } => self.binary(id, op, left, right),
            S::Is { value, ty } => {
                let value = self.expression(value);
                Node::Is(Box::new(value), Box::new(self.check(ty)))
            }
            S::As { value, ty } => {
                let value = self.expression(value);
                Node::As(Box::new(value), Box::new(self.check(ty)), self.site(id))
            }
            S::Let { bindings, body } => {
                let names = self.names(bindings);
                let scope = self.open(id, &names);
                let body = self.expression(body);
                Node::Let(Box::new(scope), Box::new(body))
            }
            S::If { condition, then, otherwise } => {
                let parts = (self.expression(condition), self.expression(then), self.expression(otherwise));
                Node::If(Box::new(parts), self.site(condition))
            }
            S::Function { .. } | S::Each(_) => self.function(id, name),
            S::Error(value) => {
                let value = self.expression(value);
                Node::Error(Box::new(value), self.site(id))
            }
            S::Try { body, handler, catch } => {
                let body = self.expression(body);
                match handler {
                    None => Node::Try(Box::new(body)),
                    Some(handler) => {
                        let parts = Box::new((body, self.expression(handler)));
                        if catch { Node::TryCatch(parts, self.site(id)) } else { Node::TryOtherwise(parts) }
                    }
                }
            }
            S::Type(ty) => {
                let node = self.type_node(ty);
                match node {
                    crate::ir::TypeNode::Known(ty) => Node::Constant(Value::Type(ty)),
                    node => Node::Type(Box::new(node), self.site(id)),
                }
            }
            S::Missing => self.invalid(id, "An expression is missing here."),
            _ => self.invalid(id, "This can't stand where an expression is expected."),
        }
    }

    fn invalid(&mut self, id: NodeId, message: &str) -> Node {
        Node::Invalid(Box::new(("Expression.SyntaxError".to_owned(), message.to_owned())), self.site(id))
    }

    fn number(&mut self, id: NodeId) -> Node {
        match number(self.tree.span(id).of(self.text)) {
            Some(NumberLiteral::Integer(whole)) => Node::Constant(match i64::try_from(whole) {
                Ok(whole) => Value::Int64(whole),
                Err(_) => Value::Double(whole as f64),
            }),
            Some(NumberLiteral::Float(double)) => Node::Constant(Value::Double(double)),
            Some(NumberLiteral::OutOfRange) | None => self.invalid(id, "The number is out of range."),
        }
    }

    fn binary(&mut self, id: NodeId, op: BinaryOp, left: NodeId, right: NodeId) -> Node {
        let mut parts = Box::new((self.expression(left), self.expression(right)));
        if op == BinaryOp::Concatenate
            && let Node::Parameter(slot) = parts.0
            && self.is_last_use(id, left)
        {
            parts.0 = Node::LastUse(slot);
            if let Node::Record(shape, _, members) = &mut parts.1 {
                in_place::mark(slot, shape, members);
            }
        }
        let site = self.site(id);
        match (Operator::from_syntax(op), op) {
            (Some(operator), _) => Node::Binary(operator, parts, site),
            (None, BinaryOp::And) => Node::And(parts, site),
            (None, BinaryOp::Or) => Node::Or(parts, site),
            (None, BinaryOp::Coalesce) => Node::Coalesce(parts),
            (None, _) => Node::Meta(parts, site),
        }
    }

    /// Whether all that refers to the parameter `left` stands in the operation `id`, which is evaluated once.
    fn is_last_use(&self, id: NodeId, left: NodeId) -> bool {
        let Some(Meaning::Binding(binding)) = self.scanned.meanings.get(&left) else { return false };
        let (whole, used) = (self.tree.span(id), self.used.get(*binding as usize).copied().flatten());
        self.variables == 0 && used.is_some_and(|used| whole.start <= used.start && used.end <= whole.end)
    }

    fn target(&mut self, id: NodeId, target: Option<NodeId>) -> Node {
        match target {
            Some(target) => self.expression(target),
            None => self.reference(id),
        }
    }

    fn call(&mut self, id: NodeId, callee: NodeId, arguments: NodeList) -> Node {
        let target = self.expression(callee);
        let arguments: Box<[Node]> =
            self.tree.list(arguments).iter().map(|argument| self.expression(*argument)).collect();
        let site = self.site(id);
        if matches!(target, Node::Itself) {
            return Node::CallItself(arguments, site);
        }
        if let Node::Constant(Value::Function(function)) = &target
            && let Callable::Native(native) = function.callable()
        {
            return Node::CallNative(Arc::clone(native), arguments, site);
        }
        Node::Call(Box::new(target), arguments, site)
    }

    /// What a name, or the `_` that a bare `[field]` stands for, refers to.
    fn reference(&mut self, id: NodeId) -> Node {
        let meaning = self.scanned.meanings.get(&id).cloned();
        match meaning {
            Some(Meaning::Binding(binding)) => self.binding(id, binding),
            Some(Meaning::Member(section, member)) => Node::Member { section, member, site: self.site(id) },
            Some(Meaning::Constant(value)) => Node::Constant(value),
            Some(Meaning::Environment(true)) => Node::Environment(Environment::Shared),
            Some(Meaning::Environment(false)) => Node::Environment(Environment::Sections),
            Some(Meaning::Unknown(message)) => {
                Node::Invalid(Box::new(("Expression.Error".to_owned(), message)), self.site(id))
            }
            None => self.invalid(id, "The name has no meaning here."),
        }
    }

    fn binding(&mut self, id: NodeId, binding: BindingId) -> Node {
        let known = &self.scanned.bindings[binding as usize];
        if known.class == Class::Constant {
            return self.expression(known.value);
        }
        let site = self.site(id);
        let here = self.frames.len() - 1;
        match self.capture_source(binding, here) {
            Capture::Parameter(slot) => Node::Parameter(slot),
            Capture::Cell(slot) => Node::CellVariable(slot, site),
            Capture::Lambda(slot) => Node::Variable(slot, site),
            Capture::Captured(index) => Node::Captured(index, site),
            Capture::Itself => Node::Itself,
            Capture::Sibling(index) => Node::Sibling(index),
        }
    }

    /// Where the frame finds a binding. A variable evaluated in its own frame looks like [`Capture::Lambda`]:
    /// both live in a slot that is filled at first use.
    fn capture_source(&mut self, binding: BindingId, frame: usize) -> Capture {
        let known = &self.scanned.bindings[binding as usize];
        if let Some((at, slot)) = self.placed[binding as usize]
            && at == frame
        {
            return match known.class {
                Class::Parameter => Capture::Parameter(slot),
                Class::Expression if known.cell => Capture::Cell(slot),
                _ => Capture::Lambda(slot),
            };
        }
        if let (Some((group, index)), Some((own, itself))) = (known.group, self.frames[frame].group)
            && group == own
        {
            return if index == itself { Capture::Itself } else { Capture::Sibling(index) };
        }
        if let Some(index) = self.frames[frame].captures.iter().position(|(captured, _)| *captured == binding)
        {
            return Capture::Captured(index as u32);
        }
        // A binding is always placed in an outer frame before inner code refers to it.
        let source = match frame.checked_sub(1) {
            Some(outer) => self.capture_source(binding, outer),
            None => return Capture::Parameter(u32::MAX),
        };
        let captures = &mut self.frames[frame].captures;
        captures.push((binding, source));
        Capture::Captured(captures.len() as u32 - 1)
    }

    /// The names of a `let` or record, in the order of its bindings.
    fn names(&self, list: NodeList) -> Vec<String> {
        let names = self.tree.list(list).iter().filter_map(|&node| match self.tree.node(node) {
            syntax::Node::Binding { name, .. } => Some(self.tree.name(name, self.text).into_owned()),
            _ => None,
        });
        names.collect()
    }

    /// Places the variables of a `let` (or the fields of a record) and writes their values; those without a name, which
    /// any expression may have, come last.
    fn open(&mut self, id: NodeId, names: &[String]) -> Scope {
        let Some(bindings) = self.scanned.scopes.get(&id).cloned() else { return Scope::default() };
        let here = self.frames.len() - 1;
        let is_record = matches!(self.tree.node(id), syntax::Node::Record(_));
        for &binding in &bindings {
            let known = &self.scanned.bindings[binding as usize];
            let needs_slot = match known.class {
                Class::Constant => false,
                // A field nobody refers to becomes a member without ever being a variable.
                Class::Expression => known.cell || !is_record,
                _ => true,
            };
            if needs_slot {
                let slot = self.new_slot();
                self.placed[binding as usize] = Some((here, slot));
            }
        }
        let mut scope = Scope::default();
        for (at, &binding) in bindings.iter().enumerate() {
            let name = names.get(at).map(String::as_str);
            let known = &self.scanned.bindings[binding as usize];
            let Some((_, slot)) = self.placed[binding as usize] else { continue };
            match known.class {
                Class::Lambda if known.group.is_some() => {
                    if !known.members.is_empty() {
                        let members = known.members.clone();
                        self.group(&members, &bindings, names);
                    }
                }
                Class::Expression if known.cell => {
                    let cyclic = known.cyclic;
                    let thunk = self.thunk(cyclic, |lowerer| lowerer.value_of(binding, name));
                    scope.cells.push(CellNode { slot, thunk });
                }
                _ => {
                    self.variables += 1;
                    let node = self.value_of(binding, name);
                    self.variables -= 1;
                    self.frame().variables[slot as usize] = Some(node);
                }
            }
        }
        scope
    }

    /// Writes functions that refer to each other: they capture together.
    fn group(&mut self, members: &[BindingId], bindings: &[BindingId], names: &[String]) {
        let mut captures = Vec::new();
        let mut lambdas = Vec::with_capacity(members.len());
        for &member in members {
            let Some(at) = bindings.iter().position(|binding| *binding == member) else { continue };
            let (name, value) = (names.get(at), self.scanned.bindings[member as usize].value);
            let frame = Frame {
                captures: std::mem::take(&mut captures),
                group: self.scanned.bindings[member as usize].group,
                ..Frame::default()
            };
            let (lambda, taken) = self.lambda(value, name.map(String::as_str), frame);
            captures = taken;
            lambdas.push(lambda);
        }
        let group: Arc<[Lambda]> = Arc::from(lambdas);
        for (index, &member) in members.iter().enumerate() {
            if let Some((_, slot)) = self.placed[member as usize] {
                let sources = captures.iter().map(|(_, source)| source.clone()).collect();
                self.frame().variables[slot as usize] =
                    Some(finished_lambda(Arc::clone(&group), index as u32, sources));
            }
        }
    }

    fn function(&mut self, id: NodeId, name: Option<&str>) -> Node {
        let (lambda, captures) = self.lambda(id, name, Frame::default());
        let sources = captures.into_iter().map(|(_, source)| source).collect();
        finished_lambda(Arc::from([lambda]), 0, sources)
    }

    fn lambda(
        &mut self,
        id: NodeId,
        name: Option<&str>,
        frame: Frame,
    ) -> (Lambda, Vec<(BindingId, Capture)>) {
        let site = self.site(id);
        let mut required = 0;
        let mut types = Vec::new();
        let mut declared = None;
        let body = match self.tree.node(id) {
            syntax::Node::Function { parameters, returns, body } => {
                for &parameter in self.tree.list(parameters) {
                    if let syntax::Node::Parameter { name, ty, optional } = self.tree.node(parameter) {
                        let name = Text::new(&self.tree.name(name, self.text));
                        let mut ty = ty.map_or_else(Type::any, |ty| self.primitive(ty));
                        if optional {
                            ty = Arc::new(ty.with_null());
                        } else {
                            required += 1;
                        }
                        types.push(ParameterType { name, ty });
                    }
                }
                declared = returns.map(|returns| self.check(returns));
                body
            }
            syntax::Node::Each(body) => {
                required = 1;
                types.push(ParameterType { name: Text::new("_"), ty: Type::any() });
                body
            }
            _ => id,
        };
        let returns = declared.as_ref().map_or_else(Type::any, |check| Arc::clone(&check.ty));
        let parameters = Parameters::new(Arc::new(FunctionType { parameters: types, required, returns }));
        self.frames.push(frame);
        let variables = std::mem::take(&mut self.variables);
        let here = self.frames.len() - 1;
        for binding in self.scanned.scopes.get(&id).cloned().unwrap_or_default() {
            let slot = self.new_slot();
            self.placed[binding as usize] = Some((here, slot));
        }
        self.functions += 1;
        let body = self.expression(body);
        self.functions -= 1;
        self.variables = variables;
        let mut frame = self.frames.pop().unwrap_or_default();
        let captures = std::mem::take(&mut frame.captures);
        let returns = declared.filter(|check| !matches!(check.ty.form, Form::Any));
        let code = self.code(frame, body);
        (Lambda { name: name.map(shared_name), parameters, returns, site, code }, captures)
    }

    fn thunk(&mut self, cyclic: bool, write: impl FnOnce(&mut Self) -> Node) -> ThunkNode {
        self.cyclic += usize::from(cyclic);
        self.frames.push(Frame::default());
        let body = write(self);
        let mut frame = self.frames.pop().unwrap_or_default();
        let captures = std::mem::take(&mut frame.captures);
        let node = ThunkNode {
            code: Arc::new(self.code(frame, body)),
            captures: captures.into_iter().map(|(_, source)| source).collect(),
            cyclic: self.cyclic > 0,
            prompt: None,
            in_place: false,
        };
        self.cyclic -= usize::from(cyclic);
        node
    }

    /// A list item or field: at hand where that costs nothing and cannot fail, else evaluated at first read.
    fn member(&mut self, value: NodeId, name: Option<&str>) -> MemberNode {
        match self.tree.node(value) {
            syntax::Node::Paren(inner) => return self.member(inner, name),
            syntax::Node::Function { .. } | syntax::Node::Each(_) => {
                return MemberNode::Ready(self.named(value, name));
            }
            syntax::Node::Name { .. } => {
                if let Some(Meaning::Binding(binding)) = self.scanned.meanings.get(&value) {
                    if self.scanned.bindings[*binding as usize].class != Class::Constant {
                        let here = self.frames.len() - 1;
                        return match self.capture_source(*binding, here) {
                            Capture::Parameter(slot) => MemberNode::Ready(Node::Parameter(slot)),
                            share => MemberNode::Share(share),
                        };
                    }
                    return MemberNode::Ready(self.expression(value));
                }
            }
            _ => {
                if let Some(binding) = self.shared(value) {
                    let here = self.frames.len() - 1;
                    return MemberNode::Share(self.capture_source(binding, here));
                }
            }
        }
        let thunk = self.thunk(false, |lowerer| lowerer.named(value, name));
        match &thunk.code.body {
            // What turned out to be known, such as `-1` or `type text`, needs no cell.
            Node::Constant(constant) => MemberNode::Ready(Node::Constant(constant.clone())),
            body => {
                let prompt =
                    (!thunk.cyclic && prompt::is_prompt(body)).then(|| Box::new(self.expression(value)));
                MemberNode::Thunk(ThunkNode { prompt, ..thunk })
            }
        }
    }

    fn list(&mut self, id: NodeId, list: NodeList) -> Node {
        let items: Vec<Item> = self
            .tree
            .list(list)
            .iter()
            .map(|&item| match self.tree.node(item) {
                syntax::Node::Range { from, to } => {
                    let (from, to) = (self.expression(from), self.expression(to));
                    Item::Range(from, to, self.site(item))
                }
                _ => Item::One(self.member(item, None)),
            })
            .collect();
        let known: Option<Vec<Member>> = items
            .iter()
            .map(|item| match item {
                Item::One(MemberNode::Ready(Node::Constant(value))) => Some(Member::Ready(value.clone())),
                _ => None,
            })
            .collect();
        match known {
            Some(members) => Node::Constant(Value::List(Arc::new(List::Items(members)))),
            None => Node::List(items.into_boxed_slice(), self.site(id)),
        }
    }

    fn record(&mut self, id: NodeId, fields: NodeList) -> Node {
        let names = self.names(fields);
        let scope = self.open(id, &names);
        let bindings = self.scanned.scopes.get(&id).cloned().unwrap_or_default();
        let here = self.frames.len() - 1;
        let mut members = Vec::with_capacity(names.len());
        for (&binding, name) in bindings.iter().zip(&names) {
            members.push(match self.placed[binding as usize] {
                Some(_) => MemberNode::Share(self.capture_source(binding, here)),
                None => self.member(self.scanned.bindings[binding as usize].value, Some(name)),
            });
        }
        let names = names.iter().map(|name| Text::new(name));
        let shape = Arc::new(Shape::new(names));
        let known: Option<Vec<Member>> = members
            .iter()
            .map(|member| match member {
                MemberNode::Ready(Node::Constant(value)) => Some(Member::Ready(value.clone())),
                _ => None,
            })
            .collect();
        match known {
            Some(known) => Node::Constant(Value::Record(Arc::new(Record::new(shape, known)))),
            None => Node::Record(shape, Box::new(scope), members.into_boxed_slice()),
        }
    }

    pub(super) fn check(&self, ty: NodeId) -> Check {
        let ty = self.primitive(ty);
        Check { kinds: ty.kinds(), ty }
    }
}

/// For each binding from where to where in the text its name is used.
fn used(document: &Document, scanned: &Scanned) -> Vec<Option<Span>> {
    let mut used: Vec<Option<Span>> = vec![None; scanned.bindings.len()];
    let named = scanned.meanings.iter().filter_map(|(node, meaning)| match meaning {
        Meaning::Binding(binding) => Some((binding, node)),
        _ => None,
    });
    for (binding, node) in named.chain(scanned.wider.iter().map(|(binding, node)| (binding, node))) {
        if let Some(place) = used.get_mut(*binding as usize) {
            let here = document.tree.span(*node);
            *place = Some(place.map_or(here, |before| Span {
                start: before.start.min(here.start),
                end: before.end.max(here.end),
            }));
        }
    }
    used
}

/// A function that captures nothing is the same value every time.
fn finished_lambda(group: Arc<[Lambda]>, index: u32, captures: Box<[Capture]>) -> Node {
    if captures.is_empty() {
        let function = crate::value::Function::closure(group, index, Arc::from([]));
        return Node::Constant(Value::Function(Arc::new(function)));
    }
    Node::Lambda(group, index, captures)
}
