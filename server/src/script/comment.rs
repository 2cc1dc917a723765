//! A comment that is never closed. The language lets it swallow the rest of the text in silence, and with it every
//! option that stands there.

use shared::api::{FaultKind, ScriptFault};

use super::engine;

/// No script says this.
const LAST_WORD: &str = "the_text_ends_here";
/// How many openings are looked at for the one that is never closed.
const LOOKED_AT: usize = 100;
const NESTED: usize = 8;

/// `None`: every comment ends. What else is wrong with the text is not looked at here.
pub(super) fn unclosed(text: &str) -> Option<ScriptFault> {
    if !text.contains("/*") || is_heard(text) {
        return None;
    }
    // Comments nest, so it may take more than one closing. Where none helps, it is a string that has no end.
    if !(1..=NESTED).any(|depth| is_heard(&format!("{text}{}", "*/".repeat(depth)))) {
        return None;
    }
    // Up to the opening a word is still heard, and behind it no more.
    let opening = text
        .match_indices("/*")
        .map(|(at, _)| at)
        .take(LOOKED_AT)
        .filter(|at| text.get(..*at).is_some_and(is_heard))
        .last();
    let before = text.get(..opening?)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    Some(ScriptFault {
        line: u32::try_from(line).ok(),
        column: u32::try_from(column).ok(),
        kind: FaultKind::Syntax,
        name: None,
        expected: Some("this comment is never closed with */".into()),
        user: None,
    })
}

/// Whether a word behind the text would be read as one.
fn is_heard(text: &str) -> bool {
    engine::ends_with(&format!("{text}\n{LAST_WORD}"), LAST_WORD)
}
