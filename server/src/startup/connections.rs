//! Connections: accepted, given little time to say what they want, and let go when the server stops. In place of
//! `axum::serve`, which waits for ever for a request's headers: a few thousand silent connections would take every
//! file descriptor and shut everybody else out.

use std::{io::ErrorKind, net::SocketAddr, pin::pin, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1::Builder};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// For all headers of a request; a connection that is kept alive may be idle for as long.
const HEADERS_WITHIN: Duration = Duration::from_secs(15);
/// After an accept that failed, mostly for want of file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// Serves until `stopping` rings; then takes no more, and gives open requests `stop_within` to end. Whether they did.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stopping: CancellationToken,
    stop_within: Duration,
) -> bool {
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN);
    let connections = GracefulShutdown::new();
    let mut stopped = pin!(stopping.cancelled());
    loop {
        let accepted = tokio::select! {
            () = &mut stopped => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => connect(stream, peer, &router, &builder, &connections),
            // Its other end is gone already.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    drop(listener);
    tokio::time::timeout(stop_within, connections.shutdown())
        .await
        .is_ok()
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    router: &Router,
    builder: &Builder,
    connections: &GracefulShutdown,
) {
    // Events and short answers must not wait for more to send.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection ended as it began");
        return;
    }
    let service = router.clone().map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection broke off");
        }
    });
}
