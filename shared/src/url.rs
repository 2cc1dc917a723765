//! Every URL of the product, once. Templates carry `{name}` as axum and OpenAPI spell it;
//! the function beside a template fills it in.

use uuid::Uuid;

/// Pages that a person opens.
pub mod page {
    use super::Uuid;

    pub const DASHBOARD: &str = "/";
    pub const SIGN_IN: &str = "/sign-in";
    pub const MOBILE_IDS: &str = "/mobile-ids";
    /// The phone page; the activation code follows in the fragment, which no server and no log ever sees.
    pub const PHONE: &str = "/m";
    /// Opens a file that was encrypted to the user, on the phone: a program of its own.
    pub const PHONE_OPEN: &str = "/m/open";
    /// The console, a program of its own: for administrators and, where it is theirs, operators.
    pub const ADMIN: &str = "/admin";
    pub const ADMIN_OPTIONS: &str = "/admin/options";
    pub const ADMIN_VERSIONS: &str = "/admin/options/versions";
    pub const ADMIN_REMINDERS: &str = "/admin/reminders";
    pub const ADMIN_REMINDER_VERSIONS: &str = "/admin/reminders/versions";
    pub const ADMIN_MAIL: &str = "/admin/mail";
    /// Requests to recover encryption keys: for operators too.
    pub const ADMIN_RECOVERIES: &str = "/admin/recoveries";
    /// What a link in a mail leads to, for whoever has the mail; the secret follows in the fragment. The page does
    /// nothing before a button is pressed.
    pub const MAIL_LINK: &str = "/mail";

    /// One version of the options script.
    pub fn admin_version(number: u32) -> String {
        format!("{ADMIN_VERSIONS}/{number}")
    }

    /// One version of the reminders' script.
    pub fn admin_reminder_version(number: u32) -> String {
        format!("{ADMIN_REMINDER_VERSIONS}/{number}")
    }

    /// Where the world finds a page, for mails and QR codes.
    pub fn absolute(public_url: &str, path: &str) -> String {
        format!("{}{path}", public_url.trim_end_matches('/'))
    }

    /// A link in a mail: "This was not me", or to lock a mobile ID.
    pub fn mail_link(public_url: &str, token: &str) -> String {
        format!("{}#{token}", absolute(public_url, MAIL_LINK))
    }

    /// Portal and console are two programs: a path of the other one is loaded anew.
    pub fn is_console(path: &str) -> bool {
        path.strip_prefix(ADMIN)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    }

    pub fn mobile_id(id: Uuid) -> String {
        format!("{MOBILE_IDS}/{id}")
    }

    /// The activation link: what the QR code holds.
    pub fn activation_link(public_url: &str, code: &str) -> String {
        format!("{}#{code}", absolute(public_url, PHONE))
    }

    /// The activation code in the fragment of a link, or the text itself where it is no link.
    pub fn activation_code(link_or_code: &str) -> &str {
        link_or_code
            .rsplit_once('#')
            .map_or(link_or_code, |(_, code)| code)
            .trim()
    }
}

/// The portal's API, for a signed-in user in a browser.
pub mod api {
    use super::Uuid;

    pub const OPENAPI: &str = "/api/openapi.json";

    pub const SESSION: &str = "/api/session";
    /// The password once more, for a sign-in that has grown old.
    pub const SESSION_PASSWORD: &str = "/api/session/password";
    /// PUT: the language of mails to the signed-in user.
    pub const SESSION_LANGUAGE: &str = "/api/session/language";
    pub const DASHBOARD: &str = "/api/dashboard";
    /// POST: what a link in a mail would do. Does nothing; needs no session.
    pub const MAIL_LINK: &str = "/api/mail-link";
    /// POST: does it.
    pub const MAIL_LINK_USE: &str = "/api/mail-link/use";

    pub const PROCESSES: &str = "/api/processes";
    pub const PROCESS: &str = "/api/processes/{process}";
    pub const PROCESS_EVENTS: &str = "/api/processes/{process}/events";
    pub const PROCESS_NEXT: &str = "/api/processes/{process}/next";
    pub const PROCESS_CODE: &str = "/api/processes/{process}/code";
    /// POST: a new activation code by e-mail.
    pub const PROCESS_MAIL: &str = "/api/processes/{process}/mail";
    pub const PROCESS_CANCEL: &str = "/api/processes/{process}/cancel";

    pub const MOBILE_IDS: &str = "/api/mobile-ids";
    /// GET: one. DELETE: takes a locked or expired one out of the list.
    pub const MOBILE_ID: &str = "/api/mobile-ids/{mobile_id}";
    /// POST: for good.
    pub const MOBILE_ID_LOCK: &str = "/api/mobile-ids/{mobile_id}/lock";
    pub const MOBILE_ID_PAUSE: &str = "/api/mobile-ids/{mobile_id}/pause";
    pub const MOBILE_ID_RESUME: &str = "/api/mobile-ids/{mobile_id}/resume";
    /// POST: begins a test. GET: the newest test, `null` where there was none.
    pub const MOBILE_ID_TEST: &str = "/api/mobile-ids/{mobile_id}/test";
    /// Path parameter `file`: the serial number in hex, then `.pem` or `.der`.
    pub const CERTIFICATE: &str = "/api/certificates/{file}";

