//! Mobile IDs and their certificates, as the menu Mobile ID shows them.

use uuid::Uuid;

use super::{Ending, Purpose, Timestamp};
use crate::wire;

wire! {
    word pub enum MobileIdState {
        /// Created, but the phone has not confirmed.
        Registered,
        Active,
        Inactive,
        Locked,
        Expired,
    }
}

wire! {
    word pub enum CertificateState {
        /// In the CA, not yet confirmed by the phone.
        Issued,
        Valid,
        OnHold,
        Revoked,
        Expired,
    }
}

wire! {
    answer pub struct MobileIdSummary {
        pub id: Uuid,
        /// The profile name.
        pub name: String,
        pub state: MobileIdState,
        /// Such as "Pixel 8, Chrome on Android".
        pub phone: String,
        pub valid_until: Timestamp,
        /// When the present state began.
        pub state_since: Timestamp,
    }
}

wire! {
    #[serde(from = "FlatMobileId")]
    answer pub struct MobileId {
        #[serde(flatten)]
        pub summary: MobileIdSummary,
        pub server_name: String,
        pub user_id: String,
        pub valid_from: Timestamp,
        /// Where it stayed `registered`: why.
        pub failure: Option<Ending>,
        pub certificates: Vec<Certificate>,
        /// Oldest first.
        pub history: Vec<HistoryEntry>,
    }
}

/// A `MobileId` as it travels. Reading `flatten` itself would cost the portal some kilobytes.
#[derive(serde::Deserialize)]
struct FlatMobileId {
    id: Uuid,
    name: String,
    state: MobileIdState,
    phone: String,
    valid_until: Timestamp,
    state_since: Timestamp,
    server_name: String,
    user_id: String,
    valid_from: Timestamp,
    failure: Option<Ending>,
    certificates: Vec<Certificate>,
    history: Vec<HistoryEntry>,
}

impl From<FlatMobileId> for MobileId {
    fn from(flat: FlatMobileId) -> Self {
        Self {
            summary: MobileIdSummary {
                id: flat.id,
                name: flat.name,
                state: flat.state,
                phone: flat.phone,
                valid_until: flat.valid_until,
                state_since: flat.state_since,
            },
            server_name: flat.server_name,
            user_id: flat.user_id,
            valid_from: flat.valid_from,
            failure: flat.failure,
            certificates: flat.certificates,
            history: flat.history,
        }
    }
}

wire! {
    answer pub struct Certificate {
        /// Serial number, upper-case hex, two digits an octet.
        pub serial: String,
        pub purpose: Purpose,
        /// RFC 4514 text.
        pub subject: String,
        pub issuer: String,
        pub not_before: Timestamp,
        pub not_after: Timestamp,
        pub state_in_ca: CertificateState,
        pub state_in_identity_manager: CertificateState,
    }
}

wire! {
    answer pub struct HistoryEntry {
        pub at: Timestamp,
        pub event: Event,
        pub by: Actor,
    }
}

wire! {
    /// What an audit record tells. The words for people live in the front end.
    word pub enum Event {
        SignedIn,
        SignInRefused,
        SignedOut,
        ProcessStarted,
        CodeShown,
        CodeClaimed,
        KeysReceived,
        PairingCodeWrong,
        PairingCodeConfirmed,
        CertificatesIssued,
        ReceiptVerified,
        ProcessCompleted,
        ProcessCancelled,
        ProcessExpired,
        ProcessFailed,
        CertificatesRevoked,
        UserAdded,
        UserStateChanged,
        UserChanged,
        OptionsChanged,
        /// The version in force had no value for this user; an earlier one was taken.
        OptionsFailed,
        /// An activation code went out by e-mail.
        CodeMailed,
        /// The user was reminded by e-mail that the mobile ID ends soon.
        ReminderMailed,
        MobileIdLocked,
        /// The CA certified a key to sign OCSP answers.
        ResponderCertified,
        /// The two books of certificates differed, and were made to agree.
        BooksRepaired,
    }
}

wire! {
    word pub enum Actor {
        User,
        Phone,
        Administrator,
        /// The portal itself: time limits, clean-up.
        System,
    }
}
