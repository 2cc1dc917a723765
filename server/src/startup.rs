//! Wiring: settings become a store, a CA, a context and a listening server; the background worker; stopping.

mod connections;
mod outbox;
mod rounds;

use std::{
    collections::BTreeMap,
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use shared::{
    api::{Role, UserState},
    url::pki,
};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    archive::Archive,
    ca::{self, Authority, KeyStore, Owner, Renewal, newest_generation},
    chance,
    clock::Clock,
    http::{self, App, Web},
    mail::{self, Mailer},
    password::Passwords,
    settings::Settings,
    store::Store,
    use_case::{
        Context, add_default_script,
        add_user::{self, AddUserError, NewUser},
        context::{Changes, LastCrl, Ocsp, Scripts},
    },
};

/// How long open requests may take when the server stops.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// The password of every demo account.
pub const DEMO_PASSWORD: &str = "demo-password";

/// Opens what every command needs: the database, up to date, and the CA.
pub async fn open(settings: &Settings, clock: Clock) -> anyhow::Result<Context> {
    let store = open_store(settings).await?;
    let ca_dir = ca_dir(settings);
    refuse_lost_generation(&store, &ca_dir).await?;
    let ca = Authority::open(
        ca_keys(settings)?.as_ref(),
        &ca_dir,
        &settings.http.public_url,
        clock.now(),
        chance::octets,
    )
    .context("cannot open the CA")?;
    refuse_other_keys(&store, &ca).await?;
    let mail = open_mail(settings).context("cannot set up the mail path")?;
    let archive = open_archive(settings, &store).await?;
    let context = Context {
        store,
        ca: ca.into(),
        clock,
        limits: settings.limits,
        scripts: Scripts::default(),
        passwords: Passwords::new()?,
        changes: Changes::default(),
        last_crl: LastCrl::default(),
        ocsp: Ocsp::default(),
        archive: archive.into(),
        mail: mail.map(Into::into),
    };
    add_default_script::run(&context)
        .await
        .context("cannot keep the default scripts")?;
    Ok(context)
}

/// The database, up to date.
pub async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    create_data_dir(&settings.data_dir)?;
    let store = Store::open(&settings.database_url)
        .await
        .context("cannot open the database (database.url)")?;
    store
        .migrate()
        .await
        .context("cannot bring the database's tables up to date")?;
    Ok(store)
}

/// The issuing CA's next generation, up to what has to be written down before it is certified. Does without `open`: an
/// issuing CA that has ended can be renewed.
pub async fn begin_renewal(
    settings: &Settings,
    store: &Store,
    now: OffsetDateTime,
    force: bool,
) -> anyhow::Result<Renewal> {
    let (dir, url) = (ca_dir(settings), &settings.http.public_url);
    refuse_lost_generation(store, &dir).await?;
    let renewal = Renewal::begin(ca_keys(settings)?.as_ref(), &dir, url, now, chance::octets, force);
    renewal.context("the issuing CA was not renewed")
}

fn ca_dir(settings: &Settings) -> PathBuf {
    settings.data_dir.join("ca")
}

fn ca_keys(settings: &Settings) -> anyhow::Result<Box<dyn KeyStore>> {
    let keys = ca::open_keys(&settings.ca_keys, &ca_dir(settings).join("keys"), Owner::Ca);
    keys.context("cannot open the CA's key store")
}

/// An older generation must not go on issuing, and no other CA be made, because files were lost, or were not copied to this
/// server.
async fn refuse_lost_generation(store: &Store, ca_dir: &Path) -> anyhow::Result<()> {
    let published = store.read().newest_generation_to_publish().await?;
    let newest = newest_generation(ca_dir)?;
    if let Some(published) = published.filter(|published| *published > newest) {
        anyhow::bail!(
            "by the database generation {published} of the issuing CA is at work, and {}/{}.cer is missing: copy it and its \
             key from the server on which it was made, or restore the CA from a backup",
            ca_dir.display(),
            pki::stem(published)
        );
    }
    Ok(())
}

/// Names alone tell no CA from another: two that were made under one public URL have the same.
async fn refuse_other_keys(store: &Store, ca: &Authority) -> anyhow::Result<()> {
    for generation in ca.generations() {
        let number = generation.number();
        let newest = store.read().newest_crl(number).await?;
        if newest.is_some_and(|crl| !generation.has_signed(&crl.der)) {
            anyhow::bail!(
                "the database's list of generation {number} is signed by another key than the one here: database and CA \
                 do not belong together. Restore both from one backup, or copy data_dir/ca from the server that made it"
            );
        }
    }
    Ok(())
}

/// It may be of no use, and the rest goes on: what needs it says why it refuses.
async fn open_archive(settings: &Settings, store: &Store) -> anyhow::Result<Archive> {
    let in_use = store.read().recovery_keys_in_use().await?;
    let in_use: Vec<String> = in_use.into_iter().map(|(name, _)| name).collect();
    Ok(Archive::new(settings.archive.clone(), &in_use))
}

