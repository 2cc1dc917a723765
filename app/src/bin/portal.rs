//! The portal's binary: mounts the application over the static first paint.

use app::browser;
use app::page::portal::Portal;

fn main() {
    console_error_panic_hook::set_once();
    browser::clear_first_paint();
    leptos::mount::mount_to_body(Portal);
}
