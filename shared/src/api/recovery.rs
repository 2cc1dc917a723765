//! Recovery of encryption keys: earlier encryption certificates, which of them go to the new phone, and a second
//! person's approval.

use uuid::Uuid;

use super::{CertificateState, Recovery, Timestamp};
use crate::wire;

wire! {
    /// What a process makes of the user's earlier encryption certificates.
    answer pub struct RecoveryView {
        /// Never `off`.
        pub mode: Recovery,
        /// Those whose keys are archived, newest first.
        pub earlier: Vec<EarlierCertificate>,
        /// Serial numbers of those that go to the new phone, in the order of `earlier`. At the introduction: what Next
        /// without `recover` takes.
        pub chosen: Vec<String>,
        /// A second person approves before anything is sealed.
        pub needs_approval: bool,
        /// Where it was asked for.
        pub approval: Option<Approval>,
    }
}

wire! {
    answer pub struct EarlierCertificate {
        /// Upper-case hex.
        pub serial: String,
        pub not_before: Timestamp,
        pub not_after: Timestamp,
        pub state: CertificateState,
        /// The phone that it was made for, such as "Pixel 8, Chrome on Android".
        pub phone: String,
        /// The profile name of the mobile ID that it was made for.
        pub mobile_id: String,
    }
}

wire! {
    answer pub struct Approval {
        pub state: ApprovalState,
        pub requested_at: Timestamp,
        /// While `pending`: when the request lapses. While `approved`: until when Next takes it.
        pub expires_at: Timestamp,
        /// What the second person wrote.
        pub reason: Option<String>,
    }
}

wire! {
    word pub enum ApprovalState {
        Pending,
        Approved,
        Refused,
        /// Nobody decided in time, the approval was not used in time (then there is a reason), or the user went on with
        /// another choice.
        Lapsed,
    }
}

impl ApprovalState {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Refused, Self::Lapsed];

    /// The word on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Lapsed => "lapsed",
        }
    }
}

wire! {
    /// One request as operators and administrators see it.
    answer pub struct RecoveryRequest {
        pub id: Uuid,
        /// The user's display name, and their user name.
        pub user: String,
        pub user_name: String,
        pub certificates: Vec<EarlierCertificate>,
        pub approval: Approval,
        /// The user name of whoever decided.
        pub decided_by: Option<String>,
        pub decided_at: Option<Timestamp>,
        /// It is pending, and not the asker's own.
        pub can_decide: bool,
    }
}

wire! {
    request pub struct DecideRecovery {
        pub decision: Decision,
        /// Why, in the words of whoever decides: 1 to 500 characters.
        pub reason: String,
    }
}

wire! {
    word pub enum Decision {
        Approve,
        Refuse,
    }
}
