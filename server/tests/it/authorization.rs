//! Every route of the OpenAPI description, asked by somebody who may not: one that is not listed here fails.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use server::use_case::change_user::{self, Change};
use shared::{
    api::{Dashboard, Role, ScriptName, UserState},
    problem::Code,
    url::{admin, api, device},
};
use uuid::Uuid;

use crate::app::{Browser, Server};

/// Who may ask at all.
enum Door {
    /// Anybody: the handler itself looks at what it is given.
    Open,
    Session,
    /// With a role besides.
    Administrator,
    /// Whoever may decide on what others ask for: operators too.
    SecondPerson,
    DeviceToken,
}

const ROUTES: [(&str, &str, Door); 51] = [
    ("get", api::SESSION, Door::Session),
    ("post", api::SESSION, Door::Open),
    ("delete", api::SESSION, Door::Session),
    ("post", api::SESSION_PASSWORD, Door::Session),
    ("put", api::SESSION_LANGUAGE, Door::Session),
    ("post", api::MAIL_LINK, Door::Open),
    ("post", api::MAIL_LINK_USE, Door::Open),
    ("get", api::DASHBOARD, Door::Session),
    ("post", api::PROCESSES, Door::Session),
    ("get", api::PROCESS, Door::Session),
    ("get", api::PROCESS_EVENTS, Door::Session),
    ("post", api::PROCESS_NEXT, Door::Session),
    ("post", api::PROCESS_CODE, Door::Session),
    ("post", api::PROCESS_MAIL, Door::Session),
    ("post", api::PROCESS_CANCEL, Door::Session),
    ("get", api::MOBILE_IDS, Door::Session),
    ("get", api::MOBILE_ID, Door::Session),
    ("get", api::MOBILE_ID_TEST, Door::Session),
    ("post", api::MOBILE_ID_TEST, Door::Session),
    ("delete", api::MOBILE_ID, Door::Session),
    ("post", api::MOBILE_ID_LOCK, Door::Session),
    ("post", api::MOBILE_ID_PAUSE, Door::Session),
    ("post", api::MOBILE_ID_RESUME, Door::Session),
    ("get", api::CERTIFICATE, Door::Session),
    ("get", admin::USERS, Door::Administrator),
    ("get", admin::SCRIPT, Door::Administrator),
    ("post", admin::SCRIPT, Door::Administrator),
    ("post", admin::SCRIPT_CHECK, Door::Administrator),
    ("post", admin::SCRIPT_DIFF, Door::Administrator),
    ("get", admin::VERSIONS, Door::Administrator),
    ("get", admin::VERSION, Door::Administrator),
    ("get", admin::VERSION_FILE, Door::Administrator),
    ("get", admin::RECOVERIES, Door::SecondPerson),
    ("post", admin::RECOVERY_DECISION, Door::SecondPerson),
    ("get", admin::MAIL, Door::Administrator),
    ("get", admin::OUTBOX, Door::Administrator),
    ("post", admin::OUTBOX_RETRY, Door::Administrator),
    ("post", admin::MAIL_TEST, Door::Administrator),
    ("get", admin::MAIL_PREVIEW, Door::Administrator),
    ("get", admin::MAIL_PREVIEW_HTML, Door::Administrator),
    ("post", device::ACTIVATION, Door::Open),
    ("post", device::CLAIM, Door::Open),
    ("post", device::DECLINE, Door::Open),
    ("get", device::ENROLLMENT, Door::DeviceToken),
    ("post", device::KEYS, Door::DeviceToken),
    ("post", device::RECEIPT, Door::DeviceToken),
    ("post", device::CANCEL, Door::DeviceToken),
    ("get", device::MOBILE_ID, Door::DeviceToken),
    ("post", device::TEST, Door::DeviceToken),
    ("post", device::TEST_ANSWER, Door::DeviceToken),
    ("get", api::OPENAPI, Door::Open),
];

