//! The Dataverse Web API, as far as an integration uses it. Each behaviour names the page it comes from, below
//! learn.microsoft.com/power-apps/developer/data-platform/.

use std::time::Duration;

use serde_json::{Value, json};

use super::Simulator;
use super::filter;
use super::http::{Reply, Request};
use super::store::{Entity, Key, Refusal, Row};

pub const ROOT: &str = "/api/data/v9.2/";

/// What a request does, when nothing goes wrong; and how long its execution takes.
pub fn answer(simulator: &Simulator, request: &Request) -> (Reply, Duration) {
    let per_row = simulator.config.execution_of_a_row;
    let Some(rest) = request.target.strip_prefix(ROOT) else {
        return (refusal(&(404, "0x8006088a", "Resource not found.".into())), Duration::ZERO);
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = unescape(path);
    let query = parse_query(query);
    if path == "$batch" {
        let (reply, rows) = super::batch::answer(simulator, request);
        return (reply, per_row * rows);
    }
    if let Some(set) = path.strip_suffix("/Microsoft.Dynamics.CRM.UpsertMultiple") {
        let (reply, rows) = upsert_multiple(simulator, set, request);
        return (reply, per_row * rows);
    }
    (operation(simulator, request, &path, &query), per_row)
}

/// Any operation but those over many rows.
pub fn operation(simulator: &Simulator, request: &Request, path: &str, query: &[(String, String)]) -> Reply {
    let outcome = match (request.method.as_str(), path) {
        ("GET", "") => Ok(service_document(simulator)),
        ("GET", "$metadata") => {
            Ok(Reply::new(200).with("Content-Type", "application/xml").body(metadata(simulator)))
        }
        ("GET", path) if path.starts_with("EntityDefinitions(LogicalName='") => definitions(simulator, path),
        ("GET", path) => read(simulator, request, path, query),
        ("PATCH" | "POST" | "DELETE", path) => write(simulator, request, path),
        (method, _) => Err((405, "0x8006088a", format!("The method {method} is not allowed."))),
    };
    outcome.unwrap_or_else(|refused| refusal(&refused))
}

/// Errors: webapi/compose-http-requests-handle-errors ("Parse errors from the response").
pub fn refusal((status, code, message): &Refusal) -> Reply {
    Reply::json(*status, &json!({"error": {"code": code, "message": message}}))
}

fn read(
    simulator: &Simulator,
    request: &Request,
    path: &str,
    query: &[(String, String)],
) -> Result<Reply, Refusal> {
    let get = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let (path, counts) = match path.strip_suffix("/$count") {
        Some(path) => (path, true),
        None => (path, false),
    };
    let (set, key, rest) = split(path)?;
    let store = simulator.store.lock().unwrap();
    let entity = store.entity(set).ok_or_else(|| not_found(set))?;
    if let Some(key) = key {
        let id = store
            .find(&entity, &with_id(key))?
            .ok_or_else(|| (404, "0x80040217", format!("{} With Id Does Not Exist", entity.name)))?;
        let row = &store.tables[entity.set].rows[&id];
        if let Some(navigation) = rest.strip_prefix('/') {
            let column =
                entity.columns.iter().find(|column| column.name == navigation && column.lookup.is_some());
            let target = column.and_then(|column| column.lookup).and_then(|set| store.entity(set));
            let Some(target) = target else { return Err(not_found(navigation)) };
            let found = row.get(&format!("_{navigation}_value")).and_then(Value::as_str);
            return Ok(match found.and_then(|id| Some((id, store.tables[target.set].rows.get(id)?))) {
                Some((id, row)) => entity_reply(simulator, &target, row, store.etag(&target, id), None),
                None => Reply::new(204),
            });
        }
        return Ok(entity_reply(simulator, &entity, row, store.etag(&entity, &id), get("$select")));
    }
    // webapi/query/page-results: "$skip isn't supported".
    if get("$skip").is_some() {
        return Err((400, "0x80060888", "Skip Clause is not supported in CRM".into()));
    }
    let tracks = request.header("prefer").contains("odata.track-changes");
    if let Some(token) = get("$deltatoken") {
        return changes(simulator, &store, &entity, token, get("$select"));
    }
    if tracks {
        // use-change-tracking-synchronize-data-external-systems: these options are refused with tracking.
        for refused in ["$filter", "$orderby", "$expand", "$top"] {
            if get(refused).is_some() {
                return Err((
                    400,
                    "0x80060888",
                    format!("The {refused} query parameter isn't supported with change tracking."),
                ));
            }
        }
    }
    let mut rows: Vec<&Row> = Vec::new();
    for row in store.tables[entity.set].rows.values() {
        match get("$filter").map(|filter| filter::passes(filter, row)).transpose() {
            Ok(None | Some(true)) => rows.push(row),
            Ok(Some(false)) => {}
            Err(what) => return Err((400, "0x80060888", format!("Syntax error in $filter: {what}"))),
        }
    }
    if counts {
        // webapi/query/count-rows: a count goes no further than 5,000.
        return Ok(Reply::new(200).with("Content-Type", "text/plain").body(rows.len().min(5000).to_string()));
    }
    if let Some(order) = get("$orderby") {
        let parts: Vec<(&str, bool)> = order
            .split(',')
            .map(|part| part.trim().strip_suffix(" desc").map_or((part.trim(), false), |name| (name, true)))
            .collect();
        rows.sort_by(|a, b| {
            parts.iter().fold(std::cmp::Ordering::Equal, |order, (name, falls)| {
                let null = Value::Null;
                let next = filter::compare(a.get(*name).unwrap_or(&null), b.get(*name).unwrap_or(&null));
                let next = next.unwrap_or(std::cmp::Ordering::Equal);
                order.then(if *falls { next.reverse() } else { next })
            })
        });
    }
    let top: usize = get("$top").and_then(|top| top.parse().ok()).unwrap_or(usize::MAX);
    rows.truncate(top);
    // webapi/query/page-results: a page holds at most 5,000 rows; a larger odata.maxpagesize is ignored.
    let asked =
        request.header("prefer").split(',').find_map(|part| part.trim().strip_prefix("odata.maxpagesize="));
    let asked = asked.and_then(|size| size.trim_matches('"').parse::<usize>().ok()).unwrap_or(usize::MAX);
    let size = asked.min(simulator.config.page).max(1);
    let from: usize = get("$skiptoken").and_then(|token| token.parse().ok()).unwrap_or(0);
    let etag = |row: &Row| store.etag(&entity, row[entity.id].as_str().unwrap_or_default());
    let page: Vec<Value> =
        rows.iter().skip(from).take(size).map(|row| shown(row, etag(row), get("$select"))).collect();
    let mut body = json!({
        "@odata.context": format!("{}{ROOT}$metadata#{set}", simulator.address()),
        "value": page,
    });
    let fault = simulator.page_fault();
    if from + size < rows.len() || matches!(fault, Some(super::faults::Fault::Circle)) {
        let next = match fault {
            Some(super::faults::Fault::Circle | super::faults::Fault::RepeatedPage) => from,
            _ => from + size,
        };
        // The second asking for a repeated page carries a mark, so that it differs from the first.
        let mark = if matches!(fault, Some(super::faults::Fault::RepeatedPage)) { "&again=1" } else { "" };
        let others: String = query
            .iter()
            .filter(|(name, _)| name != "$skiptoken" && name != "again")
            .map(|(name, value)| format!("{name}={}&", escape(value)))
            .collect();
        body["@odata.nextLink"] =
            Value::from(format!("{}{ROOT}{set}?{others}$skiptoken={next}{mark}", simulator.address()));
    } else if tracks {
        body["@odata.deltaLink"] = Value::from(delta_link(simulator, set, store.version, get("$select")));
    }
    Ok(Reply::json(200, &body))
}

/// use-change-tracking-synchronize-data-external-systems: the changes since a token, deleted rows as
/// `$deletedEntity` with id and reason; tokens end after seven days by default.
fn changes(
    simulator: &Simulator,
    store: &super::store::Store,
    entity: &Entity,
    token: &str,
    select: Option<&str>,
) -> Result<Reply, Refusal> {
    let since: u64 = token.parse().map_err(|_| (400, "0x80060888", "Invalid delta token.".to_owned()))?;
    if since < simulator.oldest_token() {
        return Err((
            400,
            "0x80044352",
            "Version stamp associated with the client has expired. Please perform a full sync.".into(),
        ));
    }
    let mut seen: Vec<(&str, bool)> = Vec::new();
    for logged in store.tables[entity.set].log.iter().filter(|logged| logged.version > since) {
        seen.retain(|(id, _)| *id != logged.id);
        seen.push((&logged.id, logged.deleted));
    }
    let context = format!("{}{ROOT}$metadata#{}", simulator.address(), entity.set);
    let mut rows = Vec::new();
    for (id, deleted) in seen {
        if deleted {
            rows.push(
                json!({"@odata.context": format!("{context}/$deletedEntity"), "id": id, "reason": "deleted"}),
            );
        } else if let Some(row) = store.tables[entity.set].rows.get(id) {
            rows.push(shown(row, store.etag(entity, id), select));
        }
    }
    // A delete may arrive for a row that the client never saw.
    if simulator.config.strange_tombstones {
        rows.push(json!({
            "@odata.context": format!("{context}/$deletedEntity"),
            "id": "99999999-0000-0000-0000-000000000000", "reason": "deleted",
        }));
    }
    Ok(Reply::json(
        200,
        &json!({
            "@odata.context": format!("{context}/$delta"),
            "@odata.deltaLink": delta_link(simulator, entity.set, store.version, select),
            "value": rows,
        }),
    ))
}

fn delta_link(simulator: &Simulator, set: &str, version: u64, select: Option<&str>) -> String {
    let select = select.map(|select| format!("$select={}&", escape(select))).unwrap_or_default();
    format!("{}{ROOT}{set}?{select}$deltatoken={version}", simulator.address())
}

fn entity_reply(
    simulator: &Simulator,
    entity: &Entity,
    row: &Row,
    etag: String,
    select: Option<&str>,
) -> Reply {
    let Value::Object(mut body) = shown(row, etag, select) else { return Reply::new(500) };
    let context = format!("{}{ROOT}$metadata#{}/$entity", simulator.address(), entity.set);
    body.insert("@odata.context".into(), Value::from(context));
    Reply::json(200, &Value::Object(body))
}

fn shown(row: &Row, etag: String, select: Option<&str>) -> Value {
    let mut body = Row::new();
    body.insert("@odata.etag".into(), Value::from(etag));
    match select {
        None => body.extend(row.clone()),
        Some(names) => {
            for name in names.split(',') {
                body.insert(name.to_owned(), row.get(name).cloned().unwrap_or_default());
            }
        }
    }
    Value::Object(body)
}

/// webapi/update-delete-entities-using-web-api ("Basic update", "Upsert a table row") and
/// webapi/perform-conditional-operations-using-web-api: PATCH creates or changes; `If-Match: *` prevents the first,
/// `If-None-Match: *` the second; both answer 204. With an etag in `If-Match` a row that was changed since is refused.
fn write(simulator: &Simulator, request: &Request, path: &str) -> Result<Reply, Refusal> {
    let (set, key, _) = split(path)?;
    let mut store = simulator.store.lock().unwrap();
    let entity = store.entity(set).ok_or_else(|| not_found(set))?;
    let body: Row = match request.method.as_str() {
        "DELETE" => Row::new(),
        _ => serde_json::from_slice(&request.body)
            .map_err(|error| (400, "0x80048d19", format!("Error in the payload: {error}")))?,
    };
    let mark = request.header("if-match");
    if let (Some(key), false) = (&key, matches!(mark, "" | "*"))
        && let Some(id) = store.find(&entity, &with_id(key.clone()))?
        && store.etag(&entity, &id) != mark
    {
        let message = "The version of the existing record doesn't match the RowVersion property provided.";
        return Err((412, "0x80060882", message.into()));
    }
    let entity_id = |id: &str| format!("{}{ROOT}{}({id})", simulator.address(), entity.set);
    match (request.method.as_str(), key) {
        ("DELETE", Some(key)) => {
            store.delete(&entity, &with_id(key))?;
            Ok(Reply::new(204))
        }
        ("PATCH", Some(key)) => {
            let must = match (request.header("if-match"), request.header("if-none-match")) {
                ("*", _) => Some(true),
                (_, "*") => Some(false),
                _ => None,
            };
            let (id, _) = store.upsert(&entity, &with_id(key), &body, must)?;
            Ok(Reply::new(204).with("OData-EntityId", entity_id(&id)))
        }
        ("POST", None) => {
            let id = match body.get(entity.id).and_then(Value::as_str) {
                Some(id) => id.to_owned(),
                None => format!("00000000-0000-0000-0001-{:012x}", store.version),
            };
            store.upsert(&entity, &Key::Id(id.clone()), &body, Some(false))?;
            Ok(Reply::new(204).with("OData-EntityId", entity_id(&id)))
        }
        _ => Err((405, "0x8006088a", "The method is not allowed here.".into())),
    }
}

/// webapi/reference/upsertmultiple and bulk-operations: each target names its type in `@odata.type` and itself in
/// `@odata.id`; the answer is 204 without a body; on standard tables one failure rolls everything back.
fn upsert_multiple(simulator: &Simulator, set: &str, request: &Request) -> (Reply, u32) {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let Some(targets) = body.get("Targets").and_then(Value::as_array) else {
        return (refusal(&(400, "0x80048d19", "The parameter Targets is missing.".into())), 1);
    };
    let rows = u32::try_from(targets.len()).unwrap_or(u32::MAX);
    let mut store = simulator.store.lock().unwrap();
    let Some(entity) = store.entity(set) else { return (refusal(&not_found(set)), 1) };
    if targets.len() > simulator.config.largest_batch {
        return (refusal(&(413, "0x80072330", "The request is too large.".into())), 1);
    }
    let mut planned = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for target in targets {
        let planned_one = (|| -> Result<(Key, Row), Refusal> {
            let row = target.as_object().ok_or_else(|| wrong("a target is no object"))?;
            let ty = row.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
            if ty.trim_start_matches('#') != format!("Microsoft.Dynamics.CRM.{}", entity.name) {
                return Err(wrong("a target lacks @odata.type"));
            }
            let id = row.get("@odata.id").and_then(Value::as_str);
            let key = match id {
                Some(path) => path
                    .strip_prefix(set)
                    .and_then(parse_key)
                    .ok_or_else(|| wrong("@odata.id names no row"))?,
                None => match row.get(entity.id).and_then(Value::as_str) {
                    Some(id) => Key::Id(id.to_owned()),
                    None => return Err(wrong("a target lacks @odata.id")),
                },
            };
            Ok((with_id(key), row.clone()))
        })();
        match planned_one {
            // The same row twice in one call is an error of the whole call.
            Ok((key, row)) => {
                if !seen.insert(format!("{key:?}")) {
                    return (refusal(&wrong("the same row is named twice")), rows);
                }
                planned.push((key, row));
            }
            Err(refused) => return (refusal(&refused), rows),
        }
    }
    let mut done = Vec::new();
    for (key, row) in planned {
        let before = store.row(&entity, &key);
        match store.upsert(&entity, &key, &row, None) {
            Ok((id, _)) => done.push((id, before)),
            Err(refused) => {
                store.take_back(&entity, done);
                return (refusal(&refused), rows);
            }
        }
    }
    (Reply::new(204), rows)
}

fn wrong(what: &str) -> Refusal {
    (400, "0x80048d19", format!("Error identified in Payload: {what}."))
}

fn not_found(set: &str) -> Refusal {
    (404, "0x8006088a", format!("Resource not found for the segment '{set}'."))
}

/// `accounts(key)/rest`
fn split(path: &str) -> Result<(&str, Option<Key>, &str), Refusal> {
    let Some(at) = path.find('(') else {
        let (set, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
        return Ok((set, None, rest));
    };
    let (set, rest) = path.split_at(at);
    let end = closing(rest).ok_or_else(|| wrong("a ) is missing"))?;
    let key = parse_key(&rest[..=end]).ok_or_else(|| wrong("the key can't be read"))?;
    Ok((set, Some(key), &rest[end + 1..]))
}

fn closing(text: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => quoted = !quoted,
            ')' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// `(guid)`, `(a='x',b=3)`: use-alternate-key-reference-record.
pub fn parse_key(text: &str) -> Option<Key> {
    let inside = text.strip_prefix('(')?.strip_suffix(')')?;
    let mut parts = Vec::new();
    let mut rest = inside;
    while let Some((name, after)) = rest.split_once('=') {
        let (value, after) = match after.strip_prefix('\'') {
            Some(quoted) => {
                let mut value = String::new();
                let mut from = quoted;
                loop {
                    let (part, more) = from.split_once('\'')?;
                    value.push_str(part);
                    match more.strip_prefix('\'') {
                        Some(again) => {
                            value.push('\'');
                            from = again;
                        }
                        None => break (Value::from(value), more),
                    }
                }
            }
            None => {
                let (word, more) = after.split_at(after.find(',').unwrap_or(after.len()));
                (serde_json::from_str(word).unwrap_or_else(|_| Value::from(word)), more)
            }
        };
        parts.push((name.to_owned(), value));
        rest = after.strip_prefix(',').unwrap_or("");
    }
    Some(if parts.is_empty() { Key::Id(inside.to_lowercase()) } else { Key::Alternate(parts) })
}

/// A primary key may be written with its name too.
pub fn with_id(key: Key) -> Key {
    match &key {
        Key::Alternate(parts)
            if parts.len() == 1
                && parts[0].0.ends_with("id")
                && parts[0].1.as_str().is_some_and(|id| id.len() == 36) =>
        {
            Key::Id(parts[0].1.as_str().unwrap().to_lowercase())
        }
        _ => key,
    }
}

fn service_document(simulator: &Simulator) -> Reply {
    let store = simulator.store.lock().unwrap();
    let sets: Vec<Value> = store
        .entities
        .iter()
        .map(|entity| json!({"name": entity.set, "kind": "EntitySet", "url": entity.set}))
        .collect();
    Reply::json(
        200,
        &json!({"@odata.context": format!("{}{ROOT}$metadata", simulator.address()), "value": sets}),
    )
}

fn metadata(simulator: &Simulator) -> String {
    let store = simulator.store.lock().unwrap();
    let (mut types, mut sets) = (String::new(), String::new());
    for entity in &store.entities {
        let (id, name, set) = (entity.id, entity.name, entity.set);
        types.push_str(&format!(
            "<EntityType Name=\"{name}\"><Key><PropertyRef Name=\"{id}\"/></Key><Property Name=\"{id}\" Type=\"Edm.Guid\" Nullable=\"false\"/>"
        ));
        for column in &entity.columns {
            match column.lookup {
                None => {
                    // Lengths, and what must have a value, stand in the definitions.
                    types.push_str(&format!(
                        "<Property Name=\"{}\" Type=\"Edm.{}\"/>",
                        column.name, column.ty
                    ));
                }
                Some(target) => {
                    let target = store.entity(target).unwrap();
                    types.push_str(&format!(
                        "<Property Name=\"_{0}_value\" Type=\"Edm.Guid\"/><NavigationProperty Name=\"{0}\" Type=\"mscrm.{1}\">\
                         <ReferentialConstraint Property=\"_{0}_value\" ReferencedProperty=\"{2}\"/></NavigationProperty>",
                        column.name, target.name, target.id
                    ));
                }
            }
        }
        types.push_str("</EntityType>");
        sets.push_str(&format!("<EntitySet Name=\"{set}\" EntityType=\"Microsoft.Dynamics.CRM.{name}\"/>"));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\">\
         <edmx:DataServices><Schema Namespace=\"Microsoft.Dynamics.CRM\" Alias=\"mscrm\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\
         {types}<EntityContainer Name=\"System\">{sets}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"
    )
}

/// define-alternate-keys-entity and webapi/query-metadata-web-api: keys, columns and change tracking are in a table's
/// definition.
fn definitions(simulator: &Simulator, path: &str) -> Result<Reply, Refusal> {
    let name = path.split('\'').nth(1).unwrap_or_default();
    let rest = path.split_once("')").map_or("", |(_, rest)| rest);
    let store = simulator.store.lock().unwrap();
    let entity = store.entities.iter().find(|entity| entity.name == name).ok_or_else(|| not_found(name))?;
    let texts = entity.columns.iter().filter(|column| column.max_length.is_some());
    let values: Vec<Value> = match rest {
        "" => {
            let tracks = simulator.config.tracks_changes;
            return Ok(Reply::json(200, &json!({"LogicalName": name, "ChangeTrackingEnabled": tracks})));
        }
        "/Keys" => entity
            .keys
            .iter()
            .map(|columns| json!({"KeyAttributes": columns, "EntityKeyIndexStatus": "Active"}))
            .collect(),
        "/Attributes" => {
            let level = |required| if required { "ApplicationRequired" } else { "None" };
            let column = |column: &super::store::Column| json!({"LogicalName": column.name, "RequiredLevel": {"Value": level(column.required)}});
            entity.columns.iter().map(column).collect()
        }
        "/Attributes/Microsoft.Dynamics.CRM.StringAttributeMetadata" => {
            texts.map(|column| json!({"LogicalName": column.name, "MaxLength": column.max_length})).collect()
        }
        "/Attributes/Microsoft.Dynamics.CRM.MemoAttributeMetadata" => Vec::new(),
        other => return Err(not_found(other)),
    };
    Ok(Reply::json(200, &json!({"value": values})))
}

pub fn parse_query(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (unescape(name), unescape(&value.replace('+', " ")))
        })
        .collect()
}

pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let raw = text.as_bytes();
    let mut at = 0;
    while at < raw.len() {
        let hex = raw.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if raw[at] == b'%' => {
                bytes.push(byte);
                at += 3;
            }
            _ => {
                bytes.push(raw[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'$' | b',' => {
                (byte as char).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
