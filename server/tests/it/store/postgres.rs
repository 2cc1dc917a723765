//! A PostgreSQL for these tests: Debian's package, a private cluster in a temporary folder, on a socket and no
//! port. Started by the first test that asks, stopped when the test program ends, however it ends.

use std::{
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

struct Cluster {
    socket_dir: PathBuf,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

/// The address of an empty database on the cluster.
pub async fn url() -> String {
    let cluster = tokio::task::spawn_blocking(|| CLUSTER.get_or_init(start))
        .await
        .unwrap();
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    psql(&format!("CREATE DATABASE {name}"));
    let host = cluster.socket_dir.display().to_string().replace('/', "%2F");
    format!("postgres://selfservice@{host}/{name}")
}

/// Said by the cluster's owner, to none of the tests' databases.
pub fn psql(statement: &str) {
    let mut psql = Command::new(program("psql"));
    psql.args(["-qX", "-U", "selfservice", "-d", "postgres", "-c", statement])
        .arg("-h")
        .arg(&CLUSTER.get_or_init(start).socket_dir);
    let output = psql.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[expect(clippy::zombie_processes, reason = "it lives until this program ends")]
fn start() -> Cluster {
    let dir = tempfile::Builder::new()
        .prefix("selfservice-pg")
        .tempdir()
        .unwrap()
        .keep();
    own(&dir);
    let data = dir.join("data");
    let mut initdb = as_postgres(&program("initdb"));
    let made = initdb
        .args(["-A", "trust", "-U", "selfservice", "-N", "-D"])
        .arg(&data)
        .stdout(Stdio::null())
        .output();
    let made = made.expect("PostgreSQL is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut server = as_postgres(&program("postgres"));
    server.arg("-D").arg(&data).arg("-k").arg(&dir);
    server.args([
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
        "-c",
        "max_connections=200",
    ]);
    server
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(dir.join("log")).unwrap());
    let server = server.spawn().unwrap();
    stop_with_us(&server, &dir);
    let cluster = Cluster { socket_dir: dir };
    cluster.wait();
    cluster
}

impl Cluster {
    fn wait(&self) {
        let begun = Instant::now();
        loop {
            let mut ready = Command::new(program("pg_isready"));
            if ready.arg("-qh").arg(&self.socket_dir).status().unwrap().success() {
                return;
            }
            let log = std::fs::read_to_string(self.socket_dir.join("log")).unwrap_or_default();
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "PostgreSQL does not start: {log}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Statics are not dropped, and a test may panic or be killed: a small process waits for our end and cleans up.
#[expect(clippy::zombie_processes, reason = "it outlives this program")]
fn stop_with_us(server: &Child, dir: &Path) {
    let script = r#"while kill -0 "$1" 2>/dev/null; do sleep 0.2; done; kill -INT "$2"; while kill -0 "$2" 2>/dev/null; do sleep 0.1; done; rm -rf "$3""#;
    let mut watch = Command::new("sh");
    watch
        .args([
            "-c",
            script,
            "sh",
            &std::process::id().to_string(),
            &server.id().to_string(),
        ])
        .arg(dir);
    watch
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    watch.spawn().unwrap();
}

/// PostgreSQL refuses to run as root: then it runs as the user that its package made.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"])
        .arg(program);
    command
}

fn own(dir: &Path) {
    if is_root() {
        let owned = Command::new("chown")
            .arg("postgres:postgres")
            .arg(dir)
            .status()
            .unwrap();
        assert!(owned.success());
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
}

/// Debian keeps the server's programs in a folder of the version.
pub fn program(name: &str) -> PathBuf {
    let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("Debian's package postgresql is installed")
        .map(|entry| entry.unwrap().path().join("bin").join(name))
        .filter(|path| path.exists())
        .collect();
    versions.sort();
    versions.pop().expect("Debian's package postgresql is installed")
}
