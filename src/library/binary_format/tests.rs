use crate::Engine;

fn shown(text: &str) -> String {
    Engine::new().shown(text)
}

#[test]
fn formats_go_on_where_the_one_before_ended() {
    assert_eq!(
        shown(
            "BinaryFormat.Record([
                head = BinaryFormat.Length(BinaryFormat.Byte, 3),
                name = BinaryFormat.Text(BinaryFormat.Byte),
                little = BinaryFormat.ByteOrder(BinaryFormat.SignedInteger16, ByteOrder.LittleEndian),
                big = BinaryFormat.SignedInteger16,
                rest = BinaryFormat.Binary()
            ])(#binary({1, 0, 0, 2, 104, 105, 1, 0, 1, 0, 9, 9}))"
        ),
        "[head = 1, name = \"hi\", little = 1, big = 256, rest = #binary({9, 9})]"
    );
}

#[test]
fn damaged_input_is_told_with_its_place() {
    let end = "The end of the input was reached before the value could be read.";
    assert!(shown("BinaryFormat.List(BinaryFormat.SignedInteger16)(#binary({1, 2, 3}))").contains(end));
    assert!(shown("BinaryFormat.Text(9)(#binary({1}))").contains("position 1.  "));
    assert!(
        shown("BinaryFormat.Length(BinaryFormat.SignedInteger32, 2)(#binary({1, 2, 3, 4}))")
            .contains("position 2.  ")
    );
    let long = "BinaryFormat.7BitEncodedUnsignedInteger(Binary.FromList(List.Repeat({255}, 12)))";
    assert!(shown(long).contains("more than 64 bits"));
    assert!(shown("BinaryFormat.List(Text.Upper)").contains("isn't a binary format value"));
    assert!(shown("BinaryFormat.List(each 1)").contains("isn't a binary format value"));
}

#[test]
fn lists_of_nothing_end() {
    assert_eq!(shown("BinaryFormat.List(BinaryFormat.Null)(#binary({1}))"), "{null}");
    assert_eq!(shown("BinaryFormat.List(BinaryFormat.Null, 3)(#binary({}))"), "{null, null, null}");
}

#[test]
fn groups_know_required_and_unexpected_keys() {
    let group = |items: &str, more: &str, bytes: &str| {
        shown(&format!("BinaryFormat.Group(BinaryFormat.Byte, {items}{more})(#binary({bytes}))"))
    };
    let required = "{{1, BinaryFormat.Byte, BinaryOccurrence.Required}}";
    assert!(group(required, "", "{}").contains("required item"));
    assert!(group(required, "", "{1, 2, 1, 3}").contains("doesn't expect"));
    assert_eq!(group(required, ", each BinaryFormat.Byte", "{1, 2, 1, 3, 9, 9}"), "{2}");
    assert_eq!(group(required, ", null, 0", "{1, 2, 0, 9, 9}"), "{2}");
}
