//! How large the lab's worlds are. A change here asks for a new corpus and new models.

/// Seed of the public world.
pub const PUBLIC_SEED: u64 = 20_260;
/// Seed of the company's world.
pub const COMPANY_SEED: u64 = 20_291;
/// Seed of training texts.
pub const TRAINING_SEED: u64 = 20_262;
/// Persons, companies, plants, products and places of the public world.
pub const PUBLIC: [usize; 5] = [2_000, 1_000, 800, 1_600, 600];
/// Persons, companies, plants, products and places of the company's world.
pub const COMPANY: [usize; 5] = [110, 24, 26, 120, 40];
/// Entities of the public world come up in training in proportion to rank^-this.
pub const FREQUENCY_EXPONENT: f64 = 0.8;
/// Tokens that a rung reads at once.
pub const WINDOW: usize = 768;
/// Tokens that the long-window model reads at once.
pub const LONG_WINDOW: usize = 4_096;
/// Most passages that a rung reads at once.
pub const PASSAGES: usize = 6;
/// Most passages that the long-window model reads at once.
pub const LONG_PASSAGES: usize = 64;
