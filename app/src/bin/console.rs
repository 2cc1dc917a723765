//! The console's binary: mounts the application over the static first paint.

use app::browser;
use app::page::{broken, console::Console};

fn main() {
    broken::show_when_it_happens();
    browser::clear_first_paint();
    leptos::mount::mount_to_body(Console);
}
