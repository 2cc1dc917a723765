//! The administrator's scripts as they are kept: each version for itself, none ever changed.

use std::time::Duration;

use sha2::{Digest, Sha256};
use shared::api::{DiffLine, FaultKind, LineChange, ScriptFault, ScriptName};
use similar::{ChangeTag, TextDiff};
use time::OffsetDateTime;

/// More would be no options but a program.
pub const MAX_TEXT: usize = 64 * 1_024;
const MAX_COMMENT: usize = 500;
/// Lines around each change of a diff.
const CONTEXT: usize = 3;
/// Two texts of nothing but different lines: then the shortest diff is given up for a quick one.
const DIFF_PATIENCE: Duration = Duration::from_millis(200);

/// One version, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub name: ScriptName,
    /// From 1, without gaps.
    pub number: u32,
    pub saved_at: OffsetDateTime,
    /// A user name, or `PORTAL`, or who worked at the command line.
    pub author: String,
    pub comment: String,
    /// Of the text in UTF-8, lower-case hex.
    pub sha256: String,
}

/// The author of the first version. No user can have this name: it has a space.
pub const PORTAL: &str = "Smart ID Self-Service";

impl Version {
    /// The one after `number`.
    pub fn after(number: u32, name: ScriptName, author: &str, said: &Said, now: OffsetDateTime) -> Self {
        Self {
            name,
            number: number.saturating_add(1),
            saved_at: now,
            author: author.to_owned(),
            comment: said.comment.clone(),
            sha256: sha256(&said.text),
        }
    }
}

/// What an administrator hands in to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub comment: String,
}

/// Nobody can see later why this was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a comment of 1 to 500 characters says why the script was changed")]
pub struct CommentMissing;

impl Said {
    pub fn new(text: &str, comment: &str) -> Result<Self, CommentMissing> {
        let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_fine =
            (1..=MAX_COMMENT).contains(&comment.chars().count()) && !comment.chars().any(char::is_control);
        is_fine
            .then(|| Self {
                text: normal(text),
                comment,
            })
            .ok_or(CommentMissing)
    }
}

/// One spelling of the same text, whatever editor and form it came through: no byte order mark, lines that end in
/// LF, one at the end.
pub fn normal(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.truncate(text.trim_end_matches('\n').len());
    text.push('\n');
    text
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |hex, octet| format!("{hex}{octet:02x}"))
}

/// In unified order. Empty where nothing differs.
pub fn diff(old: &str, new: &str) -> Vec<DiffLine> {
    let diff = TextDiff::configure().timeout(DIFF_PATIENCE).diff_lines(old, new);
    let number = |index: Option<usize>| index.and_then(|index| u32::try_from(index + 1).ok());
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if at > 0 {
            lines.push(DiffLine {
                change: LineChange::Gap,
                old: None,
                new: None,
                text: String::new(),
            });
        }
        lines.extend(
            group
                .iter()
                .flat_map(|op| diff.iter_changes(op))
                .map(|change| DiffLine {
                    change: match change.tag() {
                        ChangeTag::Equal => LineChange::Same,
                        ChangeTag::Delete => LineChange::Removed,
                        ChangeTag::Insert => LineChange::Added,
                    },
                    old: number(change.old_index()),
                    new: number(change.new_index()),
                    text: change.value().trim_end_matches('\n').to_owned(),
                }),
        );
    }
    lines
}