    pub fn process(id: Uuid) -> String {
        format!("{PROCESSES}/{id}")
    }
    pub fn process_events(id: Uuid) -> String {
        format!("{PROCESSES}/{id}/events")
    }
    pub fn process_next(id: Uuid) -> String {
        format!("{PROCESSES}/{id}/next")
    }
    pub fn process_code(id: Uuid) -> String {
        format!("{PROCESSES}/{id}/code")
    }
    pub fn process_mail(id: Uuid) -> String {
        format!("{PROCESSES}/{id}/mail")
    }
    pub fn process_cancel(id: Uuid) -> String {
        format!("{PROCESSES}/{id}/cancel")
    }
    pub fn mobile_id(id: Uuid) -> String {
        format!("{MOBILE_IDS}/{id}")
    }
    pub fn mobile_id_lock(id: Uuid) -> String {
        format!("{MOBILE_IDS}/{id}/lock")
    }
    pub fn mobile_id_pause(id: Uuid) -> String {
        format!("{MOBILE_IDS}/{id}/pause")
    }
    pub fn mobile_id_resume(id: Uuid) -> String {
        format!("{MOBILE_IDS}/{id}/resume")
    }
    pub fn mobile_id_test(id: Uuid) -> String {
        format!("{MOBILE_IDS}/{id}/test")
    }
    /// `serial`: upper-case hex, as the certificate's row on the page shows it. `form`: `pem` or `der`.
    pub fn certificate(serial: &str, form: &str) -> String {
        format!("/api/certificates/{serial}.{form}")
    }
}

/// The console's API, for an administrator in a browser.
pub mod admin {
    use super::Uuid;
    use crate::api::{Language, MailKind, MailState, ScriptName};

    /// GET `?search=TEXT`: users to show an effect for, twenty at most.
    pub const USERS: &str = "/api/admin/users";
    /// GET: the version in force, with its text. POST: save a new one.
    pub const SCRIPT: &str = "/api/admin/options/{script}";
    /// POST: what a text would do, without keeping it.
    pub const SCRIPT_CHECK: &str = "/api/admin/options/{script}/check";
    /// POST: how a text differs from a version that is kept.
    pub const SCRIPT_DIFF: &str = "/api/admin/options/{script}/diff";
    /// GET: every version, newest first, without the texts.
    pub const VERSIONS: &str = "/api/admin/options/{script}/versions";
    pub const VERSION: &str = "/api/admin/options/{script}/versions/{number}";
    /// GET: the text as a file to keep.
    pub const VERSION_FILE: &str = "/api/admin/options/{script}/versions/{number}/file";

    /// GET: requests to recover encryption keys, the pending ones first, then the newest fifty that were decided. For
    /// operators and administrators.
    pub const RECOVERIES: &str = "/api/admin/recoveries";
    /// POST: approves or refuses one.
    pub const RECOVERY_DECISION: &str = "/api/admin/recoveries/{recovery}/decision";

    /// GET: the mail path and what is in the outbox, counted.
    pub const MAIL: &str = "/api/admin/mail";
    /// GET `?state=STATE&before=ID`, both optional: the newest fifty mails, or the fifty before that one.
    pub const OUTBOX: &str = "/api/admin/mail/outbox";
    /// POST: tries a mail again, at once.
    pub const OUTBOX_RETRY: &str = "/api/admin/mail/outbox/{mail}/retry";
    /// POST: a test mail to the administrator who asks.
    pub const MAIL_TEST: &str = "/api/admin/mail/test";
    /// GET: a mail with sample data.
    pub const MAIL_PREVIEW: &str = "/api/admin/mail/preview/{kind}/{language}";
    /// GET: its HTML, as a page that runs nothing and may stand in a frame of ours.
    pub const MAIL_PREVIEW_HTML: &str = "/api/admin/mail/preview/{kind}/{language}/html";

    /// `before`: the last one of the page before.
    pub fn outbox(state: Option<MailState>, before: Option<Uuid>) -> String {
        let state = state.map(|state| format!("state={}", state.as_str()));
        let before = before.map(|id| format!("before={id}"));
        let query: Vec<_> = [state, before].into_iter().flatten().collect();
        if query.is_empty() {
            OUTBOX.to_owned()
        } else {
            format!("{OUTBOX}?{}", query.join("&"))
        }
    }
    pub fn recovery_decision(recovery: Uuid) -> String {
        format!("{RECOVERIES}/{recovery}/decision")
    }
    pub fn outbox_retry(mail: Uuid) -> String {
        format!("{OUTBOX}/{mail}/retry")
    }
    pub fn mail_preview(kind: MailKind, language: Language) -> String {
        format!("{MAIL}/preview/{}/{}", kind.as_str(), language.as_str())
    }
    pub fn mail_preview_html(kind: MailKind, language: Language) -> String {
        format!("{}/html", mail_preview(kind, language))
    }

