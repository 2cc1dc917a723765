//! Why setting up a phone came to an end, and what to do when a call fails: go on trying, or stop. Pure; the
//! words for people are the page's.

use shared::api::Ending;
use shared::problem::{Code, Problem};

use crate::api::Failure;

/// One page each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The link was cut short or altered on its way.
    LinkMalformed,
    CodeUnknown,
    CodeExpired,
    CodeUsed,
    CodeReplaced,
    /// The page was not loaded over https (or from this machine itself).
    NotSecure,
    OldBrowser,
    /// A private tab, Lockdown Mode, or storage switched off.
    StorageRefused,
    /// What was stored here is gone or no longer works.
    KeysLost,
    /// "I did not ask for this", tapped here.
    Declined,
    /// Cancel, tapped here.
    CancelledHere,
    /// The process ended on the server.
    Ended(Ending),
    /// The server no longer knows this set-up.
    Forgotten,
    /// The server issued certificates that do not fit the keys here.
    ForeignCertificates,
    /// An encryption key that was sealed to this phone does not open, or does not fit its certificate.
    SealedKeyAltered,
    /// The server refuses what this page sends; a newer page may be understood.
    Refused(Code),
}

impl Stop {
    /// Whether the code may still serve: the fault lay with this browser or with what this page sent.
    pub const fn keeps_code(self) -> bool {
        matches!(
            self,
            Self::NotSecure | Self::OldBrowser | Self::StorageRefused | Self::Refused(_)
        )
    }

    /// Whether this browser can show a start page at all.
    pub const fn leaves_browser_useful(self) -> bool {
        !matches!(self, Self::NotSecure | Self::OldBrowser | Self::StorageRefused)
    }

    /// Whether the server does not know yet that this phone has stopped.
    pub const fn is_news_to_server(self) -> bool {
        matches!(
            self,
            Self::StorageRefused
                | Self::KeysLost
                | Self::ForeignCertificates
                | Self::SealedKeyAltered
                | Self::Refused(_)
        )
    }
}

/// Why the phone has to wait before it tries again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No answer at all.
    Network,
    /// An answer that says that the server cannot answer now.
    Server,
    /// Too many calls from this address.
    Busy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    TryAgain {
        trouble: Trouble,
        /// As the server wishes.
        seconds: Option<u64>,
    },
    Stop(Stop),
}

/// What a call that brought no answer means for the set-up.
pub fn verdict(failure: &Failure) -> Verdict {
    match failure {
        Failure::Unreachable => again(Trouble::Network, None),
        Failure::Unreadable { .. } => again(Trouble::Server, None),
        Failure::Problem(problem) => judge(problem),
    }
}

fn judge(problem: &Problem) -> Verdict {
    let stop = match problem.code {
        Code::Internal | Code::Unavailable | Code::RequestTimeout => {
            return again(Trouble::Server, problem.retry_after);
        }
        Code::TooManyAttempts => {
            return again(Trouble::Busy, Some(problem.retry_after.unwrap_or(60)));
        }
        Code::ActivationCodeMalformed => Stop::LinkMalformed,
        Code::ActivationCodeUnknown => Stop::CodeUnknown,
        Code::ActivationCodeExpired => Stop::CodeExpired,
        Code::ActivationCodeUsed => Stop::CodeUsed,
        Code::ActivationCodeReplaced => Stop::CodeReplaced,
        Code::ActivationCancelled => Stop::Ended(Ending::CancelledByUser),
        Code::UserNotActive => Stop::Ended(Ending::UserNotActive),
        Code::DeviceTokenUnknown => Stop::Forgotten,
        code => Stop::Refused(code),
    };
    Verdict::Stop(stop)
}

const fn again(trouble: Trouble, seconds: Option<u64>) -> Verdict {
    Verdict::TryAgain { trouble, seconds }
}

