//! E-mail: the code that goes by mail, the links in mails, and the mail path as an administrator sees it.

use uuid::Uuid;

use super::Timestamp;
use crate::wire;

wire! {
    word pub enum MailKind {
        ActivationCode,
        Created,
        NotCreated,
        Expiring,
        PauseEnds,
        RecoveryApproved,
        RecoveryRefused,
        Test,
    }
}

impl MailKind {
    pub const ALL: [Self; 8] = [
        Self::ActivationCode,
        Self::Created,
        Self::NotCreated,
        Self::Expiring,
        Self::PauseEnds,
        Self::RecoveryApproved,
        Self::RecoveryRefused,
        Self::Test,
    ];

    /// The word on the wire, in the database, and in the names of templates.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ActivationCode => "activation_code",
            Self::Created => "created",
            Self::NotCreated => "not_created",
            Self::Expiring => "expiring",
            Self::PauseEnds => "pause_ends",
            Self::RecoveryApproved => "recovery_approved",
            Self::RecoveryRefused => "recovery_refused",
            Self::Test => "test",
        }
    }
}

wire! {
    word pub enum MailState {
        Waiting,
        /// A server has it in its hands at this moment.
        Sending,
        /// The mail server has taken it. What became of it there, nobody tells us.
        Sent,
        /// Refused for good, or given up.
        Failed,
        Cancelled,
    }
}

impl MailState {
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Sending,
        Self::Sent,
        Self::Failed,
        Self::Cancelled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

wire! {
    /// The languages of pages and mails.
    #[derive(Default)]
    word pub enum Language {
        #[default]
        En,
        Sv,
        De,
    }
}

impl Language {
    pub const ALL: [Self; 3] = [Self::En, Self::Sv, Self::De];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Sv => "sv",
            Self::De => "de",
        }
    }

    /// From a language tag such as `sv-SE`. English for those that nothing is written in.
    pub fn of(tag: &str) -> Self {
        let first = tag.trim().split(['-', '_']).next().unwrap_or_default();
        let found = Self::ALL
            .into_iter()
            .find(|language| first.eq_ignore_ascii_case(language.as_str()));
        found.unwrap_or_default()
    }
}

wire! {
    /// The mail that carries the present activation code, as far as it is known what became of it.
    answer pub struct MailedCode {
        /// Masked: `a…@example.com`.
        pub address: String,
        pub written_at: Timestamp,
        pub state: MailState,
        /// When the mail server took it.
        pub handed_over_at: Option<Timestamp>,
        /// How often it was tried. Waiting after one or more: the mail server does not answer, or wants us to wait.
        pub attempts: u32,
        /// From when on the code can be sent again.
        pub resend_at: Timestamp,
    }
}

wire! {
    /// The secret of a link in a mail, from the link's fragment: 256 bits, base64url.
    request pub struct MailLinkToken {
        pub token: String,
    }
}

wire! {
    word pub enum MailLinkKind {
        /// "This was not me": cancels the process whose code the mail carries.
        NotMe,
        /// Locks the mobile ID that the mail tells of.
        Lock,
    }
}

wire! {
    word pub enum MailLinkStanding {
        /// It can be used.
        Open,
        /// It was used, and did what it says.
        Done,
        /// There is nothing left to cancel or lock: the process has ended, the mobile ID is locked or expired.
        Over,
    }
}

wire! {
    /// What a link in a mail would do, or has done.
    answer pub struct MailLink {
        pub kind: MailLinkKind,
        pub standing: MailLinkStanding,
        /// Masked: "A… S…".
        pub user: String,
        /// When the code was asked for, or the mobile ID was made.
        pub at: Timestamp,
        /// `not_me`: the browser it was asked for in, such as "Firefox on Linux".
        pub browser: Option<String>,
        /// `lock`: the name of the mobile ID, and its phone.
        pub mobile_id: Option<String>,
        pub phone: Option<String>,
    }
}

wire! {
    /// A mobile ID that ends soon, for the banner on the dashboard: from the first day of the reminders on.
    answer pub struct ExpiringMobileId {
        pub id: Uuid,
        pub name: String,
        pub phone: String,
        /// Whole days that are left, rounded up.
        pub days_left: u32,
        pub valid_until: Timestamp,
    }
}

wire! {
    /// The mail path, for an administrator.
    answer pub struct MailOverview {
        /// False: `mail.url` is not set, and nothing is sent.
        pub configured: bool,
        /// Where mail goes, without user name and password: `smtp://mail.example.com:587`, `file:///…`.
        pub route: Option<String>,
        pub from: Option<String>,
        pub waiting: u64,
        pub sending: u64,
        pub sent: u64,
        pub failed: u64,
        pub cancelled: u64,
        pub oldest_waiting: Option<Timestamp>,
        /// Overrides that are broken; the built-in ones are used in their place.
        pub template_faults: Vec<TemplateFault>,
    }
}

wire! {
    answer pub struct TemplateFault {
        /// Such as `sv/created.txt`.
        pub file: String,
        /// In English, as the template language says it.
        pub fault: String,
    }
}

wire! {
    /// A mail with sample data, as it would be sent. Its HTML is a page of its own: `url::admin::mail_preview_html`.
    answer pub struct MailPreview {
        pub kind: MailKind,
        pub language: Language,
        pub subject: String,
        pub text: String,
        /// Templates of the administrator's own that it is made from, such as `sv/created.txt`.
        pub overridden: Vec<String>,
    }
}

/// Mails of the outbox that one answer holds at most.
pub const OUTBOX_PAGE: usize = 50;

wire! {
    /// A mail in the outbox. What it says is told to nobody: activation codes stand there.
    answer pub struct OutboxMail {
        pub id: Uuid,
        pub kind: MailKind,
        pub state: MailState,
        pub address: String,
        pub language: Language,
        pub written_at: Timestamp,
        pub attempts: u32,
        /// While it waits.
        pub next_at: Option<Timestamp>,
        pub handed_over_at: Option<Timestamp>,
        /// What the mail server said, or why it could not be asked.
        pub last_answer: Option<String>,
        /// Whether "try again" has something to send.
        pub can_retry: bool,
    }
}

wire! {
    /// A test mail to the administrator who asks.
    request pub struct SendTestMail {
        pub language: Language,
    }
}
