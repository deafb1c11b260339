//! Type expressions: known ones become values at once, others keep the parts that need evaluation.

use std::sync::Arc;

use super::lower::Lowerer;
use crate::ir::{Node, TypeNode};
use crate::syntax::{Node as Syntax, NodeId};
use crate::value::types::{FieldType, Form, FunctionType, ParameterType, RecordType, TableType};
use crate::value::{Text, Type};

impl Lowerer<'_> {
    /// The primitive type, perhaps nullable, that `is`, `as` and parameters name.
    pub(super) fn primitive(&self, id: NodeId) -> Arc<Type> {
        match self.tree.node(id) {
            Syntax::NullableType(inner) => Arc::new(self.primitive(inner).with_null()),
            Syntax::PrimitiveType => {
                let name = self.tree.span(id).of(self.text);
                Type::primitive(name).map_or_else(Type::any, Arc::new)
            }
            _ => Type::any(),
        }
    }

    /// A type in a type expression.
    pub(super) fn type_node(&mut self, id: NodeId) -> TypeNode {
        match self.tree.node(id) {
            Syntax::PrimitiveType => TypeNode::Known(self.primitive(id)),
            Syntax::NullableType(inner) => match self.type_node(inner) {
                TypeNode::Known(ty) => TypeNode::Known(Arc::new(ty.with_null())),
                part => TypeNode::Nullable(Box::new(part)),
            },
            Syntax::ListType(inner) => match self.type_node(inner) {
                TypeNode::Known(ty) => TypeNode::Known(Arc::new(Type::new(Form::List(Some(ty))))),
                part => TypeNode::List(Box::new(part)),
            },
            Syntax::RecordType { fields, open } => {
                let mut parts = Vec::new();
                for &field in self.tree.list(fields) {
                    if let Syntax::FieldType { name, ty, optional } = self.tree.node(field) {
                        let name = Text::new(&self.tree.name(name, self.text));
                        parts.push((name, ty.map(|ty| Box::new(self.type_node(ty))), optional));
                    }
                }
                let known: Option<Vec<FieldType>> = parts
                    .iter()
                    .map(|(name, part, optional)| {
                        known(part).map(|ty| FieldType { name: name.clone(), ty, optional: *optional })
                    })
                    .collect();
                match known {
                    Some(fields) => {
                        let record = Arc::new(RecordType { fields, open });
                        TypeNode::Known(Arc::new(Type::new(Form::Record(Some(record)))))
                    }
                    None => TypeNode::Record(parts, open),
                }
            }
            Syntax::TableType(row) => match self.type_node(row) {
                TypeNode::Known(ty) => match &ty.form {
                    Form::Record(Some(row)) => {
                        let table = Arc::new(TableType { row: Arc::clone(row), keys: Vec::new() });
                        TypeNode::Known(Arc::new(Type::new(Form::Table(Some(table)))))
                    }
                    _ => TypeNode::Table(Box::new(TypeNode::Known(ty))),
                },
                part => TypeNode::Table(Box::new(part)),
            },
            Syntax::FunctionType { parameters, returns } => {
                let mut parts = Vec::new();
                let mut required = 0;
                for &parameter in self.tree.list(parameters) {
                    if let Syntax::Parameter { name, ty, optional } = self.tree.node(parameter) {
                        let name = Text::new(&self.tree.name(name, self.text));
                        required += usize::from(!optional);
                        parts.push((name, ty.map(|ty| Box::new(self.type_node(ty)))));
                    }
                }
                let returns = self.type_node(returns);
                let types: Option<Vec<ParameterType>> = parts
                    .iter()
                    .map(|(name, part)| known(part).map(|ty| ParameterType { name: name.clone(), ty }))
                    .collect();
                match (types, returns) {
                    (Some(parameters), TypeNode::Known(returns)) => {
                        let function = Arc::new(FunctionType { parameters, required, returns });
                        TypeNode::Known(Arc::new(Type::new(Form::Function(Some(function)))))
                    }
                    (_, returns) => TypeNode::Function(parts, required, Box::new(returns)),
                }
            }
            _ => match self.expression(id) {
                Node::Constant(value) => match (Type::from_value(&value), value) {
                    (Some(ty), _) => TypeNode::Known(ty),
                    (None, value) => TypeNode::Expression(Node::Constant(value)),
                },
                node => TypeNode::Expression(node),
            },
        }
    }
}

fn known(part: &Option<Box<TypeNode>>) -> Option<Arc<Type>> {
    match part.as_deref() {
        None => Some(Type::any()),
        Some(TypeNode::Known(ty)) => Some(Arc::clone(ty)),
        Some(_) => None,
    }
}