    pub fn script(script: ScriptName) -> String {
        format!("/api/admin/options/{}", script.as_str())
    }
    pub fn script_check(name: ScriptName) -> String {
        format!("{}/check", script(name))
    }
    pub fn script_diff(name: ScriptName) -> String {
        format!("{}/diff", script(name))
    }
    pub fn versions(name: ScriptName) -> String {
        format!("{}/versions", script(name))
    }
    pub fn version(name: ScriptName, number: u32) -> String {
        format!("{}/{number}", versions(name))
    }
    pub fn version_file(name: ScriptName, number: u32) -> String {
        format!("{}/file", version(name, number))
    }
}

/// The device API, for a phone that holds an activation code or a device token. GET changes nothing, ever.
pub mod device {
    /// POST: what a code would set up, without using it.
    pub const ACTIVATION: &str = "/api/device/activation";
    /// POST: use the code, once.
    pub const CLAIM: &str = "/api/device/claim";
    /// POST: "I did not ask for this", with the code.
    pub const DECLINE: &str = "/api/device/decline";
    /// GET, with the device token: where the enrollment stands. `?since=STATE` waits until it has moved on.
    pub const ENROLLMENT: &str = "/api/device/enrollment";
    /// POST: the PKCS#10 requests.
    pub const KEYS: &str = "/api/device/keys";
    /// POST: the install receipt.
    pub const RECEIPT: &str = "/api/device/receipt";
    /// POST: the phone gives up.
    pub const CANCEL: &str = "/api/device/cancel";
    /// GET, with the device token: what became of the mobile ID. `?since=STATE` waits until there is news, or a test.
    pub const MOBILE_ID: &str = "/api/device/mobile-id";
    /// POST: the phone begins a test itself.
    pub const TEST: &str = "/api/device/test";
    /// POST: the signature over a test's challenge.
    pub const TEST_ANSWER: &str = "/api/device/test/answer";
}

/// For machines that watch the server.
pub mod ops {
    pub const HEALTHZ: &str = "/healthz";
    pub const READYZ: &str = "/readyz";
    pub const METRICS: &str = "/metrics";
}

/// The CA's public files, as certificates name them. The issuing CA comes in generations: the first one's addresses
/// have no number.
pub mod pki {
    pub const ROOT: &str = "/pki/root.cer";
    /// The root's own list.
    pub const ROOT_CRL: &str = "/pki/root.crl";
    pub const ISSUING: &str = "/pki/issuing.cer";
    pub const CRL: &str = "/pki/issuing.crl";
    /// Certificate and list of a later generation.
    pub const LATER: &str = "/pki/{file}";
    /// POST: a request (RFC 6960, appendix A).
    pub const OCSP: &str = "/pki/ocsp";
    /// GET: the request in base64.
    pub const OCSP_GET: &str = "/pki/ocsp/{*request}";

    /// The certificate of a generation of the issuing CA.
    pub fn issuing(generation: u32) -> String {
        format!("/pki/{}.cer", stem(generation))
    }

    /// Its certificate revocation list.
    pub fn crl(generation: u32) -> String {
        format!("/pki/{}.crl", stem(generation))
    }

    /// What its files and its key are named after: `issuing`, `issuing-2`, and so on.
    pub fn stem(generation: u32) -> String {
        match generation {
            1 => "issuing".to_owned(),
            later => format!("issuing-{later}"),
        }
    }

    /// The generation with this stem.
    pub fn generation(of: &str) -> Option<u32> {
        let number = match of.strip_prefix("issuing")? {
            "" => 1,
            rest => rest.strip_prefix('-')?.parse().ok()?,
        };
        (number > 0 && stem(number) == of).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::{page, pki};

    #[test]
    fn a_generation_has_one_spelling() {
        for (stem, generation) in [("issuing", 1), ("issuing-2", 2), ("issuing-10", 10)] {
            assert_eq!(pki::stem(generation), stem);
            assert_eq!(pki::generation(stem), Some(generation));
        }
        for wrong in [
            "",
            "root",
            "issuing-",
            "issuing-0",
            "issuing-1",
            "issuing-02",
            "issuing-+2",
            "issuing2",
        ] {
            assert_eq!(pki::generation(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_link_carries_its_code_in_the_fragment_only() {
        let link = page::activation_link("https://id.example.com/", "abc");
        assert_eq!(link, "https://id.example.com/m#abc");
        assert_eq!(page::activation_code(&link), "abc");
        assert_eq!(page::activation_code(" ABCD-EFGH "), "ABCD-EFGH");
    }
}
