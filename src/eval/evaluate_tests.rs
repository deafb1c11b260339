//! What expressions give, and when they are evaluated.

use crate::Engine;

fn evaluated(code: &str) -> String {
    Engine::new().shown(code)
}

#[test]
fn long_chains_of_operators_and_selectors_need_no_stack_of_their_own() {
    assert_eq!(evaluated(&format!("1{}", " + 1".repeat(4_000))), "4001");
    assert_eq!(evaluated(&format!("let r = [a = @r] in r{} = null", "[a]".repeat(4_000))), "false");
    assert_eq!(evaluated(&format!("let f = () => @f in f{} is function", "()".repeat(4_000))), "true");
    assert_eq!(evaluated(&format!("true{}", " and true".repeat(4_000))), "true");
    assert_eq!(evaluated(&format!("null{} ?? 1", " ?? null".repeat(4_000))), "1");
}

#[test]
fn variables_are_evaluated_once_and_only_when_used() {
    assert_eq!(evaluated("let a = error \"x\", b = 1 in b"), "1");
    assert_eq!(evaluated("let x = 1, y = x + 1, f = (n) => n + y in {f(1), f(2)}"), "{3, 4}");
    assert_eq!(
        evaluated("let a = b, b = a in a"),
        "Expression.Error: A cyclic reference was encountered during evaluation."
    );
}

#[test]
fn what_is_evaluated_at_once_cannot_be_told_from_what_is_put_off() {
    // What would fail stays where it is, as does what hangs on something that was put off.
    assert_eq!(evaluated("[a = 1 + \"x\", b = 2][b]"), "2");
    assert_eq!(evaluated("let r = [a = error \"no\", b = 1] in [x = r[a] + 1, y = r[b] + 1][y]"), "2");
    assert_eq!(evaluated("(try [a = Number.Mod(1, \"x\")])[HasError]"), "false");
    assert_eq!(
        evaluated("let r = [a = [b = 1]] in (r & [a = r[a] & [c = r[a][b] + 1, d = r[x]]])[a][c]"),
        "2"
    );
    assert_eq!(
        evaluated("let f = (r) => [k = if r[n] > 1 then r[n] else error \"no\", z = 1] in f([n = 0])[z]"),
        "1"
    );
    assert_eq!(evaluated("Value.Metadata(let m = 1 meta [t = 2], f = (x) => [y = x] in f(m)[y])[t]"), "2");
    // 100,000 updates, each of the one before it, nest nothing.
    let updates =
        "List.Accumulate({1..100000}, [a = [b = 0], c = 1], (r, i) => r & [a = r[a] & [b = r[a][b] + i]])";
    assert_eq!(evaluated(&format!("{updates}[a][b]")), "5000050000");
}

#[test]
fn updates_inside_of_updates_change_only_what_they_say() {
    let fold = |update: &str| {
        evaluated(&format!(
            "List.Accumulate({{1..3}}, [a = [b = [c = 0, d = 1], e = 2], f = 3], (r, i) => {update})"
        ))
    };
    assert_eq!(
        fold("r & [a = r[a] & [b = r[a][b] & [c = r[a][b][c] + i]]]"),
        "[a = [b = [c = 6, d = 1], e = 2], f = 3]"
    );
    // All new values come from the old record, whatever their order.
    assert_eq!(
        fold("r & [f = r[a][e] + i, a = r[a] & [e = r[f] * 2, b = r[a][b] & [c = r[f], d = r[a][b][c]]]]"),
        "[a = [b = [c = 8, d = 3], e = 16], f = 9]"
    );
    // The update of another record than the one that stands there.
    assert_eq!(
        fold("r & [f = r[a] & [e = i]]"),
        "[a = [b = [c = 0, d = 1], e = 2], f = [b = [c = 0, d = 1], e = 3]]"
    );
    // A record that something else holds stays as it was.
    let kept = "let r = [a = [b = 1]], f = (r) => r & [a = r[a] & [b = r[a][b] + 1]], s = f(r), t = f(s) in \
                {r[a][b], s[a][b], t[a][b]}";
    assert_eq!(evaluated(kept), "{1, 2, 3}");
    let shared = "let x = [b = 1], r = [p = x, q = x], f = (r) => r & [p = r[p] & [b = 5]], s = f(r) in \
                  {s[p][b], s[q][b], x[b]}";
    assert_eq!(evaluated(shared), "{5, 1, 1}");
    // What cannot be had at once is put off, and sees the old record.
    let late = "let f = (r) => r & [a = r[a] & [b = error \"no\", c = r[a][c] + 1]] in f([a = [b = 1, c = 2]])[a][c]";
    assert_eq!(evaluated(late), "3");
    let failing =
        "let f = (r) => r & [a = r[a] & [c = r[a][c] + r[x]], y = r[y] + 1] in f([a = [c = 2], y = 1])[y]";
    assert_eq!(evaluated(failing), "2");
}

#[test]
fn names_mean_what_stands_outside_unless_marked_inclusive() {
    assert_eq!(evaluated("let x = 1 in [x = x + 1][x]"), "2");
    assert_eq!(evaluated("let x = 1 in let x = x + 1 in x"), "2");
    assert_eq!(evaluated("[x = 1, y = [x = 2, z = x][z]][y]"), "2");
}

#[test]
fn functions_of_one_scope_may_call_each_other() {
    let code = "let even = (n) => if n = 0 then true else odd(n - 1), odd = (n) => if n = 0 then false else \
                even(n - 1), k = 7 in List.Transform({even, odd}, (f) => f(k))";
    assert_eq!(
        evaluated(&code.replace("List.Transform({even, odd}, (f) => f(k))", "{even(k), odd(k)}")),
        "{false, true}"
    );
    assert_eq!(evaluated("[f = (n) => if n = 0 then {} else {n} & @f(n - 1), r = f(3)][r]"), "{3, 2, 1}");
    assert_eq!(evaluated("let f = (n) => {n, () => @f(n + 1)} in f(1){1}(){1}(){0}"), "3");
}

#[test]
fn a_mixed_circle_of_values_and_functions_works() {
    let code = "let tree = [value = 1, child = grow(@tree)], grow = (t) => [value = t[value] + 1, parent = tree] \
                in tree[child][parent][child][value]";
    assert_eq!(evaluated(code), "2");
}

#[test]
fn endless_recursion_is_a_stack_overflow_and_catchable_by_nobody() {
    let overflow = "Expression.Error: Evaluation resulted in a stack overflow and cannot continue.";
    assert_eq!(evaluated("let f = (n) => 1 + @f(n + 1) in try f(1) otherwise 0"), overflow);
    assert_eq!(evaluated("let f = (n) => [x = @f(n)[x]] in f(1)[x]"), overflow);
}