/// Looks once, beside the server's start, so that an administrator hears of it before a user does.
async fn look_at_archive(context: Context) {
    let in_use = context.store.read().recovery_key_names().await;
    let looked = context.with_archive(move |archive| {
        archive.fill_stock();
        archive.check()?;
        archive.agree_with(&in_use.unwrap_or_default())
    });
    let why = match looked.await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(silent) => silent.to_string(),
    };
    tracing::error!(
        why,
        "the key archive cannot be used: no encryption certificate is issued or recovered"
    );
}

fn open_mail(settings: &Settings) -> Result<Option<Mailer>, mail::OpenError> {
    let Some(route) = settings.mail.route.clone() else {
        return Ok(None);
    };
    let config = mail::Config {
        data_dir: settings.data_dir.clone(),
        public_url: settings.http.public_url.clone(),
        route,
        from: settings.mail.from.clone(),
        give_up: settings.mail.give_up,
        timeout: settings.mail.timeout,
        templates: settings.mail.templates.clone(),
        ca_file: settings.mail.ca_file.clone(),
    };
    Mailer::open(&config).map(Some)
}

/// For its owner alone, where it is not there yet: it will hold password hashes and the CA's keys.
fn create_data_dir(dir: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.with_context(|| format!("cannot make the folder {} (data_dir)", dir.display()))
}

/// Serves until the process is told to stop (Ctrl-C, SIGTERM).
pub async fn serve(settings: Settings) -> anyhow::Result<()> {
    let context = open(&settings, Clock::System).await?;
    if settings.demo {
        add_demo_accounts(&context).await?;
    }
    let web = Web::load(&settings.http.web_dir, settings.demo)?;
    let listener = TcpListener::bind(settings.http.bind)
        .await
        .with_context(|| format!("cannot listen on {} (http.bind)", settings.http.bind))?;
    if settings.demo {
        announce(&settings);
    }
    tokio::spawn(look_at_archive(context.clone()));
    let stopping = CancellationToken::new();
    let app = App::new(context.clone(), settings, web, stopping.clone());
    let worker = tokio::spawn(rounds::work(app.clone(), stopping.clone()));
    let mut outbox = tokio::spawn(outbox::work(context.clone(), stopping.clone()));
    tracing::info!(address = %listener.local_addr()?, "listening");
    let told_to_stop = stopping.clone();
    tokio::spawn(async move {
        stop_signal().await;
        told_to_stop.cancel();
    });
    run(listener, app, stopping).await;
    worker.await.context("the background worker broke off")?;
    // A mail under way may end; one that takes longer is sent after its lease, under the same Message-ID.
    if tokio::time::timeout(STOP_WITHIN, &mut outbox).await.is_err() {
        outbox.abort();
    }
    context.store.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Serves on a listener until `stopping` rings, then lets open requests end.
pub async fn run(listener: TcpListener, app: App, stopping: CancellationToken) {
    if !connections::serve(listener, http::router(app), stopping, STOP_WITHIN).await {
        tracing::warn!("requests were still open after {} seconds", STOP_WITHIN.as_secs());
    }
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard");
            let _ = interrupt.await;
        }
    }
}

/// The accounts of DESIGN's fixed points. Those that are there stay as they are.
async fn add_demo_accounts(context: &Context) -> anyhow::Result<()> {
    let accounts = [
        ("anna", "Anna Svensson", UserState::Active, None, "Finance"),
        ("bertil", "Bertil Åkesson", UserState::Active, None, "Sales"),
        ("ivar", "Ivar Lindqvist", UserState::Inactive, None, "Sales"),
        (
            "olga",
            "Olga Bergström",
            UserState::Active,
            Some(Role::Operator),
            "IT",
        ),
        (
            "astrid",
            "Astrid Holm",
            UserState::Active,
            Some(Role::Administrator),
            "IT",
        ),
    ];
    for (user_name, display_name, state, role, department) in accounts {
        if context.store.read().user_named(user_name).await?.is_some() {
            continue;
        }
        let new = NewUser {
            user_name: user_name.to_owned(),
            display_name: display_name.to_owned(),
            email: Some(format!("{user_name}@example.com")),
            state,
            roles: [Role::SelfServiceUser].into_iter().chain(role).collect(),
            attributes: BTreeMap::from([("department".to_owned(), department.to_owned())]),
            language: None,
            password: DEMO_PASSWORD.to_owned(),
        };
        match add_user::run(context, new).await {
            // Another server on the same database was faster.
            Ok(_) | Err(AddUserError::NameTaken) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[expect(
    clippy::print_stdout,
    reason = "the fixed points say that make run prints this"
)]
fn announce(settings: &Settings) {
    println!("Smart ID Self-Service (demo): {}", settings.http.public_url);
    println!("  anna     active                     password {DEMO_PASSWORD}");
    println!("  bertil   active, no mobile ID ever  password {DEMO_PASSWORD}");
    println!("  ivar     inactive                   password {DEMO_PASSWORD}");
    println!("  olga     operator                   password {DEMO_PASSWORD}");
    println!("  astrid   administrator              password {DEMO_PASSWORD}");
}
