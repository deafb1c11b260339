//! What the parser makes of right and wrong texts.

use crate::syntax::{Completeness, SyntaxErrorCode, parse};

/// The tree in short: operators in prefix form, names and literals as they are.
fn tree(text: &str) -> String {
    let parsed = parse(text);
    assert_eq!(parsed.errors, [], "{text}");
    format!("{}", Short(&parsed.tree, parsed.tree.root(), text))
}

fn codes(text: &str) -> Vec<&'static str> {
    parse(text).errors.iter().map(|error| error.code.code()).collect()
}

struct Short<'a>(&'a crate::syntax::Tree, crate::syntax::NodeId, &'a str);

impl std::fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use crate::syntax::Node;
        let Short(tree, id, text) = *self;
        let of = |id| Short(tree, id, text);
        match tree.node(id) {
            Node::Binary { op, left, right } => write!(f, "({op:?} {} {})", of(left), of(right)),
            Node::Unary { op, operand } => write!(f, "({op:?} {})", of(operand)),
            Node::Is { value, ty } => write!(f, "(Is {} {})", of(value), of(ty)),
            Node::As { value, ty } => write!(f, "(As {} {})", of(value), of(ty)),
            Node::Name { inclusive } => {
                write!(f, "{}{}", if inclusive { "@" } else { "" }, tree.name(id, text))
            }
            Node::Field { target, name, optional } => {
                if let Some(target) = target {
                    write!(f, "{}", of(target))?;
                }
                write!(f, "[<{}>]{}", of(name), if optional { "?" } else { "" })
            }
            Node::Each(body) => write!(f, "(each {})", of(body)),
            Node::Type(ty) => write!(f, "(type {})", of(ty)),
            Node::NullableType(ty) => write!(f, "(nullable {})", of(ty)),
            Node::TableType(ty) => write!(f, "(table {})", of(ty)),
            Node::Try { body, handler, catch } => {
                write!(f, "(try {}", of(body))?;
                if let Some(handler) = handler {
                    write!(f, " {} {}", if catch { "catch" } else { "otherwise" }, of(handler))?;
                }
                write!(f, ")")
            }
            other => {
                let name = format!("{other:?}");
                let name = name.split([' ', '(']).next().unwrap_or_default().to_owned();
                write!(f, "{name}<{}>", tree.span(id).of(text))
            }
        }
    }
}

#[test]
fn precedence_follows_the_specification() {
    for (text, expected) in [
        ("not a = b", "(Equal (Not a) b)"),
        ("x = 1 as logical", "(As (Equal x Number<1>) PrimitiveType<logical>)"),
        ("a ?? b or c and d", "(Coalesce a (Or b (And c d)))"),
        ("a and b is text", "(And a (Is b PrimitiveType<text>))"),
        ("a as any is text", "(Is (As a PrimitiveType<any>) PrimitiveType<text>)"),
        ("a - b - c", "(Subtract (Subtract a b) c)"),
        ("a + b * c meta d", "(Add a (Multiply b (Meta c d)))"),
        ("-a meta b", "(Meta (Minus a) b)"),
        ("- -a", "(Minus (Minus a))"),
        ("a < b = c", "(Equal (Less a b) c)"),
        ("a & b = c & d", "(Equal (Concatenate a b) (Concatenate c d))"),
        ("not a is nullable null", "(Is (Not a) (nullable PrimitiveType<null>))"),
        ("-a{0}[b]", "(Minus Field<a{0}[b]>)"),
    ] {
        let expected = expected.replace("Field<a{0}[b]>", "Item<a{0}>[<b>]");
        assert_eq!(tree(text), expected, "{text}");
    }
}

#[test]
fn brackets_are_records_selections_or_projections() {
    for (text, kind) in [
        ("[]", "Record"),
        ("[a = 1]", "Record"),
        ("[Unit Price = 1, if = 2, 2nd = 3, #\"x y\" = 4]", "Record"),
        ("[[a], [Unit Price]]?", "Projection"),
        ("x[[a]]", "Projection"),
        ("x{0}?", "Item"),
        ("f(1)(2)", "Call"),
        ("Section1!A", "SectionAccess"),
        ("(a, optional b as nullable text) as any => a", "Function"),
        ("(optional) => optional", "Function"),
        ("(x as number) as number => x", "Function"),
        ("(x)", "Paren"),
        ("(x as number)", "Paren"),
    ] {
        assert!(tree(text).starts_with(kind), "{text}: {}", tree(text));
    }
    assert_eq!(tree("[Unit  Price]"), "[<Unit  Price>]");
    assert_eq!(tree("_[#\"odd \"\"name\"\"\"]?"), "_[<odd \"name\">]?");
    assert_eq!(tree("[2nd Name]"), "[<2nd Name>]");
    assert_eq!(tree("[if]"), "[<if>]");
    assert_eq!(tree("@ x"), "@x");
}

