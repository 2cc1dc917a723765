//! Why a call gave no answer.

use shared::problem::{Code, Problem};

use super::json;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server said why.
    Problem(Box<Problem>),
    /// No answer came: no network, or no server.
    Unreachable,
    /// An answer that is neither what was asked for nor a problem that we know.
    Unreadable { status: u16 },
}

impl Failure {
    /// What an answer with an error status says.
    pub fn of_answer(status: u16, body: &str) -> Self {
        match json::read(body) {
            Some(problem) => Self::Problem(Box::new(problem)),
            // A proxy's own error page is no problem document, yet its meaning is plain.
            None if matches!(status, 502..=504) => Self::Unreachable,
            None => Self::Unreadable { status },
        }
    }

    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Unreachable | Self::Unreadable { .. } => None,
        }
    }

    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Problem(problem) => problem.retry_after,
            Self::Unreachable | Self::Unreadable { .. } => None,
        }
    }

    pub fn tries_left(&self) -> Option<u32> {
        match self {
            Self::Problem(problem) => problem.tries_left,
            Self::Unreachable | Self::Unreadable { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_document_keeps_its_code_and_numbers() {
        let body = r#"{"type":"about:blank#too_many_attempts","title":"t","status":429,"code":"too_many_attempts","retry_after":30}"#;
        let failure = Failure::of_answer(429, body);
        assert_eq!(failure.code(), Some(Code::TooManyAttempts));
        assert_eq!(failure.retry_after(), Some(30));
        assert_eq!(failure.tries_left(), None);
    }

    #[test]
    fn what_is_no_problem_document_goes_by_its_status() {
        for (status, body, expected) in [
            (500, "<html>", Failure::Unreadable { status: 500 }),
            (502, "<html>bad gateway", Failure::Unreachable),
            (
                400,
                r#"{"code":"of_the_future"}"#,
                Failure::Unreadable { status: 400 },
            ),
        ] {
            assert_eq!(Failure::of_answer(status, body), expected, "{status} {body}");
        }
    }
}
