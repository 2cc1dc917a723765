//! The mail path as an administrator sees it: the outbox, another try, a test mail, and each mail before anybody gets it.

use reqwest::header;
use serde_json::json;
use server::{
    domain::mail::State,
    settings::Settings,
    use_case::{
        change_user::{self, Change},
        clear_outbox, send_mails,
    },
};
use shared::{
    api::{Language, MailKind, MailOverview, MailPreview, MailState, OutboxMail},
    problem::Code,
    url::{admin, page},
};
use time::Duration;
use uuid::Uuid;

use crate::{
    app::{Browser, Server},
    mail::{
        count, plain, png_of,
        smtp::{Fault, Smtp},
        stands, write,
    },
};

async fn overview(browser: &Browser) -> MailOverview {
    browser.get(admin::MAIL).await.json()
}

async fn outbox(browser: &Browser, state: Option<MailState>, before: Option<Uuid>) -> Vec<OutboxMail> {
    browser.get(&admin::outbox(state, before)).await.json()
}

async fn with(change: impl FnOnce(&mut Settings)) -> Server {
    Server::start_with(|settings| {
        settings.mail.route = Some(server::mail::parse_route("file:").unwrap());
        change(settings);
    })
    .await
}

#[tokio::test]
async fn without_a_mail_path_everything_says_so() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let seen = overview(&astrid).await;
    assert!(!seen.configured);
    assert_eq!((seen.route, seen.from, seen.waiting), (None, None, 0));
    assert_eq!(outbox(&astrid, None, None).await, []);
    let test = json!({ "language": "sv" });
    astrid
        .post(admin::MAIL_TEST, test)
        .await
        .refused(Code::MailUnavailable);
    let preview = admin::mail_preview(MailKind::Test, Language::En);
    astrid.get(&preview).await.refused(Code::MailUnavailable);
    astrid
        .post(&admin::outbox_retry(Uuid::now_v7()), json!({}))
        .await
        .refused(Code::MailUnavailable);
}

#[tokio::test]
async fn the_overview_counts_and_tells_no_password() {
    let server = with(|settings| {
        let url = "smtp://portal:geheim@mail.example.com";
        settings.mail.route = Some(server::mail::parse_route(url).unwrap());
    })
    .await;
    let astrid = server.administrator("astrid").await;
    let first = write(&server, MailKind::Created, None).await;
    write(&server, MailKind::Test, None).await;
    let answer = astrid.get(admin::MAIL).await.ok();
    assert!(
        !answer.text().contains("geheim") && !answer.text().contains("portal:"),
        "{}",
        answer.text()
    );
    let seen: MailOverview = answer.json();
    assert!(seen.configured);
    assert_eq!(seen.route.as_deref(), Some("smtp://mail.example.com:587"));
    assert!(seen.from.unwrap().contains("no-reply@localhost"));
    assert_eq!((seen.waiting, seen.sent, seen.template_faults.len()), (2, 0, 0));
    let oldest = seen.oldest_waiting.unwrap().0;
    let written = first.mail.written_at;
    assert!(oldest.starts_with(&written.date().to_string()), "{oldest}");
}

