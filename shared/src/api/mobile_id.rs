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

impl MobileIdState {
    /// The word as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Locked => "locked",
            Self::Expired => "expired",
        }
    }
}

wire! {
    /// Why a mobile ID was locked.
    word pub enum LockReason {
        Lost,
        Stolen,
        Damaged,
        Replaced,
        NoLongerNeeded,
        /// "This was not me", by the link in a mail.
        DisownedByMail,
        /// The user was locked.
        UserLocked,
        /// It was paused for longer than this installation allows.
        PausedTooLong,
    }
}

impl LockReason {
    /// Those that a person gives; the others come about.
    pub const CHOICES: [Self; 5] = [
        Self::Lost,
        Self::Stolen,
        Self::Damaged,
        Self::Replaced,
        Self::NoLongerNeeded,
    ];

    /// What becomes of the encryption certificate where nobody says otherwise: what may be in wrong hands, or is of no
    /// more use, is revoked; where its owner goes on with another phone, it stays valid to its end.
    pub const fn encryption_fate(self) -> EncryptionFate {
        match self {
            Self::Damaged | Self::Replaced => EncryptionFate::Keep,
            Self::Lost
            | Self::Stolen
            | Self::NoLongerNeeded
            | Self::DisownedByMail
            | Self::UserLocked
            | Self::PausedTooLong => EncryptionFate::Revoke,
        }
    }
}

wire! {
    /// What becomes of a locked mobile ID's encryption certificate. Its archived key can be recovered either way.
    word pub enum EncryptionFate {
        /// With the others.
        Revoke,
        /// It stays valid, so that others can go on encrypting to it.
        Keep,
    }
}

wire! {
    /// Who paused a mobile ID. What the user paused, only the user resumes.
    word pub enum PauseCause {
        User,
        /// The user is not active; it is resumed with them.
        UserInactive,
    }
}

wire! {
    /// What the server accepts for this mobile ID from this user now.
    word pub enum MobileIdAction {
        /// For good.
        Lock,
        Pause,
        Resume,
        /// Takes it out of the list; the audit log keeps it.
        Delete,
        /// Let the phone sign something, and see whether the certificates count.
        Test,
    }
}

wire! {
    request pub struct LockMobileId {
        /// One of `LockReason::CHOICES`.
        pub reason: LockReason,
        /// Absent: as the reason says (`LockReason::encryption_fate`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub encryption: Option<EncryptionFate>,
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
        /// While it is paused: when it is locked for good, where this installation does that.
        pub locks_at: Option<Timestamp>,
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
        /// Where it is locked: why.
        pub lock_reason: Option<LockReason>,
        /// While it is paused: by whom.
        pub pause_cause: Option<PauseCause>,
        pub actions: Vec<MobileIdAction>,
        pub certificates: Vec<Certificate>,
        /// Earlier encryption certificates whose keys this phone got too.
        pub recovered: Vec<Certificate>,
        /// Serial numbers of those that were to be recovered and whose archived keys do not open.
        pub not_recovered: Vec<String>,
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
    locks_at: Option<Timestamp>,
    server_name: String,
    user_id: String,
    valid_from: Timestamp,
    failure: Option<Ending>,
    lock_reason: Option<LockReason>,
    pause_cause: Option<PauseCause>,
    actions: Vec<MobileIdAction>,
    certificates: Vec<Certificate>,
    #[serde(default)]
    recovered: Vec<Certificate>,
    #[serde(default)]
    not_recovered: Vec<String>,
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
                locks_at: flat.locks_at,
            },
            server_name: flat.server_name,
            user_id: flat.user_id,
            valid_from: flat.valid_from,
            failure: flat.failure,
            lock_reason: flat.lock_reason,
            pause_cause: flat.pause_cause,
            actions: flat.actions,
            certificates: flat.certificates,
            recovered: flat.recovered,
            not_recovered: flat.not_recovered,
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
        CertificatesIssued,
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
        MobileIdPaused,
        MobileIdResumed,
        MobileIdExpired,
        /// Taken out of the user's list.
        MobileIdDeleted,
        /// The phone signed a challenge, and the certificates were looked at.
        MobileIdTested,
        /// The user was told by e-mail that a paused mobile ID will be locked.
        PauseEndMailed,
        /// Somebody asked for what their role or state does not allow.
        AccessRefused,
        /// The issuing CA has a new key and certificate.
        IssuingCaRenewed,
        /// The CA certified a key to sign OCSP answers.
        ResponderCertified,
        /// An encryption key was put into the key archive.
        KeyArchived,
        /// An archived key was sealed to a new phone.
        KeyRecovered,
        /// Recovery waits for a second person.
        RecoveryRequested,
        RecoveryApproved,
        RecoveryRefused,
        /// Nobody decided in time.
        RecoveryLapsed,
        /// The key archive has a new recovery key.
        RecoveryKeyRenewed,
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
