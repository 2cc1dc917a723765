//! The reader's binary: mounts the page over the static first paint.

use app::browser;
use app::page::reader::ReaderPage;

fn main() {
    console_error_panic_hook::set_once();
    browser::clear_first_paint();
    leptos::mount::mount_to_body(ReaderPage);
}
