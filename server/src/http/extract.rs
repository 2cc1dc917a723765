//! Who asks and with what: a handler that has one of these has the permission that goes with it.

use std::{net::IpAddr, ops::Deref};

use axum::{
    extract::{
        FromRequest, FromRequestParts, Path, Request,
        rejection::{JsonRejection, PathRejection},
    },
    http::{StatusCode, header, request::Parts},
};
use axum_client_ip::ClientIp;
use serde::de::DeserializeOwned;
use shared::{api::UserState, problem::Code};
use time::OffsetDateTime;
use tower_sessions::Session;
use uuid::Uuid;

use super::{App, browser::Browser, problem::Refusal};
use crate::{
    domain::{
        secret::{Hash, token_hash},
        user::{Right, User},
    },
    use_case::{Context, PortalError, note_refusal},
};

/// Whose session it is. `store::session` reads it too.
pub const USER: &str = "user";
/// When the password was last given, milliseconds since 1970.
pub const SIGNED_IN_AT: &str = "signed_in_at";
/// When the session began, and when it was last used: it ends by either.
pub const BEGAN_AT: &str = "began_at";
const SEEN_AT: &str = "seen_at";

/// A session's idle time is written down at most this often.
const SEEN_EVERY_MILLIS: i64 = 60_000;

/// A signed-in user, as the database has them now.
pub struct SignedIn {
    pub user: User,
    /// When the password was last given.
    pub since: OffsetDateTime,
    pub session: Session,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let session = Session::from_request_parts(parts, app)
            .await
            .map_err(|_| Code::Internal)?;
        // Session and user in one read: the session itself loads only where it is written.
        let found = match session.id() {
            Some(id) => app.context.store.read().signed_in(&id).await?,
            None => None,
        };
        let Some((record, user)) = found else {
            // Where it is over, it finds out, and its cookie goes.
            session.get_value(USER).await?;
            return Err(Code::NotSignedIn.into());
        };
        let at = |key: &str| record.data.get(key).and_then(serde_json::Value::as_i64);
        let (Some(signed_in_at), Some(began_at)) = (at(SIGNED_IN_AT), at(BEGAN_AT)) else {
            return Err(Code::NotSignedIn.into());
        };
        let now = millis(app.context.clock.now());
        let total = app.settings.sign_in.session_total.whole_milliseconds();
        if user.state == UserState::Locked || i128::from(now - began_at) >= total {
            session.flush().await?;
            return Err(Code::NotSignedIn.into());
        }
        if at(SEEN_AT).is_none_or(|seen_at| now - seen_at > SEEN_EVERY_MILLIS) {
            session.insert(SEEN_AT, now).await?;
        }
        let signed_in_at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(signed_in_at) * 1_000_000);
        Ok(Self {
            user,
            since: signed_in_at.map_err(|_| Code::NotSignedIn)?,
            session,
        })
    }
}

/// A signed-in user who may administrate: everything under `url::admin` asks for one, but for recoveries.
pub struct Administrator(pub SignedIn);

impl FromRequestParts<App> for Administrator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        with_right(parts, app, Right::Administrate).await.map(Self)
    }
}

/// A signed-in user who may decide on others' requests to recover keys.
pub struct SecondPerson(pub SignedIn);

impl FromRequestParts<App> for SecondPerson {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        with_right(parts, app, Right::DecideRecovery).await.map(Self)
    }
}

/// Whoever is refused is written down.
async fn with_right(parts: &mut Parts, app: &App, right: Right) -> Result<SignedIn, Refusal> {
    let signed_in = SignedIn::from_request_parts(parts, app).await?;
    let Some(code) = signed_in.user.refusal(right) else {
        return Ok(signed_in);
    };
    let here = Here::from_request_parts(parts, app).await?;
    let asked_for = format!("{} {}", parts.method, parts.uri.path());
    Err(here.note(signed_in.user.id, &asked_for, code.into()).await)
}

pub fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// A phone, by its bearer token (RFC 6750, section 2.1). Whether an enrollment goes with it is for the use case.
pub struct Device(pub Hash);

impl<S: Sync> FromRequestParts<S> for Device {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let header = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = header
            .and_then(|value| value.strip_prefix("Bearer "))
            .and_then(token_hash);
        token.map(Self).ok_or_else(|| Code::DeviceTokenUnknown.into())
    }
}

/// Where the request came from, by the configured source.
pub struct Address(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let address = ClientIp::from_request_parts(parts, state).await;
        let address = address.map_err(|error| {
            tracing::error!(%error, "http.client_ip does not fit how requests come in");
            Refusal::from(Code::Internal)
        })?;
        Ok(Self(address.0))
    }
}

/// What every handler may reach, for this request: what is done through it, the audit log tells whence.
#[derive(Debug, Clone)]
pub struct Here {
    pub context: Context,
    app: App,
}

impl FromRequestParts<App> for Here {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let address = Address::from_request_parts(parts, app).await;
        let address = address.map_or_else(|_| "an unknown address".into(), |Address(ip)| ip.to_string());
        let Ok(Browser(browser)) = Browser::from_request_parts(parts, app).await;
        let context = Context {
            store: app.context.store.asked_from(&format!("{address}, {browser}")),
            ..app.context.clone()
        };
        Ok(Self {
            context,
            app: app.clone(),
        })
    }
}

impl Here {
    /// What was asked for by a user who may not, for the audit log. Gives the refusal on.
    pub async fn heard<T>(
        &self,
        user: Uuid,
        asked_for: &str,
        outcome: Result<T, PortalError>,
    ) -> Result<T, Refusal> {
        match outcome {
            Err(error @ (PortalError::UserNotActive | PortalError::RoleNeeded)) => {
                Err(self.note(user, asked_for, error.into()).await)
            }
            outcome => Ok(outcome?),
        }
    }

    async fn note(&self, user: Uuid, asked_for: &str, refusal: Refusal) -> Refusal {
        if self.attempts.is_refusal_told(user) {
            let what = format!("{asked_for}: {}", refusal.code().as_str());
            if let Err(error) = note_refusal::run(&self.context, user, &what).await {
                return error.into();
            }
        }
        refusal
    }
}

impl Deref for Here {
    type Target = App;
    fn deref(&self) -> &App {
        &self.app
    }
}

/// A JSON body of exactly the expected shape.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(body_refusal(&rejection)),
        }
    }
}

fn body_refusal(rejection: &JsonRejection) -> Refusal {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => Code::MediaTypeUnsupported.into(),
        _ if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge.into(),
        _ => Refusal::from(Code::MalformedRequest).detail(without_values(&rejection.body_text())),
    }
}

/// What serde found wrong, without the values that were sent: one may be a password in the wrong place.
pub fn without_values(told: &str) -> String {
    for (fault, short) in [
        (": invalid ", "wrong type or value"),
        (": unknown variant ", "unknown word"),
    ] {
        if let Some((before, rest)) = told.split_once(fault) {
            let expected = rest
                .rsplit_once(", expected ")
                .map_or("", |(_, expected)| expected);
            return format!("{before}: {short}, expected {expected}");
        }
    }
    told.to_owned()
}

/// Path parameters; one that does not parse names nothing.
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        path.map(|Path(path)| Self(path))
            .map_err(|_| Code::NotFound.into())
    }
}