#[tokio::test]
async fn the_outbox_comes_page_by_page_newest_first() {
    let server = with(|_| {}).await;
    let astrid = server.administrator("astrid").await;
    let mut expected = Vec::new();
    for n in 0..105 {
        let kind = MailKind::ALL[n % MailKind::ALL.len()];
        expected.push(write(&server, kind, None).await.mail.id);
    }
    expected.reverse();
    let (mut found, mut before) = (Vec::new(), None);
    let mut sizes = Vec::new();
    loop {
        let page = outbox(&astrid, None, before).await;
        sizes.push(page.len());
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        // What comes meanwhile moves no page.
        write(&server, MailKind::Test, None).await;
        found.extend(page.into_iter().map(|mail| mail.id));
    }
    assert_eq!(sizes, [50, 50, 5, 0]);
    assert_eq!(found, expected);
    assert_eq!(outbox(&astrid, Some(MailState::Sent), None).await, []);
    assert_eq!(outbox(&astrid, Some(MailState::Waiting), None).await.len(), 50);
    let mail = &outbox(&astrid, None, before).await;
    assert!(mail.is_empty());
    for wrong in ["?state=lost", "?before=1", "?after=x"] {
        astrid
            .get(&format!("{}{wrong}", admin::OUTBOX))
            .await
            .refused(Code::MalformedRequest);
    }
    // Nothing of what the mails say.
    let answer = astrid.get(admin::OUTBOX).await.ok().text();
    assert!(
        !answer.contains("SAMPLE") && !answer.contains("sealed"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_failed_mail_that_is_tried_again_arrives_once() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let astrid = server.administrator("astrid").await;
    let written = write(&server, MailKind::Created, None).await;
    smtp.faults(&[Fault::RefuseRecipient]);
    send_mails::run(&server.context, || false).await.unwrap();
    let [failed] = &outbox(&astrid, Some(MailState::Failed), None).await[..] else {
        panic!("one failed")
    };
    assert_eq!(
        (failed.id, failed.attempts, failed.can_retry),
        (written.mail.id, 1, true)
    );
    assert_eq!((failed.kind, failed.language), (MailKind::Created, Language::Sv));
    assert!(failed.last_answer.as_ref().unwrap().contains("no such user"));
    assert_eq!((&failed.next_at, &failed.handed_over_at), (&None, &None));
    let retry = admin::outbox_retry(written.mail.id);
    // A double click.
    for _ in 0..2 {
        let waiting: OutboxMail = astrid.post(&retry, json!({})).await.json();
        assert_eq!((waiting.state, waiting.can_retry), (MailState::Waiting, true));
        assert!(waiting.next_at.is_some());
    }
    assert_eq!(send_mails::run(&server.context, || false).await.unwrap().sent, 1);
    assert_eq!(send_mails::run(&server.context, || false).await.unwrap().tried, 0);
    assert_eq!(count(&smtp, &written), 1);
    let [sent] = &outbox(&astrid, Some(MailState::Sent), None).await[..] else {
        panic!("one sent")
    };
    assert!(sent.handed_over_at.is_some() && !sent.can_retry);
    astrid.post(&retry, json!({})).await.refused(Code::MailGone);
    astrid
        .post(&admin::outbox_retry(Uuid::now_v7()), json!({}))
        .await
        .refused(Code::NotFound);
    astrid
        .post(&format!("{}/x/retry", admin::OUTBOX), json!({}))
        .await
        .refused(Code::NotFound);
}

#[tokio::test]
async fn a_mail_in_a_servers_hands_stays_there_and_one_that_is_over_is_gone() {
    let server = with(|_| {}).await;
    let astrid = server.administrator("astrid").await;
    let written = write(&server, MailKind::Created, None).await;
    let now = server.context.clock.now();
    let book = server.context.store.read();
    let taken = book
        .take_mail(written.mail.id, now, now + Duration::MINUTE)
        .await
        .unwrap();
    assert!(taken.is_some());
    let retry = admin::outbox_retry(written.mail.id);
    let sending: OutboxMail = astrid.post(&retry, json!({})).await.json();
    assert_eq!((sending.state, sending.can_retry), (MailState::Sending, false));
    let code = write(&server, MailKind::ActivationCode, Some(Duration::minutes(5))).await;
    server.later(Duration::minutes(6));
    let listed = outbox(&astrid, None, None).await;
    assert!(!listed[0].can_retry, "{listed:?}");
    astrid
        .post(&admin::outbox_retry(code.mail.id), json!({}))
        .await
        .refused(Code::MailGone);
    assert_eq!(stands(&server, &code).await.state, State::Waiting);
}

#[tokio::test]
async fn a_test_mail_goes_to_who_asks() {
    let server = with(|_| {}).await;
    let astrid = server.administrator("astrid").await;
    let written: OutboxMail = astrid
        .post(admin::MAIL_TEST, json!({ "language": "de" }))
        .await
        .json();
    assert_eq!(
        (
            written.kind,
            written.state,
            written.address.as_str(),
            written.language
        ),
        (
            MailKind::Test,
            MailState::Waiting,
            "astrid@example.com",
            Language::De
        )
    );
    assert_eq!(send_mails::run(&server.context, || false).await.unwrap().sent, 1);
    let text = std::fs::read_to_string(server.dir.path().join(format!("mail/{}.eml", written.id))).unwrap();
    assert!(
        text.contains(&server.base.replace("127.0.0.1", "localhost")),
        "{text}"
    );
    for wrong in [
        json!({}),
        json!({ "language": "fr" }),
        json!({ "address": "x@example.com" }),
    ] {
        astrid
            .post(admin::MAIL_TEST, wrong)
            .await
            .refused(Code::MalformedRequest);
    }
    let no_address = Change {
        email: Some(String::new()),
        ..Change::default()
    };
    change_user::run(&server.context, "astrid", no_address)
        .await
        .unwrap();
    astrid
        .post(admin::MAIL_TEST, json!({ "language": "de" }))
        .await
        .refused(Code::EmailMissing);
}

#[tokio::test]
async fn every_mail_can_be_looked_at_in_every_language() {
    let server = with(|_| {}).await;
    let astrid = server.administrator("astrid").await;
    let mut subjects = std::collections::BTreeSet::new();
    for (kind, language) in MailKind::ALL
        .into_iter()
        .flat_map(|kind| Language::ALL.map(|language| (kind, language)))
    {
        let seen: MailPreview = astrid.get(&admin::mail_preview(kind, language)).await.json();
        assert_eq!((seen.kind, seen.language), (kind, language));
        assert!(
            seen.text.contains("Anna Svensson") || kind == MailKind::Test,
            "{}",
            seen.text
        );
        assert_eq!(seen.overridden, Vec::<String>::new());
        subjects.insert(seen.subject);
        let answer = astrid.get(&admin::mail_preview_html(kind, language)).await.ok();
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(
            answer.headers[header::CONTENT_SECURITY_POLICY],
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
        );
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        let html = answer.text();
        assert!(
            html.contains(&format!("lang=\"{}\"", language.as_str())),
            "{html}"
        );
        assert!(!html.contains("cid:") && !html.contains("<script"), "{html}");
        assert_eq!(
            html.contains("data:image/png;base64,"),
            kind == MailKind::ActivationCode
        );
    }
    assert_eq!(subjects.len(), MailKind::ALL.len() * Language::ALL.len());
    for wrong in ["created/fr", "lost/en", "Created/en"] {
        for end in ["", "/html"] {
            let path = format!("{}/preview/{wrong}{end}", admin::MAIL);
            astrid.get(&path).await.refused(Code::NotFound);
        }
    }
}

#[tokio::test]
async fn the_picture_in_a_preview_is_the_links_qr_code() {
    use base64ct::{Base64, Encoding};
    let server = with(|_| {}).await;
    let astrid = server.administrator("astrid").await;
    let path = admin::mail_preview_html(MailKind::ActivationCode, Language::En);
    let html = astrid.get(&path).await.ok().text();
    let (_, picture) = html.split_once("data:image/png;base64,").unwrap();
    let picture = Base64::decode_vec(picture.split('"').next().unwrap()).unwrap();
    let seen: MailPreview = astrid
        .get(&admin::mail_preview(MailKind::ActivationCode, Language::En))
        .await
        .json();
    let link = seen
        .text
        .split_whitespace()
        .find(|word| word.contains("/m#"))
        .unwrap();
    png_of(&picture, link);
}

#[tokio::test]
async fn overrides_are_told_whole_or_broken() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("sv/test.subject", "Vårt prov"),
        ("sv/test.txt", "{{ nobody_knows }}"),
        (
            "layout.html",
            "<html lang=\"{{ language }}\">OURS {% block body %}{% endblock %}</html>",
        ),
    ] {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let server = with(|settings| settings.mail.templates = Some(dir.path().into())).await;
    let astrid = server.administrator("astrid").await;
    let seen = overview(&astrid).await;
    let [fault] = &seen.template_faults[..] else {
        panic!("{seen:?}")
    };
    assert_eq!(fault.file, "sv/test.txt");
    assert!(fault.fault.contains("undefined"), "{fault:?}");
    let seen: MailPreview = astrid
        .get(&admin::mail_preview(MailKind::Test, Language::Sv))
        .await
        .json();
    assert_eq!(seen.subject, "Vårt prov");
    assert_eq!(seen.overridden, ["sv/test.subject", "layout.html"]);
    assert!(!seen.text.contains("nobody_knows"));
    let html = astrid
        .get(&admin::mail_preview_html(MailKind::Test, Language::Sv))
        .await
        .ok()
        .text();
    assert!(html.contains("OURS"), "{html}");
    let seen: MailPreview = astrid
        .get(&admin::mail_preview(MailKind::Test, Language::En))
        .await
        .json();
    assert_eq!(seen.overridden, ["layout.html"]);
}

#[tokio::test]
async fn the_console_alone_may_show_a_frame_of_ours() {
    let server = Server::start().await;
    for (path, frames) in [
        (page::ADMIN_MAIL, true),
        (page::ADMIN, true),
        (page::DASHBOARD, false),
        (page::PHONE, false),
    ] {
        let answer = server.anonymous().get(path).await.ok();
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert_eq!(policy.contains("frame-src 'self'"), frames, "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn what_ended_long_ago_is_listed_no_more() {
    let server = with(|_| {}).await;
    let astrid = server.administrator("astrid").await;
    write(&server, MailKind::Created, None).await;
    send_mails::run(&server.context, || false).await.unwrap();
    let keep = Duration::days(90);
    server.later(Duration::days(89));
    let waiting = write(&server, MailKind::Created, None).await;
    assert_eq!(clear_outbox::run(&server.context, keep).await.unwrap(), 0);
    server.later(Duration::days(2));
    assert_eq!(clear_outbox::run(&server.context, keep).await.unwrap(), 1);
    let astrid_again = server.signed_in("astrid").await;
    drop(astrid);
    let left = outbox(&astrid_again, None, None).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, waiting.mail.id);
}