/// Milliseconds before the next try: 1, 2, 4, 8 and then 15 seconds, or as long as the server asks for.
/// `chance` between 0 and 1 spreads the phones that lost the same server.
pub fn pause_ms(failures: u32, wished_seconds: Option<u64>, chance: f64) -> u32 {
    const LONGEST_MS: u32 = 15_000;
    let doubled = 1_000_u32
        .checked_shl(failures.saturating_sub(1).min(10))
        .unwrap_or(LONGEST_MS)
        .min(LONGEST_MS);
    let wished = wished_seconds.map_or(0, |seconds| {
        u32::try_from(seconds.min(600)).unwrap_or(600) * 1_000
    });
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "chance is clamped to 0..1, so the product lies between 0 and 250"
    )]
    let spread = (chance.clamp(0.0, 1.0) * 250.0) as u32;
    doubled.max(wished) + spread
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(code: Code, retry_after: Option<u64>) -> Failure {
        Failure::Problem(Box::new(Problem {
            kind: String::from("about:blank"),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: None,
            retry_after,
            tries_left: None,
        }))
    }

    #[test]
    fn what_passes_is_tried_again_and_what_does_not_stops() {
        for (failure, expected) in [
            (Failure::Unreachable, again(Trouble::Network, None)),
            (Failure::Unreadable { status: 502 }, again(Trouble::Server, None)),
            (
                problem(Code::Unavailable, Some(7)),
                again(Trouble::Server, Some(7)),
            ),
            (
                problem(Code::TooManyAttempts, None),
                again(Trouble::Busy, Some(60)),
            ),
            (
                problem(Code::ActivationCodeExpired, None),
                Verdict::Stop(Stop::CodeExpired),
            ),
            (
                problem(Code::ActivationCodeUsed, None),
                Verdict::Stop(Stop::CodeUsed),
            ),
            (
                problem(Code::ActivationCodeReplaced, None),
                Verdict::Stop(Stop::CodeReplaced),
            ),
            (
                problem(Code::ActivationCodeUnknown, None),
                Verdict::Stop(Stop::CodeUnknown),
            ),
            (
                problem(Code::ActivationCancelled, None),
                Verdict::Stop(Stop::Ended(Ending::CancelledByUser)),
            ),
            (
                problem(Code::DeviceTokenUnknown, None),
                Verdict::Stop(Stop::Forgotten),
            ),
            (
                problem(Code::KeyUsedBefore, None),
                Verdict::Stop(Stop::Refused(Code::KeyUsedBefore)),
            ),
        ] {
            assert_eq!(verdict(&failure), expected, "{failure:?}");
        }
    }

    #[test]
    fn every_code_is_judged_and_none_of_the_servers_own_troubles_ends_a_set_up() {
        for code in Code::ALL {
            let tried_again = matches!(verdict(&problem(*code, None)), Verdict::TryAgain { .. });
            let servers_own = code.status() >= 500 || matches!(code.status(), 408 | 429);
            assert_eq!(tried_again, servers_own, "{code:?}");
        }
    }

    #[test]
    fn a_code_that_is_dead_is_not_kept() {
        for stop in [
            Stop::CodeExpired,
            Stop::CodeUsed,
            Stop::LinkMalformed,
            Stop::Declined,
            Stop::KeysLost,
        ] {
            assert!(!stop.keeps_code(), "{stop:?}");
        }
        assert!(Stop::StorageRefused.keeps_code());
    }

    #[test]
    fn pauses_grow_to_a_limit_and_respect_the_server() {
        let pauses: Vec<u32> = (1..=7).map(|failures| pause_ms(failures, None, 0.0)).collect();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
        assert_eq!(pause_ms(u32::MAX, None, 0.0), 15_000);
        assert_eq!(pause_ms(1, Some(30), 1.0), 30_250);
        assert_eq!(pause_ms(1, Some(u64::MAX), 0.0), 600_000);
        assert_eq!(pause_ms(1, None, f64::NAN), 1_000);
    }
}