#[test]
fn types_and_contextual_words() {
    for (text, expected) in [
        ("type text", "(type PrimitiveType<text>)"),
        ("type nullable {number}", "(type (nullable ListType<{number}>))"),
        ("type table [a = text, optional b]", "(type (table RecordType<[a = text, optional b]>))"),
        ("type table x", "(type (table x))"),
        ("type table", "(type PrimitiveType<table>)"),
        ("type {(x)}", "(type ListType<{(x)}>)"),
        ("type [a = 1]", "(type RecordType<[a = 1]>)"),
        ("type nullable Int64.Type", "(type (nullable Int64.Type))"),
        ("type [a, ...]", "(type RecordType<[a, ...]>)"),
        ("type [...]", "(type RecordType<[...]>)"),
        (
            "type function (a as text, optional b as any) as {text}",
            "(type FunctionType<function (a as text, optional b as any) as {text}>)",
        ),
        ("type type", "(type PrimitiveType<type>)"),
        ("table + optional", "(Add table optional)"),
        ("nullable & catch", "(Concatenate nullable catch)"),
        ("try type table catch (e) => 1", "(try (type PrimitiveType<table>) catch Function<(e) => 1>)"),
        ("try a otherwise b", "(try a otherwise b)"),
        ("#date", "#date"),
        ("each [a]", "(each [<a>])"),
    ] {
        assert_eq!(tree(text), expected, "{text}");
    }
}

#[test]
fn sections_with_attributes() {
    assert!(
        tree("[a = 1, b = {true, [c = null]}] section X.Y; [d = \"t\"] shared e = 1; f = e;")
            .starts_with("Section")
    );
    assert!(tree("section X;").starts_with("Section"));
    assert_eq!(codes("[a = 1 + 1] section X; y = 1;"), ["M0131"]);
    assert_eq!(codes("section X; a = 1; a = 2;"), ["M0129"]);
    assert_eq!(codes("section X; a = 1 b = 2; c = (3; shared d = 4"), ["M0130", "M0116", "M0130"]);
}

