//! The built web application: four pages, which know at start whether this is a demo, and files that never change.

use std::{fmt, io, path::Path};

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64ct::{Base64, Encoding};
use shared::url::page;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::App;

#[derive(Debug, thiserror::Error)]
#[error("the web application is not in {dir} ({source}): run `make web`, or set http.web_dir")]
pub struct WebError {
    dir: String,
    source: io::Error,
}

/// The pages and the folder beside them.
#[derive(Debug)]
pub struct Web {
    portal: Page,
    phone: Page,
    reader: Page,
    console: Page,
    files: ServeDir,
}

/// What a page may show in a frame.
#[derive(Debug, Clone, Copy)]
enum Frames {
    None,
    /// Pages of ours: the console shows mails in one.
    Own,
}

struct Page {
    html: Bytes,
    policy: HeaderValue,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Page({} octets)", self.html.len())
    }
}

impl Web {
    pub fn load(dir: &Path, demo: bool) -> Result<Self, WebError> {
        let page = |name: &str, frames: Frames| {
            let read = std::fs::read_to_string(dir.join(name));
            let html = read.map_err(|source| WebError {
                dir: dir.display().to_string(),
                source,
            })?;
            Ok(Page::new(&html, demo, frames))
        };
        let files = ServeDir::new(dir)
            .precompressed_br()
            .append_index_html_on_directories(false);
        Ok(Self {
            portal: page("index.html", Frames::None)?,
            phone: page("m.html", Frames::None)?,
            reader: page("open.html", Frames::None)?,
            console: page("admin.html", Frames::Own)?,
            files,
        })
    }
}

impl Page {
    fn new(html: &str, demo: bool, frames: Frames) -> Self {
        let html = if demo {
            html.replacen("<html", "<html data-demo=\"true\"", 1)
        } else {
            html.to_owned()
        };
        Self {
            policy: policy(&html, frames),
            html: html.into(),
        }
    }
}

/// A strict policy that names the page's own inline scripts by their hashes, so that Trunk's boot script runs
/// without a second hop and nothing else inline ever does.
fn policy(html: &str, frames: Frames) -> HeaderValue {
    let hash = |script: &str| Base64::encode_string(digest(&SHA256, script.as_bytes()).as_ref());
    let hashes: Vec<_> = inline_scripts(html)
        .map(|script| format!(" 'sha256-{}'", hash(script)))
        .collect();
    let hashes = hashes.concat();
    let frames = match frames {
        Frames::None => "",
        Frames::Own => "frame-src 'self'; ",
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
         {frames}base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// What stands between `<script …>` and `</script>` where there is no `src`.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=") && !script.is_empty()).then_some(script)
    })
}

/// A page, a file, or 404: with the portal around it where a person asked, bare where a program did.
pub async fn serve(State(app): State<App>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path();
    if path == page::PHONE {
        return shown(&app.web.phone, StatusCode::OK);
    }
    if path == page::PHONE_OPEN {
        return shown(&app.web.reader, StatusCode::OK);
    }
    if page::is_console(path) {
        let status = if is_console_page(path) {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        return shown(&app.web.console, status);
    }
    if is_portal_page(path) {
        return shown(&app.web.portal, StatusCode::OK);
    }
    let wants_page = request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")));
    let names_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    // The pages have addresses of their own: under their files' names they would lack their policies.
    let is_page_file = matches!(path, "/index.html" | "/m.html" | "/open.html" | "/admin.html");
    if is_page_file || !names_file {
        return if wants_page {
            shown(&app.web.portal, StatusCode::NOT_FOUND)
        } else {
            StatusCode::NOT_FOUND.into_response()
        };
    }
    let cache = if is_hashed(path) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let Ok(mut response) = app.web.files.clone().oneshot(request).await;
    if response.status() == StatusCode::OK || response.status() == StatusCode::NOT_MODIFIED {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    }
    response.map(axum::body::Body::new)
}

fn shown(page: &Page, status: StatusCode) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, page.policy.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (status, headers, page.html.clone()).into_response()
}

fn is_portal_page(path: &str) -> bool {
    let is_one_mobile_id = path
        .strip_prefix(page::MOBILE_IDS)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|id| !id.is_empty() && !id.contains('/'));
    matches!(
        path,
        page::DASHBOARD | page::SIGN_IN | page::MOBILE_IDS | page::MAIL_LINK
    ) || is_one_mobile_id
}

fn is_console_page(path: &str) -> bool {
    let is_one_version = [page::ADMIN_VERSIONS, page::ADMIN_REMINDER_VERSIONS]
        .into_iter()
        .filter_map(|versions| path.strip_prefix(versions)?.strip_prefix('/'))
        .any(|number| number.parse::<u32>().is_ok());
    let is_page = matches!(
        path,
        page::ADMIN
            | page::ADMIN_OPTIONS
            | page::ADMIN_VERSIONS
            | page::ADMIN_REMINDERS
            | page::ADMIN_REMINDER_VERSIONS
            | page::ADMIN_MAIL
            | page::ADMIN_RECOVERIES
    );
    is_page || is_one_version
}

/// Trunk puts up to sixteen hex digits of a hash (without leading zeros) into the names of files that it builds.
fn is_hashed(path: &str) -> bool {
    path.split(['-', '_', '.', '/'])
        .any(|part| part.len() >= 12 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_inline_scripts_and_only_those() {
        let html = r#"<html><script type="module">boot()</script><script src="/x.js"></script></html>"#;
        let policy = policy(html, Frames::None).to_str().unwrap().to_owned();
        let hash = Base64::encode_string(digest(&SHA256, b"boot()").as_ref());
        assert!(
            policy.contains(&format!(
                "script-src 'self' 'wasm-unsafe-eval' 'sha256-{hash}'; style-src"
            )),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("frame-src"));
        let policy = super::policy(html, Frames::Own).to_str().unwrap().to_owned();
        assert!(policy.contains("; frame-src 'self'; base-uri"), "{policy}");
    }

    #[test]
    fn only_hashed_files_are_kept_for_ever() {
        for (path, hashed) in [
            ("/portal-0f3c9d1e2a4b5c6d_bg.wasm", true),
            ("/portal-f3c9d1e2a4b5c6d.js", true),
            ("/sw.js", false),
            ("/manifest.webmanifest", false),
            ("/icon-512.png", false),
        ] {
            assert_eq!(is_hashed(path), hashed, "{path}");
        }
    }

    #[test]
    fn pages_are_those_of_the_site_map() {
        for path in ["/", "/sign-in", "/mobile-ids", "/mobile-ids/0190"] {
            assert!(is_portal_page(path), "{path}");
        }
        for path in [
            "/mobile-ids/",
            "/mobile-ids/1/2",
            "/mobile-idsx",
            "/admin",
            "/api",
        ] {
            assert!(!is_portal_page(path), "{path}");
        }
    }
}
