//! What chance writes: no text panics, outruns its limits, or gives a value outside its range. Bounded by the number
//! of texts, not by time; `SELFSERVICE_FUZZ_INPUTS=100000` looks longer.

use proptest::prelude::*;
use shared::api::{FaultKind, OptionValues, ScriptFault};

use super::{anna, bertil};
use crate::{
    domain::script::MAX_TEXT,
    script::{DEFAULT_OPTIONS, OPTIONS, OptionsScript, PURPOSES, Script},
};

const WORDS: &[&str] = &[
    "if",
    "else",
    "switch",
    "for",
    "in",
    "while",
    "loop",
    "do",
    "until",
    "break",
    "continue",
    "return",
    "throw",
    "try",
    "catch",
    "let",
    "const",
    "true",
    "false",
    "this",
    "fn",
    "eval",
    "print",
    "is_def_var",
    "user",
    "cn",
    "email",
    "department",
    "len",
    "push",
    "pad",
    "split",
    "keys",
    "values",
    "\"off\"",
    "\"required\"",
    "\"both\"",
    "\"\"",
    "'x'",
    "`${user.cn}`",
    "0",
    "1",
    "2",
    "-1",
    "1000000",
    "9223372036854775807",
    "2.5",
    "0x7f",
    "=",
    "+=",
    "==",
    "!=",
    "<",
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "<<",
    "&&",
    "||",
    "!",
    "??",
    "?.",
    "..",
    "..=",
    "=>",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "#{",
    "|",
    ":",
    "::",
    ";",
    ",",
    ".",
    "//",
    "/*",
    "*/",
    "\n",
    "\"",
    "`",
    "\\",
    "é",
    "\u{202e}",
    "\u{0}",
];

/// Everything that must hold of any text.
fn holds(text: &str) {
    let script = match OptionsScript::compile(text) {
        Ok(script) => script,
        Err(faults) => return faulty(text, &faults),
    };
    for user in [anna(), bertil()] {
        match script.evaluate(&user) {
            Ok(values) => fine(text, &values),
            Err(faults) => faulty(text, &faults),
        }
    }
}

fn faulty(text: &str, faults: &[ScriptFault]) {
    assert!(!faults.is_empty(), "refused without a reason: {text:?}");
    let lines = u32::try_from(text.split('\n').count()).unwrap();
    for fault in faults {
        assert!(
            fault.line.is_none_or(|line| (1..=lines).contains(&line)),
            "{fault:?}: {text:?}"
        );
        assert!(
            fault.column.is_none_or(|column| column > 0),
            "{fault:?}: {text:?}"
        );
        assert!(
            fault.kind != FaultKind::BeyondCa && fault.user.is_none(),
            "{fault:?}"
        );
    }
}

fn fine(text: &str, values: &OptionValues) {
    let validity = values.validity;
    let is_fine = (1..=60).contains(&values.activation_code_minutes)
        && (5..=1_440).contains(&values.activation_mail_minutes)
        && validity.years <= 10
        && validity.months <= 120
        && validity.days <= 3_650
        && validity.years + validity.months + validity.days > 0
        && [&values.server_name, &values.profile_name]
            .iter()
            .all(|name| (1..=64).contains(&name.chars().count()))
        && (1..=256).contains(&values.user_id.chars().count())
        && [&values.server_name, &values.profile_name, &values.user_id]
            .iter()
            .all(|name| !name.chars().any(char::is_control));
    assert!(is_fine, "{values:?}: {text:?}");
}

fn word() -> impl Strategy<Value = String> {
    let ours: Vec<_> = OPTIONS.into_iter().chain(PURPOSES).collect();
    prop_oneof![
        3 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => proptest::sample::select(ours).prop_map(str::to_owned),
    ]
}

/// A change of the shipped script.
#[derive(Debug, Clone)]
enum Slip {
    Cut(usize, usize),
    Double(usize, usize),
    Insert(usize, String),
    Swap(usize, usize),
}

fn slip() -> impl Strategy<Value = Slip> {
    let place = 0..DEFAULT_OPTIONS.len();
    prop_oneof![
        (place.clone(), 1_usize..40).prop_map(|(at, length)| Slip::Cut(at, length)),
        (place.clone(), 1_usize..200).prop_map(|(at, length)| Slip::Double(at, length)),
        (place.clone(), word()).prop_map(|(at, word)| Slip::Insert(at, word)),
        (place.clone(), place).prop_map(|(one, other)| Slip::Swap(one, other)),
    ]
}

fn slipped(mut text: Vec<char>, slip: Slip) -> Vec<char> {
    let length = text.len();
    let place = |at: usize| at.min(length);
    match slip {
        Slip::Cut(at, count) => drop(text.drain(place(at)..place(at + count))),
        Slip::Double(at, count) => {
            let part = text[place(at)..place(at + count)].to_vec();
            text.splice(place(at)..place(at), part);
        }
        Slip::Insert(at, word) => drop(text.splice(place(at)..place(at), word.chars())),
        Slip::Swap(one, other) if one < length && other < length => text.swap(one, other),
        Slip::Swap(..) => {}
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: inputs(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,400}") {
        holds(&text);
    }

    #[test]
    fn any_row_of_words(words in proptest::collection::vec(word(), 0..80), gap in "[ \n]?") {
        holds(&words.join(&gap));
    }

    #[test]
    fn the_shipped_script_with_slips(slips in proptest::collection::vec(slip(), 1..12)) {
        let text = slips.into_iter().fold(DEFAULT_OPTIONS.chars().collect(), slipped);
        let text: String = text.into_iter().collect();
        prop_assume!(text.len() <= MAX_TEXT);
        holds(&text);
    }

    /// Every value that an option can be given, of every type.
    #[test]
    fn any_value(option in 0_usize..13, value in prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        (-10_i64..4_000).prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| format!("{n:?}")),
        any::<bool>().prop_map(|b| b.to_string()),
        "\\PC{0,140}".prop_map(|text| format!("{text:?}")),
        word(),
    ]) {
        holds(&format!("{} = {value};", OPTIONS[option]));
    }
}

/// For each of the four.
fn inputs() -> u32 {
    let asked = std::env::var("SELFSERVICE_FUZZ_INPUTS");
    asked.ok().and_then(|count| count.parse().ok()).unwrap_or(500)
}
