use std::sync::Arc;
use std::time::Duration;

use super::super::web::Options;
use super::navigation::{self, Item};
use crate::eval::{Arguments, Context};
use crate::sources::bytes::host_error;
use crate::sources::escape::escaped;
use crate::sources::postgres::{self, Server};
use crate::table::{Column, from_columns};
use crate::value::types::TableKey;
use crate::value::{Error, Member, Result, Shape, Text, Value};

const FUNCTION: &str = "PostgreSQL.Database";
const OPTIONS: &[&str] = &[
    "CommandTimeout",
    "ConnectionTimeout",
    "CreateNavigationProperties",
    "HierarchicalNavigation",
    "NavigationPropertyNameGenerator",
    "Query",
];

/// `PostgreSQL.Database(server, database, options)`.
pub(super) fn database(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let address = format!("postgres://{}/{}", arguments.text(0)?, escaped(arguments.text(1)?.as_str()));
    let options = arguments.optional_record(2)?;
    let options = Options::read(ctx, FUNCTION, OPTIONS, options.as_deref())?;
    let connection = options.duration("ConnectionTimeout", Duration::from_secs(30))?;
    let command = options.duration("CommandTimeout", Duration::from_secs(600))?;
    if options.logical("CreateNavigationProperties")? {
        return Err(Error::expression(
            "Navigation properties aren't available; the option CreateNavigationProperties must be false or null.",
        ));
    }
    let query = options.text("Query")?;
    let by_schema = options.logical("HierarchicalNavigation")?;
    // Whether the address is one comes first: a host that denies it would say less.
    let plain = |error: postgres::ServerError| Error::data_source(error.to_string());
    Server::new(&address, None).map_err(plain)?;
    let credential = ctx.host().database(&address).map_err(|error| host_error(&error))?;
    let server =
        Server::new(&address, credential.as_ref()).map_err(plain)?.with_patience(connection, command);
    if let Some(query) = query {
        return Ok(Value::Table(Arc::new(postgres::query(&server, query.as_str())?)));
    }
    let mut client = server.connect().map_err(|error| postgres::failed(&error))?;
    let all = postgres::catalogue(&mut client).map_err(|error| postgres::failed(&server.failure(&error)))?;
    let item = |(schema, name, is_view): &(String, String, bool), called: String| {
        let (server, whole) = (server.clone(), format!("{schema}.{name}"));
        Item {
            name: Text::from(called),
            schema: Text::new(schema),
            item: Text::new(name),
            is_view: *is_view,
            data: Member::lazy(move |_| Ok(Value::Table(Arc::new(postgres::table(&server, &whole)?)))),
        }
    };
    if !by_schema {
        let items = all.iter().map(|one| item(one, format!("{}.{}", one.0, one.1))).collect();
        return Ok(Value::Table(Arc::new(navigation::table(items))));
    }
    let of_schema = |all: &[(String, String, bool)]| {
        let items = all.iter().map(|one| item(one, one.1.clone())).collect();
        Member::Ready(Value::Table(Arc::new(navigation::table(items))))
    };
    // They are sorted by schema.
    let schemas: Vec<_> = all.chunk_by(|a, b| a.0 == b.0).collect();
    let names =
        schemas.iter().map(|all| Member::Ready(all.first().map_or(Value::Null, |one| Value::text(&one.0))));
    let columns =
        vec![Column::any(names.collect()), Column::any(schemas.iter().map(|all| of_schema(all)).collect())];
    let shape = Shape::new(["Schema", "Data"].map(Text::new));
    let key = TableKey { columns: vec![Text::new("Schema")], primary: true };
    let table = from_columns(Arc::new(shape), columns, schemas.len()).with_keys(vec![key]);
    Ok(Value::Table(Arc::new(table)))
}