/// For the command line and the log, in English: "line 3, column 5: no option is named notfy; meant is perhaps
/// notify". The console has words of its own.
pub fn told(fault: &ScriptFault) -> String {
    let mut place = match (fault.line, fault.column) {
        (Some(line), Some(column)) => format!("line {line}, column {column}: "),
        (Some(line), None) => format!("line {line}: "),
        (None, _) => String::new(),
    };
    if let Some(user) = &fault.user {
        place = format!("{place}for {user}: ");
    }
    let name = fault.name.as_deref().unwrap_or("the script");
    let expected = fault.expected.as_deref();
    let and = |words: &str| expected.map_or_else(String::new, |expected| format!("{words}{expected}"));
    let what = match fault.kind {
        FaultKind::Syntax => format!("the script is not understood{}", and(": ")),
        FaultKind::UnknownName => format!("{name} is not known{}", and("; meant is perhaps ")),
        FaultKind::WrongType => format!("{name} has the wrong type{}", and("; it takes ")),
        FaultKind::OutOfRange => format!("{name} is out of range{}", and("; it takes ")),
        FaultKind::TextRefused => format!(
            "{name} is empty, too long or has signs that cannot be shown{}",
            and("; it takes ")
        ),
        FaultKind::DeclaredAgain => {
            format!("{name} stands behind let, which makes another variable of that name; leave out let")
        }
        FaultKind::LimitReached => format!("it computes for too long, or with too much{}", and(": ")),
        FaultKind::Failed => format!("it ended with an error{}", and(": ")),
        FaultKind::BeyondCa => format!(
            "the certificates would outlive the issuing CA{}",
            and(", which ends ")
        ),
        FaultKind::AuthenticationNeeded => {
            "the authentication certificate cannot be left out: the phone's receipt is signed with it".into()
        }
        FaultKind::MailNotConfigured => {
            "this installation sends no e-mail (mail.url): showQRCode must be true".into()
        }
    };
    format!("{place}{what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_of_the_same_text() {
        for text in ["a\nb\n", "a\r\nb\r\n", "a\rb", "\u{feff}a\nb", "a\nb\n\n\r\n"] {
            assert_eq!(normal(text), "a\nb\n", "{text:?}");
        }
        assert_eq!(normal(""), "\n");
        assert_eq!(normal(" a "), " a \n");
    }

    #[test]
    fn a_version_says_why_and_of_what() {
        for comment in ["", " \n ", "a\u{7}b", &"x".repeat(501)] {
            assert_eq!(Said::new("x", comment), Err(CommentMissing), "{comment:?}");
        }
        let said = Said::new("abc", "  One year\nfor Finance ").unwrap();
        assert_eq!(said.comment, "One year for Finance");
        let version = Version::after(
            0,
            ScriptName::Options,
            "astrid",
            &said,
            OffsetDateTime::UNIX_EPOCH,
        );
        assert_eq!(version.number, 1);
        // printf 'abc\n' | sha256sum
        assert_eq!(
            version.sha256,
            "edeaaff3f1774ad2888673770c6d64097e391bc362d7d6fb34982ddf0efd18cb"
        );
    }

    #[test]
    fn a_diff_shows_what_changed_with_three_lines_around() {
        let lines = |text: &str| text.replace(' ', "\n") + "\n";
        let old = lines("a b c d e f g h i j k l m n");
        let new = lines("a B c d e f g h i j k l n o");
        let told: Vec<_> = diff(&old, &new)
            .into_iter()
            .map(|line| {
                let sign = match line.change {
                    LineChange::Same => ' ',
                    LineChange::Removed => '-',
                    LineChange::Added => '+',
                    LineChange::Gap => '~',
                };
                let number = |number: Option<u32>| number.map_or_else(|| "_".into(), |n| n.to_string());
                format!("{sign}{}{},{}", line.text, number(line.old), number(line.new))
            })
            .collect();
        assert_eq!(
            told,
            [
                " a1,1", "-b2,_", "+B_,2", " c3,3", " d4,4", " e5,5", "~_,_", " j10,10", " k11,11",
                " l12,12", "-m13,_", " n14,13", "+o_,14"
            ]
        );
        assert_eq!(diff(&old, &old), []);
    }

    #[test]
    fn two_long_texts_without_a_common_line_have_a_diff() {
        let text = |from: u32| (from..from + 6_000).fold(String::new(), |text, n| format!("{text}{n}\n"));
        assert_eq!(diff(&text(0), &text(100_000)).len(), 12_000);
    }

    #[test]
    fn a_fault_is_told_with_its_place() {
        let fault = ScriptFault {
            line: Some(3),
            column: Some(5),
            kind: FaultKind::UnknownName,
            name: Some("notfy".into()),
            expected: Some("notify".into()),
            user: Some("anna".into()),
        };
        assert_eq!(
            told(&fault),
            "line 3, column 5: for anna: notfy is not known; meant is perhaps notify"
        );
    }
}
