//! Types whose parts are expressions.

use std::sync::Arc;

use super::convert::conversion_error;
use super::evaluate::Frame;
use crate::ir::TypeNode;
use crate::value::types::{FieldType, Form, FunctionType, ParameterType, RecordType, TableType};
use crate::value::{Result, Type, Value};

impl Frame<'_> {
    /// Evaluates a type expression.
    pub(super) fn type_expression(&mut self, node: &TypeNode) -> Result<Arc<Type>> {
        Ok(match node {
            TypeNode::Known(ty) => Arc::clone(ty),
            TypeNode::Expression(node) => {
                let value = self.evaluate(node)?;
                match Type::from_value(&value) {
                    Some(ty) => ty,
                    None => return Err(conversion_error(&value, &Arc::new(Type::new(Form::Type)))),
                }
            }
            TypeNode::Nullable(part) => Arc::new(self.type_expression(part)?.with_null()),
            TypeNode::List(part) => Arc::new(Type::new(Form::List(Some(self.type_expression(part)?)))),
            TypeNode::Record(fields, open) => {
                let mut types = Vec::with_capacity(fields.len());
                for (name, part, optional) in fields {
                    let ty = match part {
                        Some(part) => self.type_expression(part)?,
                        None => Type::any(),
                    };
                    types.push(FieldType { name: name.clone(), ty, optional: *optional });
                }
                let record = RecordType { fields: types, open: *open };
                Arc::new(Type::new(Form::Record(Some(Arc::new(record)))))
            }
            TypeNode::Table(part) => {
                let row = self.type_expression(part)?;
                let Form::Record(row) = &row.form else {
                    return Err(conversion_error(
                        &Value::Type(row),
                        &Arc::new(Type::new(Form::Record(None))),
                    ));
                };
                let row = row.clone().unwrap_or_default();
                Arc::new(Type::new(Form::Table(Some(Arc::new(TableType { row, keys: Vec::new() })))))
            }
            TypeNode::Function(parameters, required, returns) => {
                let mut types = Vec::with_capacity(parameters.len());
                for (name, part) in parameters {
                    let ty = match part {
                        Some(part) => self.type_expression(part)?,
                        None => Type::any(),
                    };
                    types.push(ParameterType { name: name.clone(), ty });
                }
                let returns = self.type_expression(returns)?;
                let function = FunctionType { parameters: types, required: *required, returns };
                Arc::new(Type::new(Form::Function(Some(Arc::new(function)))))
            }
        })
    }
}
