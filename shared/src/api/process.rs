//! A process: one run of a use case, as the portal's dialog draws it. The rules live on the server; each answer
//! says which step is shown, what is allowed there and until when.

use uuid::Uuid;

use super::{
    CertificateChoice, EncryptionFate, ExpiringMobileId, LockReason, MailedCode, MobileId, MobileIdSummary,
    Purpose, RecoveryView, Timestamp,
};
use crate::wire;

wire! {
    /// By its symbolic name.
    word pub enum ProcessKind {
        #[serde(rename = "MobileIDSelfServiceProcGet")]
        GetMobileId,
    }
}

wire! {
    /// `started -> open -> claimed -> keys_received -> confirmed -> completed`, and from each of them but the
    /// last to one of the three other ends.
    word pub enum ProcessState {
        Started,
        Open,
        Claimed,
        KeysReceived,
        Confirmed,
        Completed,
        Cancelled,
        Expired,
        Failed,
    }
}

impl ProcessState {
    pub const ALL: [Self; 9] = [
        Self::Started,
        Self::Open,
        Self::Claimed,
        Self::KeysReceived,
        Self::Confirmed,
        Self::Completed,
        Self::Cancelled,
        Self::Expired,
        Self::Failed,
    ];

    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Cancelled | Self::Expired | Self::Failed
        )
    }

    /// The word as it stands on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::KeysReceived => "keys_received",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }
}

wire! {
    /// The three steps of the dialog. A process that has ended otherwise than well stays at the step where it
    /// ended and says why in `ending`.
    word pub enum Step {
        Introduction,
        Scan,
        Done,
    }
}

wire! {
    /// Why a process ended other than by completion.
    word pub enum Ending {
        /// Cancel in the portal.
        CancelledByUser,
        /// "Not my phone" in the portal.
        PhoneNotRecognised,
        /// "I did not ask for this", or Cancel, on the phone.
        CancelledOnPhone,
        /// Nothing happened for too long before a phone took part.
        Abandoned,
        /// A phone claimed the code but sent no keys in time.
        PhoneSilent,
        /// The pairing code was wrong too often.
        PairingCodeWrong,
        /// The phone was ready but the pairing code did not come in time.
        NotConfirmedInTime,
        /// The certificates were issued but no install receipt came in time; they are revoked.
        ReceiptMissing,
        /// The user stopped being active half-way.
        UserNotActive,
        /// "This was not me", by the link in the mail that carried the code.
        DisownedByMail,
    }
}

wire! {
    /// What the server accepts for this process now.
    word pub enum ProcessAction {
        Next,
        Cancel,
        /// A new activation code on the screen; the one before dies.
        NewCode,
        /// A new activation code by e-mail; the one before dies.
        MailCode,
        /// The phone that claimed the code is not the user's: ends the process and tells that phone.
        NotMyPhone,
    }
}

wire! {
    request pub struct StartProcess {
        pub kind: ProcessKind,
    }
}

wire! {
    /// Next, from the step that the user sees. Where the process has moved on meanwhile (a double click, a second
    /// tab) nothing is done and the answer is the process as it is now.
    request pub struct NextStep {
        pub step: Step,
        /// As typed: six digits, spaces allowed. Only at the step `scan`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub pairing_code: Option<String>,
        /// Only at the step `introduction`, where the plan offers a choice. Absent: required and default ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub certificates: Option<Vec<Purpose>>,
        /// Only at the step `introduction`: serial numbers of the earlier encryption certificates to recover. Absent: as
        /// `RecoveryView::chosen` says. None at all is always taken where the user selects, or approval is needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub recover: Option<Vec<String>>,
        /// Only at the step `introduction`: locks an earlier mobile ID in the same change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replace: Option<Replace>,
    }
}

wire! {
    /// The mobile ID that makes room for the new one.
    request pub struct Replace {
        /// The one that the process shows as `active_mobile_id`.
        pub mobile_id: Uuid,
        /// One of `LockReason::CHOICES`.
        pub reason: LockReason,
        /// Absent: as the reason says (`LockReason::encryption_fate`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub encryption: Option<EncryptionFate>,
    }
}

wire! {
    request pub struct CancelProcess {
        /// True for "Not my phone".
        #[serde(default)]
        pub not_my_phone: bool,
    }
}

