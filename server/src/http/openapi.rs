//! The OpenAPI description, made from the handlers themselves.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Smart ID Self-Service",
        description = "The portal's API (session cookie) and the device API (activation code, then device token). \
                       Every error is application/problem+json (RFC 9457) with a stable code."
    ),
    security(("session" = [])),
    modifiers(&Security)
)]
pub struct Description;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let session = ApiKey::Cookie(ApiKeyValue::new("__Host-selfservice"));
        components.add_security_scheme("session", SecurityScheme::ApiKey(session));
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("device_token", SecurityScheme::Http(token));
    }
}

/// As served at `/api/openapi.json`.
pub fn document() -> openapi::OpenApi {
    super::router::api().2
}
