//! URIs: taken apart, put together, escaped.

use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::sources::escape::push_escaped;
use crate::value::types::Form;
use crate::value::{Error, Member, Record, Result, Text, Type, Value};

/// A URI reference: which parts are there, and what they hold, still escaped.
#[derive(Clone, Copy, Default)]
struct Reference<'u> {
    scheme: Option<&'u str>,
    authority: Option<&'u str>,
    path: &'u str,
    query: Option<&'u str>,
    fragment: Option<&'u str>,
}

impl<'u> Reference<'u> {
    /// Takes any text apart, as RFC 3986 does in its appendix B.
    fn read(text: &'u str) -> Reference<'u> {
        let (rest, fragment) = cut(text, '#');
        let (rest, query) = cut(rest, '?');
        let (scheme, rest) = match rest.split_once(':') {
            Some((scheme, after)) if is_scheme(scheme) => (Some(scheme), after),
            _ => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(after) => {
                let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
                (Some(authority), path)
            }
            None => (None, rest),
        };
        Reference { scheme, authority, path, query, fragment }
    }

    /// What this reference means where `base` is the place it stands in.
    fn resolve(self, base: Reference<'_>) -> String {
        if self.scheme.is_some() {
            return self.write(&without_dots(self.path));
        }
        let Reference { query, fragment, .. } = self;
        if self.authority.is_some() {
            return Reference { scheme: base.scheme, ..self }.write(&without_dots(self.path));
        }
        let here = Reference { scheme: base.scheme, authority: base.authority, path: "", query, fragment };
        if self.path.is_empty() {
            return Reference { query: query.or(base.query), ..here }.write(base.path);
        }
        if self.path.starts_with('/') {
            return here.write(&without_dots(self.path));
        }
        let folder = match base.path.rfind('/') {
            Some(at) => base.path.get(..=at).unwrap_or("/"),
            None => "/",
        };
        here.write(&without_dots(&[folder, self.path].concat()))
    }

    fn write(&self, path: &str) -> String {
        let mut text = String::new();
        for (before, part, after) in [
            ("", self.scheme, ":"),
            ("//", self.authority, ""),
            ("", Some(if path.is_empty() && self.authority.is_some() { "/" } else { path }), ""),
            ("?", self.query, ""),
            ("#", self.fragment, ""),
        ] {
            if let Some(part) = part {
                text.extend([before, part, after]);
            }
        }
        text
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|other| other.is_ascii_alphanumeric() || "+-.".contains(other))
}

/// A path with its `.` and `..` worked out.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." && kept.len() > 1 {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    kept.join("/")
}

pub(super) fn combine(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (base, relative) = (arguments.text(0)?, arguments.text(1)?);
    let base = Reference::read(&base);
    if base.scheme.is_none() {
        return Err(invalid(arguments.value(0)));
    }
    Ok(Value::from(Reference::read(&relative).resolve(base)))
}

fn invalid(uri: &Value) -> Error {
    Error::expression("The URI isn't an absolute URI.").with_detail(uri.clone())
}

pub(super) fn parts(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let text = arguments.text(0)?;
    let text = text.trim();
    // A text without a scheme, though perhaps with a port, names a host.
    let given = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let uri = Reference::read(&given);
    let (Some(scheme), Some(authority)) = (uri.scheme, uri.authority) else {
        return Err(invalid(arguments.value(0)));
    };
    let scheme = scheme.to_ascii_lowercase();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            (host, Some(port.parse::<u16>().map_err(|_| invalid(arguments.value(0)))?))
        }
        _ => (host, None),
    };
    let port = port.map_or_else(|| default_port(&scheme), i64::from);
    let path = if uri.path.is_empty() { "/" } else { uri.path };
    Ok(Value::record([
        ("Scheme", Value::text(&scheme)),
        ("Host", Value::from(host.to_lowercase())),
        ("Port", Value::Int64(port)),
        ("Path", Value::text(path)),
        ("Query", query_record(uri.query.unwrap_or(""))),
        ("Fragment", Value::text(uri.fragment.unwrap_or(""))),
        ("UserName", Value::from(unescaped(name))),
        ("Password", Value::from(unescaped(password))),
    ]))
}

fn default_port(scheme: &str) -> i64 {
    match scheme {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "ftp" => 21,
        "gopher" => 70,
        "ldap" => 389,
        "mailto" => 25,
        _ => -1,
    }
}

/// The fields of a query; one that is there several times holds a list.
fn query_record(query: &str) -> Value {
    let mut fields: Vec<(String, Vec<Value>)> = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (form_unescaped(name), Value::from(form_unescaped(value)));
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => fields.push((name, vec![value])),
        }
    }
    let members = fields.into_iter().map(|(name, mut values)| {
        let value = if values.len() == 1 { values.remove(0) } else { Value::list(values) };
        (Text::from(name), Member::Ready(value))
    });
    Value::Record(Arc::new(Record::from_members(members)))
}

pub(super) fn build_query_string(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mut text = String::new();
    let mut add = |name: &str, value: &Value| {
        let Value::Text(value) = value else {
            return Err(conversion_error(value, &Arc::new(Type::new(Form::Text))));
        };
        text.push_str(if text.is_empty() { "" } else { "&" });
        push_escaped(name, &mut text);
        text.push('=');
        push_escaped(value, &mut text);
        Ok(())
    };
    for (name, member) in arguments.record(0)?.fields() {
        match member.force(ctx)? {
            Value::List(list) => list.values(ctx)?.iter().try_for_each(|value| add(name, value))?,
            value => add(name, &value)?,
        }
    }
    Ok(Value::from(text))
}

pub(super) fn escape_data_string(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mut text = String::new();
    push_escaped(&arguments.text(0)?, &mut text);
    Ok(Value::from(text))
}

/// The text that `%XX` escapes stand for; what is no escape stays.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escape = match rest {
            [b'%', high, low, ..] => (*high as char).to_digit(16).zip((*low as char).to_digit(16)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = after.get(2..).unwrap_or(&[]);
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The same in a query, where `+` stands for a blank.
fn form_unescaped(text: &str) -> String {
    unescaped(&text.replace('+', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_the_standard_s_examples() {
        let base = Reference::read("http://a/b/c/d;p?q");
        for (relative, wanted) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y#s", "http://a/b/c/g?y#s"),
            ("", "http://a/b/c/d;p?q"),
            ("..", "http://a/b/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
        ] {
            assert_eq!(Reference::read(relative).resolve(base), wanted, "{relative}");
        }
    }

    #[test]
    fn escapes_that_are_none_stay() {
        assert_eq!(unescaped("%41%zz%4"), "A%zz%4");
        assert_eq!(unescaped("%C3%A9"), "é");
        assert_eq!(form_unescaped("a+b%2B"), "a b+");
    }
}
