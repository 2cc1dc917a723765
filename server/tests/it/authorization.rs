//! Every route of the OpenAPI description, asked by somebody who may not: one that is not listed here fails.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use shared::{
    problem::Code,
    url::{api, device},
};
use uuid::Uuid;

use crate::app::Server;

/// Who may ask at all.
enum Door {
    /// Anybody: the handler itself looks at what it is given.
    Open,
    Session,
    DeviceToken,
}

const ROUTES: [(&str, &str, Door); 22] = [
    ("get", api::SESSION, Door::Session),
    ("post", api::SESSION, Door::Open),
    ("delete", api::SESSION, Door::Session),
    ("post", api::SESSION_PASSWORD, Door::Session),
    ("get", api::DASHBOARD, Door::Session),
    ("post", api::PROCESSES, Door::Session),
    ("get", api::PROCESS, Door::Session),
    ("get", api::PROCESS_EVENTS, Door::Session),
    ("post", api::PROCESS_NEXT, Door::Session),
    ("post", api::PROCESS_CODE, Door::Session),
    ("post", api::PROCESS_CANCEL, Door::Session),
    ("get", api::MOBILE_IDS, Door::Session),
    ("get", api::MOBILE_ID, Door::Session),
    ("get", api::CERTIFICATE, Door::Session),
    ("post", device::ACTIVATION, Door::Open),
    ("post", device::CLAIM, Door::Open),
    ("post", device::DECLINE, Door::Open),
    ("get", device::ENROLLMENT, Door::DeviceToken),
    ("post", device::KEYS, Door::DeviceToken),
    ("post", device::RECEIPT, Door::DeviceToken),
    ("post", device::CANCEL, Door::DeviceToken),
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

    for (method, template, door) in ROUTES {
        let path = template
            .replace("{process}", &Uuid::now_v7().to_string())
            .replace("{mobile_id}", &Uuid::now_v7().to_string())
            .replace("{file}", "40.pem");
        let method: Method = method.to_uppercase().parse().unwrap();
        let body = (method == Method::POST).then(|| json!({}));
        let answer = server.anonymous().send(method, &path, body.as_ref()).await;
        match door {
            Door::Open => assert_ne!(answer.status, 500, "{path}"),
            Door::Session => drop(answer.refused(Code::NotSignedIn)),
            Door::DeviceToken => drop(answer.refused(Code::DeviceTokenUnknown)),
        }
    }
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
