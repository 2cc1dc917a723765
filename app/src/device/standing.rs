//! How a mobile ID on this phone stands, as well as this phone knows. Pure; the words are the page's.

use shared::api::{DeviceMobileId, MobileIdState, MobileIdTest};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What the server last said.
    pub told: Option<DeviceMobileId>,
    pub contact: Contact,
    pub trial: Trial,
    /// The last answer told of no test while one was running.
    misses_test: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// No answer yet, or nobody to ask.
    None,
    /// What was told is so now.
    Live,
    /// What was told may have changed since.
    Lost,
    /// The server does not know this phone any more.
    Gone,
}

/// Test it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trial {
    None,
    Running,
    Ended(MobileIdTest),
    /// It could not be made.
    Failed,
    KeysLost,
}

/// What the page shows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Active,
    Paused,
    /// For good, or never confirmed.
    Locked,
    Expired,
    Gone,
}

impl Standing {
    pub fn of(told: Option<DeviceMobileId>) -> Self {
        Self {
            told,
            contact: Contact::None,
            trial: Trial::None,
            misses_test: false,
        }
    }

    /// Takes what the server says.
    pub fn learn(&mut self, told: &DeviceMobileId) {
        if self
            .told
            .as_ref()
            .is_some_and(|before| before.state != told.state)
        {
            // What was found before tells nothing of what it is now.
            self.trial = Trial::None;
        }
        // One such answer may be older than the test.
        let misses_test = self.trial == Trial::Running && told.test.is_none();
        if misses_test && self.misses_test {
            self.trial = Trial::Failed;
        }
        self.misses_test = misses_test && !self.misses_test;
        self.told = Some(told.clone());
        self.contact = Contact::Live;
    }

    /// `is_over`: its time, by this phone's clock.
    pub fn shape(&self, is_over: bool) -> Shape {
        let state = self.told.as_ref().map(|told| told.state);
        match state {
            _ if self.contact == Contact::Gone => Shape::Gone,
            Some(MobileIdState::Locked | MobileIdState::Registered) => Shape::Locked,
            Some(MobileIdState::Expired) => Shape::Expired,
            _ if is_over => Shape::Expired,
            Some(MobileIdState::Inactive) => Shape::Paused,
            Some(MobileIdState::Active) | None => Shape::Active,
        }
    }
}

impl Shape {
    /// Nothing comes of it any more, so it may go from this phone.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Locked | Self::Expired | Self::Gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::api::{TestChallenge, Timestamp};
    use uuid::Uuid;

    fn told(state: MobileIdState) -> Standing {
        let time = Timestamp(String::new());
        Standing::of(Some(DeviceMobileId {
            mobile_id: Uuid::nil(),
            state,
            state_since: time.clone(),
            valid_until: time,
            lock_reason: None,
            locks_at: None,
            test: None,
        }))
    }

    #[test]
    fn what_the_server_says_counts_and_time_after_it() {
        for (state, in_time, over) in [
            (MobileIdState::Registered, Shape::Locked, Shape::Locked),
            (MobileIdState::Active, Shape::Active, Shape::Expired),
            (MobileIdState::Inactive, Shape::Paused, Shape::Expired),
            (MobileIdState::Locked, Shape::Locked, Shape::Locked),
            (MobileIdState::Expired, Shape::Expired, Shape::Expired),
        ] {
            assert_eq!(told(state).shape(false), in_time, "{state:?}");
            assert_eq!(told(state).shape(true), over, "{state:?}");
        }
        assert_eq!(Standing::of(None).shape(false), Shape::Active);
        assert_eq!(Standing::of(None).shape(true), Shape::Expired);
    }

    #[test]
    fn a_test_that_the_server_no_longer_has_does_not_run_for_ever() {
        let mut standing = told(MobileIdState::Active);
        let without = standing.told.clone().unwrap();
        let with = DeviceMobileId {
            test: Some(TestChallenge {
                test: Uuid::nil(),
                challenge: String::new(),
                expires_at: Timestamp(String::new()),
            }),
            ..without.clone()
        };
        standing.trial = Trial::Running;
        for told in [&without, &with, &without] {
            standing.learn(told);
            assert_eq!(standing.trial, Trial::Running, "the answer may be older");
        }
        standing.learn(&without);
        assert_eq!(standing.trial, Trial::Failed);
        standing.trial = Trial::Running;
        standing.learn(&without);
        assert_eq!(standing.trial, Trial::Running, "the next one begins anew");
        let paused = told(MobileIdState::Inactive).told.unwrap();
        standing.learn(&paused);
        assert_eq!(standing.trial, Trial::None);
    }

    #[test]
    fn one_that_the_server_does_not_know_is_gone_whatever_it_was() {
        let gone = Standing {
            contact: Contact::Gone,
            ..told(MobileIdState::Active)
        };
        assert_eq!(gone.shape(false), Shape::Gone);
        assert!(gone.shape(false).is_over());
        assert!(!told(MobileIdState::Inactive).shape(false).is_over());
    }
}
