//! Who is signed in. Any call that is answered with `not_signed_in` ends the session here, and the portal leads to
//! the sign-in page and back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Me, Role};
use shared::problem::Code;

use crate::api::{self, Failure};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedIn {
    /// The server has not answered yet.
    Unknown,
    No,
    Yes(Box<Me>),
    /// The server could not say.
    Unclear(Failure),
}

#[derive(Clone, Copy)]
pub struct Session {
    pub signed_in: RwSignal<SignedIn>,
}

impl Session {
    /// Asks the server anew.
    pub fn look(self) {
        spawn_local(async move {
            let signed_in = match api::session::who().await {
                Ok(me) => SignedIn::Yes(Box::new(me)),
                Err(failure) if failure.code() == Some(Code::NotSignedIn) => SignedIn::No,
                Err(failure) => SignedIn::Unclear(failure),
            };
            self.signed_in.set(signed_in);
        });
    }

    /// Who is signed in has one of these roles.
    pub fn has_role(self, roles: &[Role]) -> bool {
        self.signed_in
            .with(|who| matches!(who, SignedIn::Yes(me) if me.roles.iter().any(|role| roles.contains(role))))
    }

    /// Hands a failure on, after it has ended the session where it says so.
    pub fn heed(self, failure: Failure) -> Failure {
        // Once: several calls may be answered so, and each time the page would be led away anew.
        if failure.code() == Some(Code::NotSignedIn)
            && self.signed_in.with_untracked(|who| *who != SignedIn::No)
        {
            self.signed_in.set(SignedIn::No);
        }
        failure
    }
}

/// Call once, in the root of the portal.
pub fn provide_session() -> Session {
    let session = Session {
        signed_in: RwSignal::new(SignedIn::Unknown),
    };
    provide_context(session);
    session.look();
    session
}

pub fn use_session() -> Session {
    use_context().unwrap_or_else(|| Session {
        signed_in: RwSignal::new(SignedIn::No),
    })
}
