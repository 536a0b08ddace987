//! How far a run is, on a terminal as a bar and elsewhere as one line a step.
//!
//! # What this module does not know
//!
//! What is being read.

use std::{
    io::IsTerminal,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use counterfoil::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::render::{Talk, grouped};

const TEMPLATE: &str = "  {prefix:<12} {bar:30} {bytes:>10}/{total_bytes} {bytes_per_sec:>12} {msg} eta {eta}";

/// Watches a run.
pub(crate) struct Watcher {
    bar: Mutex<Option<ProgressBar>>,
    rows: AtomicU64,
    talk: Talk,
    terminal: bool,
}

impl Watcher {
    pub(crate) fn new(talk: Talk) -> Self {
        let terminal = std::io::stderr().is_terminal() && !talk.is_json();
        Self { bar: Mutex::new(None), rows: AtomicU64::new(0), talk, terminal }
    }
}

impl Progress for Watcher {
    fn begin(&self, dataset: &str, total_bytes: Option<u64>) {
        self.rows.store(0, Ordering::Relaxed);
        if !self.terminal {
            return;
        }
        let bar = ProgressBar::with_draw_target(total_bytes, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        bar.set_prefix(dataset.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
    }

    fn advance(&self, rows: u64, bytes_read: u64) {
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            bar.set_position(bytes_read);
            bar.set_message(format!("{} rows", grouped(rows)));
        }
    }

    fn end(&self, dataset: &str, rows: u64) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
        if !self.terminal {
            self.talk.say(&format!("{dataset}: {} rows sanitized", grouped(rows)));
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}