wire! {
    answer pub struct ProcessView {
        pub id: Uuid,
        pub kind: ProcessKind,
        pub state: ProcessState,
        pub step: Step,
        pub actions: Vec<ProcessAction>,
        pub ending: Option<Ending>,
        pub started_at: Timestamp,
        /// When the present state ends by itself. For `open` see `activation.expires_at` too.
        pub expires_at: Option<Timestamp>,
        /// The password is needed once more before Next.
        pub password_needed: bool,
        /// What will be, or was, made.
        pub plan: Plan,
        /// The newest active or paused mobile ID that the user has besides; `NextStep::replace` locks it.
        pub active_mobile_id: Option<MobileIdSummary>,
        /// The one that this process has locked, as it is now.
        pub replaced: Option<MobileIdSummary>,
        /// Where there are earlier encryption certificates that the options recover.
        pub recovery: Option<RecoveryView>,
        /// While `open`.
        pub activation: Option<Activation>,
        /// From `claimed` on.
        pub phone: Option<String>,
        /// While `keys_received`.
        pub pairing_tries_left: Option<u32>,
        /// From `confirmed` on.
        pub mobile_id: Option<MobileId>,
    }
}

wire! {
    /// What the options make of this user's mobile ID.
    answer pub struct Plan {
        pub profile_name: String,
        pub server_name: String,
        pub user_id: String,
        /// Those to be issued, or issued.
        pub certificates: Vec<Purpose>,
        /// While the user chooses (at the introduction, where the options leave the choice): what is on offer.
        /// Required ones cannot be left out. Empty: there is nothing to choose.
        #[serde(default)]
        pub choices: Vec<OfferedCertificate>,
        /// Validity as configured.
        pub validity: Validity,
        /// Where Next at the introduction brings the code.
        pub delivery: CodeDelivery,
        /// Where a mail would go, masked (`a…@example.com`); absent where the code cannot be mailed.
        #[serde(default)]
        pub mail_address: Option<String>,
    }
}

wire! {
    word pub enum CodeDelivery {
        /// Shown as a QR code.
        Screen,
        /// Sent by e-mail.
        Mail,
        /// The options send it by e-mail; this user has no address, and the options show it then.
        ScreenWithoutAddress,
    }
}

wire! {
    answer pub struct OfferedCertificate {
        pub purpose: Purpose,
        /// Never `off`.
        pub choice: CertificateChoice,
    }
}

wire! {
    /// They add up, by the calendar.
    #[derive(Copy)]
    answer pub struct Validity {
        #[serde(default)]
        pub years: u32,
        #[serde(default)]
        pub months: u32,
        #[serde(default)]
        pub days: u32,
    }
}

wire! {
    answer pub struct Activation {
        /// Counts the codes of this process from 1: a window that shows another number shows a dead code.
        pub number: u32,
        pub expires_at: Timestamp,
        /// Only in the answer that made the code. The server keeps hashes, so it cannot show a code again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub code: Option<ShownCode>,
        /// Where this code went by e-mail.
        #[serde(default)]
        pub mail: Option<MailedCode>,
    }
}

wire! {
    /// One activation code in its three forms.
    answer pub struct ShownCode {
        /// Absolute URL of the phone page with the code in its fragment.
        pub link: String,
        /// For typing: `XXXX-XXXX`, Crockford's base 32.
        pub short_code: String,
        pub qr: QrCode,
    }
}

wire! {
    /// A QR code as an SVG path, one unit a module, without the quiet zone (draw four modules of white around).
    answer pub struct QrCode {
        /// Modules a side.
        pub size: u32,
        /// The `d` attribute that fills the dark modules.
        pub path: String,
    }
}

wire! {
    answer pub struct Dashboard {
        /// Absent where Get Mobile ID can be started; else the problem code that starting would answer with.
        pub start_refused: Option<crate::problem::Code>,
        pub open_process: Option<OpenProcess>,
        /// Newest first.
        pub mobile_ids: Vec<MobileIdSummary>,
        /// Active ones that end soon and have no successor, the soonest first.
        #[serde(default)]
        pub expiring: Vec<ExpiringMobileId>,
    }
}

wire! {
    answer pub struct OpenProcess {
        pub id: Uuid,
        pub kind: ProcessKind,
        pub state: ProcessState,
        pub started_at: Timestamp,
    }
}