#[test]
fn every_mistake_has_its_error() {
    let mut wrong = Vec::new();
    for (text, expected) in [
        ("", "M0110"),
        ("1 +", "M0110"),
        ("(x) x + 1", "M0118"),
        ("(x, y) x + 1", "M0122"),
        ("() 1", "M0122"),
        ("x => x", "M0139"),
        ("(x) -> x", "M0123"),
        ("1 => x", "M0123"),
        ("(1) => x", "M0139"),
        ("a == b", "M0123"),
        ("a === b", "M0123"),
        ("a != b", "M0123"),
        ("a =< b", "M0123"),
        ("a && b", "M0123"),
        ("a || b", "M0123"),
        ("!a", "M0123"),
        ("a % b", "M0123"),
        ("'abc'", "M0106"),
        ("“abc”", "M0106"),
        ("if a then b", "M0121"),
        ("if a b else c", "M0120"),
        ("if a then b elseif c then d else e", "M0121"),
        ("let a = 1, in a", "M0115"),
        ("{1, 2,}", "M0115"),
        ("[a = 1,]", "M0115"),
        ("f(1,)", "M0115"),
        ("let a = 1 a", "M0119"),
        ("let a = 1, b = 2", "M0119"),
        ("let a = 1 b = 2 in a", "M0114"),
        ("let a = Source Table, b = 2 in a", "M0114"),
        ("let a = 1; b = 2 in a", "M0114"),
        ("let Unit Price = 1 in 2", "M0137"),
        ("let type = 1 in 2", "M0124"),
        ("let a = , b = 2 in a", "M0110"),
        ("let a 1 in a", "M0113"),
        ("let a == 1 in a", "M0123"),
        ("let a := 1 in a", "M0123"),
        ("{1, 2", "M0116"),
        ("f({1, 2)", "M0116"),
        ("f(1, 2]", "M0117"),
        ("(1 + 2))", "M0118"),
        ("\"abc", "M0102"),
        ("/* x", "M0103"),
        ("\"#(x)\"", "M0104"),
        ("#foo", "M0105"),
        ("1.", "M0118"),
        ("{1.}", "M0114"),
        ("1 + if a then b else c", "M0125"),
        ("a ?? error \"x\"", "M0125"),
        ("1 + (x) => x", "M0125"),
        ("a is text = b", "M0125"),
        ("1 as number + 2", "M0125"),
        ("a meta b meta c", "M0125"),
        ("try a catch each 1", "M0126"),
        ("try a catch (x as text) => 1", "M0126"),
        ("try a catch (x, y) => 1", "M0126"),
        ("x as Int64.Type", "M0127"),
        ("x is not null", "M0127"),
        ("(x as table [a = text]) => x", "M0127"),
        ("(optional a, b) => a", "M0128"),
        ("let a = 1, #\"a\" = 2 in a", "M0129"),
        ("(a, a) => a", "M0129"),
        ("IF a then b else c", "M0134"),
        ("Let a = 1 in a", "M0134"),
        ("a AND b", "M0134"),
        ("if a THEN b else c", "M0134"),
        ("type function (a) as text", "M0135"),
        ("type table [a = text, ...]", "M0136"),
        ("type [..., a]", "M0136"),
        ("[a, b = 1]", "M0113"),
        ("x[a, b]", "M0114"),
        ("x{1, 2}", "M0114"),
        ("[\"a\"]", "M0111"),
        ("x[\"a\"]", "M0111"),
        ("= 1 + 2", "M0110"),
        ("a ? b : c", "M0118"),
        ("type {}", "M0112"),
        ("type", "M0112"),
        ("type nullable", "M0112"),
        ("type 1", "M0112"),
        ("type \"text\"", "M0112"),
        ("let in 1", "M0111"),
        ("[Unit\nPrice]", "M0137"),
        ("1 2", "M0118"),
    ] {
        if codes(text) != [expected] {
            wrong.push(format!("{text}: {expected} expected, {:#?}", parse(text).errors));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn independent_mistakes_are_all_told() {
    let text = "let\n    a = {1, 2,},\n    b = f(1 2),\n    c = if a then b,\n    d = a == b,\n    e = 'x',\n    f = [g = , h = 1]\nin\n    a && b";
    assert_eq!(codes(text), ["M0115", "M0114", "M0121", "M0123", "M0106", "M0110", "M0123"]);
}

#[test]
fn an_unclosed_bracket_points_at_its_opener() {
    let text = "let a = f(1, {2, 3), b = 4 in b";
    let errors = parse(text).errors;
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!(errors[0].code, SyntaxErrorCode::UnclosedBracket);
    assert_eq!(errors[0].span.of(text), "{");
}

#[test]
fn completeness_tells_beginnings_from_mistakes() {
    for text in [
        "",
        "1 +",
        "let a = 1",
        "let a = 1,",
        "{1, ",
        "f(",
        "\"abc",
        "/* x",
        "if a then b",
        "section X; a = 1",
        "(x) =>",
        "type",
        "x[",
    ] {
        assert_eq!(parse(text).completeness(), Completeness::Incomplete, "{text}");
    }
    for text in ["1 + )", "let a = = 1", "1 2", "{1 2"] {
        assert_eq!(parse(text).completeness(), Completeness::Invalid, "{text}");
    }
    assert_eq!(parse("1").completeness(), Completeness::Complete);
}

#[test]
fn depth_is_capped_without_a_crash() {
    let deep =
        |open: &str, close: &str, times: usize| format!("{}1{}", open.repeat(times), close.repeat(times));
    for (open, close) in [
        ("(", ")"),
        ("{", "}"),
        ("-", ""),
        ("not ", ""),
        ("f(", ")"),
        ("each ", ""),
        ("[a=", "]"),
        ("x{", "}"),
        ("let a = ", " in a"),
        ("if 1 then 2 else ", ""),
        ("() => ", ""),
        ("try ", ""),
    ] {
        assert_eq!(codes(&deep(open, close, 500)), Vec::<&str>::new(), "{open}");
        assert_eq!(codes(&deep(open, close, 100_000)), ["M0132"], "{open}");
    }
    assert_eq!(codes(&format!("type {}number{}", "{".repeat(500), "}".repeat(500))), Vec::<&str>::new());
    assert_eq!(codes(&format!("type {}number", "{".repeat(100_000))), ["M0132"]);
    // A small stack is no obstacle.
    let small = std::thread::Builder::new().stack_size(300 * 1024).spawn(move || {
        let text = deep("{f(", ")}", 900);
        let parsed = parse(&text);
        assert_eq!(parsed.errors, []);
        let printed = crate::syntax::print(&parsed.tree, &text);
        assert!(crate::syntax::equivalent(&parsed.tree, &text, &parse(&printed).tree, &printed));
    });
    small.unwrap().join().unwrap();
    let long = "1 + ".repeat(4_000) + "1";
    assert_eq!(codes(&long), Vec::<&str>::new());
    let longer = "1 + ".repeat(60_000) + "1";
    assert_eq!(codes(&longer), ["M0132"]);
    assert_eq!(codes(&format!("f{}", "(1)".repeat(60_000))), ["M0132"]);
}