#[tokio::test]
async fn every_route_is_behind_its_door() {
    let server = Server::start().await;
    let described: Value = server.anonymous().get(api::OPENAPI).await.json();
    let mut found = BTreeSet::from([("get".to_owned(), api::OPENAPI.to_owned())]);
    for (path, methods) in described["paths"].as_object().unwrap() {
        found.extend(
            methods
                .as_object()
                .unwrap()
                .keys()
                .map(|method| (method.clone(), path.clone())),
        );
    }
    let listed: BTreeSet<_> = ROUTES
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(
        found, listed,
        "the list of this test and the server's routes differ"
    );

    let others = others(&server).await;
    for (method, template, door) in ROUTES {
        let path = template
            .replace("{process}", &Uuid::now_v7().to_string())
            .replace("{mobile_id}", &Uuid::now_v7().to_string())
            .replace("{file}", "40.pem")
            .replace("{script}", ScriptName::Options.as_str())
            .replace("{number}", "1")
            .replace("{mail}", &Uuid::now_v7().to_string())
            .replace("{recovery}", &Uuid::now_v7().to_string())
            .replace("{kind}", "test")
            .replace("{language}", "en");
        let method: Method = method.to_uppercase().parse().unwrap();
        let body = (method == Method::POST).then(|| json!({}));
        let answer = server
            .anonymous()
            .send(method.clone(), &path, body.as_ref())
            .await;
        match door {
            Door::Open => assert_ne!(answer.status, 500, "{path}"),
            Door::Session => drop(answer.refused(Code::NotSignedIn)),
            Door::Administrator | Door::SecondPerson => {
                answer.refused(Code::NotSignedIn);
                for (browser, of_administrator, of_second_person) in &others {
                    let refusal = match door {
                        Door::SecondPerson => of_second_person,
                        _ => of_administrator,
                    };
                    let answer = browser.send(method.clone(), &path, body.as_ref()).await;
                    match refusal {
                        Some(code) => drop(answer.refused(*code)),
                        None => assert!(!matches!(answer.status.as_u16(), 401 | 403 | 500), "{path}"),
                    }
                }
            }
            Door::DeviceToken => drop(answer.refused(Code::DeviceTokenUnknown)),
        }
    }
}

/// People who are signed in, and what the administrator's addresses answer them, and those of a second person.
async fn others(server: &Server) -> [(Browser, Option<Code>, Option<Code>); 5] {
    let (own, operator, administrator) = (Role::SelfServiceUser, Role::Operator, Role::Administrator);
    let (active, inactive) = (UserState::Active, UserState::Inactive);
    let (needed, not_active) = (Some(Code::RoleNeeded), Some(Code::UserNotActive));
    for (user_name, state, roles) in [
        ("anna", active, &[own][..]),
        ("olga", active, &[own, operator]),
        ("former", inactive, &[administrator]),
        ("astrid", active, &[own, administrator]),
        ("admin", active, &[administrator]),
    ] {
        server.add(user_name, state, roles, None).await;
    }
    [
        (server.signed_in("anna").await, needed, needed),
        (server.signed_in("olga").await, needed, None),
        (server.signed_in("former").await, not_active, not_active),
        (server.signed_in("astrid").await, None, None),
        (server.signed_in("admin").await, None, None),
    ]
}

#[tokio::test]
async fn a_mobile_id_is_for_self_service_users() {
    let server = Server::start().await;
    server
        .add("admin", UserState::Active, &[Role::Administrator], None)
        .await;
    let browser = server.signed_in("admin").await;
    let dashboard: Dashboard = browser.get(api::DASHBOARD).await.json();
    assert_eq!(dashboard.start_refused, Some(Code::RoleNeeded));
    let start = json!({ "kind": "MobileIDSelfServiceProcGet" });
    browser
        .post(api::PROCESSES, start)
        .await
        .refused(Code::RoleNeeded);
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_at_once() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let process = astrid.start().await.id;
    astrid.get(admin::USERS).await.ok();
    let change = Change {
        roles: Some(vec![Role::Operator]),
        ..Change::default()
    };
    change_user::run(&server.context, "astrid", change).await.unwrap();
    astrid.get(admin::USERS).await.refused(Code::RoleNeeded);
    let next = json!({ "step": "introduction" });
    astrid
        .post(&api::process_next(process), next)
        .await
        .refused(Code::ProcessEnded);
}

#[tokio::test]
async fn a_stolen_or_made_up_device_token_opens_nothing() {
    let server = Server::start().await;
    let phone = server.phone();
    phone
        .get(device::ENROLLMENT)
        .await
        .refused(Code::DeviceTokenUnknown);
    phone.send_keys().await.refused(Code::DeviceTokenUnknown);
    phone
        .post(device::CANCEL, json!({}))
        .await
        .refused(Code::DeviceTokenUnknown);
    for header in ["Basic YTpi", "Bearer", "Bearer short", "bearer x"] {
        let request = reqwest::Client::new().get(format!("{}{}", server.base, device::ENROLLMENT));
        assert_eq!(
            request
                .header("authorization", header)
                .send()
                .await
                .unwrap()
                .status(),
            401,
            "{header}"
        );
    }
}

#[tokio::test]
async fn what_is_no_route_is_a_problem_too() {
    let server = Server::start().await;
    let browser = server.anonymous();
    for path in ["/api", "/api/", "/api/nothing", "/api/processes/a/b/c"] {
        browser.get(path).await.refused(Code::NotFound);
    }
    browser
        .send(Method::PUT, api::SESSION, None)
        .await
        .refused(Code::MethodNotAllowed);
}
